#!/usr/bin/env bash
# The demo: makes records, then runs the main job on them with recorded answers. Arguments: venv's bin, result folder.
set -euo pipefail
bin=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
work=.autoiot/demo

sandbox=auto
if ! "$bin/autoiot" doctor --sandbox-only >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing bubblewrap, which confines the programs that are run ..."
    { apt-get update -qq && apt-get install -y -qq bubblewrap; } >/dev/null 2>&1 || true
  fi
  if ! "$bin/autoiot" doctor --sandbox-only >/dev/null 2>&1; then
    sandbox=process
    echo "WARNING: neither Docker nor bubblewrap works here (\`autoiot doctor\` says why), so the demo's programs run"
    echo "WARNING: as plain processes. All of them are in examples/heartbeat/recording.jsonl; for others this is refused."
  fi
fi

"$bin/python" "$here/generate.py" "$work/records"
exec "$bin/autoiot" run "$here/task.yaml" --dataset "$work/records" --replay "$here/recording.jsonl" \
  --sandbox "$sandbox" --out "$out"
