#!/usr/bin/env bash
# Does what docs/operating.md says of the first day, word by word, on a bare Debian that systemd-nspawn boots, with the
# local workspace in Slack's place; prints how long each step took. As root on Debian, with debootstrap and
# systemd-container; minutes. Usage: deploy/first_day.sh [FOLDER]
set -Eeuo pipefail
cd "$(dirname "$0")/.."
work=${1:-$(mktemp -d)}
here=$PWD slack=3320
root=$work/one

machine() { # boots a root; commands are then run in it by `inside`
  systemd-nspawn --quiet --directory "$1" --register=no --keep-unit --boot >"$1.log" 2>&1 &
  nspawn=$!
  for _ in $(seq 1 100); do
    leader=$(pgrep -P "$nspawn" || true)
    [ -n "$leader" ] && inside 'systemctl is-system-running --wait' >/dev/null 2>&1 && return
    sleep 0.2
  done
  tail -n 20 "$1.log" >&2
  exit 1
}
inside() {
  nsenter --target "$leader" --mount --uts --ipc --pid -- \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 bash -eo pipefail -c "$1"
}
nspawn=""
off() { kill -TERM "$nspawn" 2>/dev/null || true; wait "$nspawn" 2>/dev/null || true; }
trap 'off' EXIT
trap 'echo "line $LINENO failed" >&2' ERR

# The page's own words; only what is the reader's is put in its place.
block() {
  awk -v n="$1" '/^## / { on = ($0 == "## The first day") } /^\*\*[0-9]/ { step = substr($0, 3, 1) }
    on && step == n && /^    / { print substr($0, 5) }' docs/operating.md |
    sed -e 's|https://git.example/kaiku.git|/srv/kaiku.git|' \
      -e 's|xoxb-\.\.\.|xoxb-local-workspace|' \
      -e 's|echo \.\.\. >|echo local-workspace-signing-secret >|' \
      -e "s|^editor \(.*\)|sed -i s/U012AB3CD/UKOORD/ \1; echo SLACK_API_URL=http://127.0.0.1:$slack/api/ >> \1|" \
      -e "s|@127.0.0.1/kaiku|@127.0.0.1:\$(pg_lsclusters -h \| awk '{print \$3}')/kaiku|"
}

# NUMBER TITLE BEFORE: one step of the page. Each runs in a shell of its own: BEFORE is what an earlier one left in it.
step() {
  local began=$SECONDS
  inside "$3$(block "$1")" >"$root.step$1" 2>&1 || [ $? = 3 ] || { # 3: the doctor's warnings
    tail -n 30 "$root.step$1" >&2
    echo "step $1 failed" >&2
    exit 1
  }
  printf '| %s | %s | %s s |\n' "$1" "$2" $((SECONDS - began))
}
env='cd /opt/kaiku; . deploy/environment.sh; '

[ -d "$work/base" ] ||
  debootstrap --variant=minbase --include=systemd-sysv,dbus,ca-certificates bookworm "$work/base" >"$work/debootstrap.log"
cp -a "$work/base" "$root"
git clone --quiet --bare "$here" "$root/srv/kaiku.git"
install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt" # the machine's own way out
[ ! -e /etc/pip.conf ] || install -m 644 /etc/pip.conf "$root/etc/pip.conf"
echo "127.0.0.1 localhost kaiku.example" >"$root/etc/hosts"

machine "$root"
step 1 "packages and Kaiku" ""
cp -a "$root" "$work/two-before" # another machine of the same kind
step 2 "secrets and settings" ""
slack_here() {
  inside "cd /opt/kaiku; setsid .venv/bin/python -m sandbox --app https://kaiku.example/slack/events \
    --manifest manifest.yml --port $slack >/var/log/slack 2>&1 &"
}
inside 'openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
  -subj /CN=kaiku.example -addext subjectAltName=DNS:kaiku.example \
  -keyout /etc/ssl/private/kaiku.key -out /etc/ssl/certs/kaiku.pem 2>/dev/null
  cat /etc/ssl/certs/kaiku.pem >> /etc/ssl/certs/ca-certificates.crt'
slack_here
step 3 "database and plan" ""
step 4 "two instances" "$env"
step 5 "the proxy" "$env"
step 6 "backups, a look at everything" "$env"

# People use it while each instance in turn is away, and each is shown their Home.
visit() {
  inside "curl --silent --show-error --fail --json '{\"as\": \"$1\"}' http://127.0.0.1:$slack/control/home >/dev/null
    for n in \$(seq 1 60); do
      curl --silent http://127.0.0.1:$slack/control/state?as=$1 | grep '\"type\": \"home\"' >/dev/null && exit
      sleep 1
    done; exit 1"
}
ready() {
  inside 'for n in 1 2; do
    curl --silent --fail --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:300$n/readyz >/dev/null
  done'
}
inside 'systemctl stop kaiku@1'
visit UAINO
inside 'systemctl start kaiku@1'
ready
inside 'systemctl stop kaiku@2'
visit UELSA
inside 'systemctl start kaiku@2 kaiku-backup'
people() { inside 'su postgres -c "psql -Atqc \"select count(*) from person\" kaiku"'; }
before=$(people)
[ "$before" = 2 ] || { echo "people were not answered: $before" >&2; exit 1; }
off

mv "$work/two-before" "$work/two"
old=$root root=$work/two
machine "$root"
step 2 "on another machine: secrets and settings" ""
cp "$old/etc/kaiku/secrets/secret_key" "$root/etc/kaiku/secrets/"
inside "$env$(block 3 | grep -E '^(echo|su)')" >"$root.step3" 2>&1
install -d -m 700 "$root/var/lib/kaiku"
cp -r "$old"/var/lib/private/kaiku/{backups,keys,erasures} "$root/var/lib/kaiku/"
step 7 "the restore" "$env"
slack_here
step 4 "two instances" "$env"
[ "$(people)" = "$before" ] || { echo "people were lost" >&2; exit 1; }
echo "$before people are on the other machine."
