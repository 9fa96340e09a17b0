#!/bin/sh
# Lays Kaiku and its locked dependencies out under $1, the same bytes each time. Run by the Containerfile, and by
# `make image-check`, which builds the root file system twice, compares both, and starts Kaiku in one.
# $2 is the checkout; what follows names lock files besides run.txt, such as traces. Needs python3.11 with pip; what it
# makes needs neither pip nor a compiler.
set -eu
to=$1 from=$2
shift 2
: "${SOURCE_DATE_EPOCH:=1546300800}" # files' time: the first of 2019, so that two builds are alike
mkdir -p "$to"
python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile --only-binary :all: \
  --require-hashes --target "$to/lib" -r "$from/requirements/run.txt" \
  $(for extra; do echo "-r $from/requirements/$extra.txt"; done)
rm -rf "$to/lib/bin"
find "$to/lib" -name direct_url.json -delete
for part in bot handlers storage programmes rehearsal manifest.yml LICENSE; do cp -R "$from/$part" "$to/"; done
find "$to" -name __pycache__ -type d -prune -exec rm -rf {} +
PYTHONPATH="$to/lib" python3 -B -m babel.messages.frontend --quiet compile --domain kaiku --directory "$to/bot/locales"
# Compiled here, for what runs it may write nothing: without this every start compiles 1,100 modules. By what they
# hold and not by when they were written, so that two builds are alike.
python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$to" -p /opt/kaiku "$to"
chmod -R u=rwX,go=rX "$to"
find "$to" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
