"""Looks for files and keys of the host, of other jobs and of the wrapper."""

import glob
import json
import os
import sys

host = json.loads(sys.argv[4])
for path in (*host["files"], "/etc/shadow", "/etc/machine-id", "/var/run/docker.sock", "/run/docker.sock"):
    if os.access(path, os.R_OK):
        print("can read", path)
for name in (*glob.glob("/proc/*/environ"), *glob.glob("/proc/*/task/*/environ")):
    try:
        found = open(name, "rb").read()
    except OSError:
        continue
    if b"secret" in found.lower() or b"proxy" in found.lower():
        print("found a secret in", name)
print("tried", file=sys.stderr)
