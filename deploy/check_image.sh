#!/usr/bin/env bash
# Builds what the Containerfile builds, without a container engine: a Debian root with the same packages, and Kaiku laid
# out by the same install.sh, twice; compares both byte by byte; then starts Kaiku in the root as user 10001, with the
# root read-only. What only an engine can show is not: layers, the health check, networks. As root on Debian, with
# debootstrap. Usage: deploy/check_image.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-$(mktemp -d)}
root=$work/root
trap 'umount --quiet "$root/tmp" "$root/var/lib/kaiku" "$root" || true' EXIT

packages=$(sed -n 's/.*apt-get install --yes --no-install-recommends \(python3 tzdata .*\) \\/\1/p' deploy/Containerfile | tr ' ' ',')
base=$(sed -n 's/^ARG BASE=.*debian:\([a-z]*\)-slim/\1/p' deploy/Containerfile)
[ -n "$packages" ] && [ -n "$base" ] || { echo "the Containerfile's packages or base were not found" >&2; exit 1; }
debootstrap --variant=minbase --include="$packages" "$base" "$root" >"$work/debootstrap.log" 2>&1 \
  || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
if [ -e "$root/usr/bin/pip3" ] || [ -e "$root/usr/bin/gcc" ]; then echo "build tools are in the image" >&2; exit 1; fi

for n in 1 2; do PATH="$PWD/.venv/bin:$PATH" sh deploy/install.sh "$work/kaiku-$n" "$PWD"; done
listing() { (cd "$1" && find . -printf '%p %m %T@ %y %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
diff <(listing "$work/kaiku-1") <(listing "$work/kaiku-2") || { echo "two builds differ" >&2; exit 1; }

mkdir -p "$root/opt" "$root/var/lib/kaiku"
mv "$work/kaiku-1" "$root/opt/kaiku"
mount --bind "$root" "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=0700,uid=10001,gid=10001 tmpfs "$root/var/lib/kaiku"
mount -o remount,bind,ro "$root"
inside() {
  chroot --userspec=10001:10001 "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp TMPDIR=/tmp \
    PYTHONPATH=/opt/kaiku/lib:/opt/kaiku PYTHONDONTWRITEBYTECODE=1 \
    KAIKU_DATABASE_URL=sqlite:////var/lib/kaiku/kaiku.db SLACK_BOT_TOKEN=xoxb-check \
    SLACK_SIGNING_SECRET=check-of-the-image SLACK_API_URL=http://127.0.0.1:1/api/ KAIKU_PORT=3987 \
    /bin/sh -c "cd /opt/kaiku && $1"
}
inside 'python3 -m bot --version'
inside 'python3 -m bot db upgrade'
inside 'python3 -m bot plan apply --yes programmes/2019.yml' | tail -n 1
inside 'python3 -m bot run' 2>"$work/run.log" &
for _ in $(seq 1 60); do
  answer=$(inside 'python3 -c "import urllib.request as r; print(r.urlopen(\"http://127.0.0.1:3987/version\", timeout=4).read().decode())"' 2>/dev/null) && break
  sleep 0.5
done
pkill -TERM -u 10001 python3 || true
wait || true
[ -n "${answer:-}" ] || { cat "$work/run.log" >&2; echo "Kaiku did not answer" >&2; exit 1; }
echo "The image's root file system: two builds alike, started read-only as user 10001, answered $answer"
