"""Changes the data that it was given to read."""

import os
import sys

folder = sys.argv[1]
ATTEMPTS = {
    "create": lambda: open(f"{folder}/new", "w").close(),
    "overwrite": lambda: open(f"{folder}/data.csv", "w").close(),
    "append": lambda: os.open(f"{folder}/data.csv", os.O_APPEND | os.O_WRONLY),
    "truncate": lambda: os.truncate(f"{folder}/data.csv", 0),
    "rename": lambda: os.rename(f"{folder}/data.csv", f"{folder}/gone"),
    "remove": lambda: os.remove(f"{folder}/data.csv"),
    "chmod": lambda: os.chmod(folder, 0o700),
    "touch": lambda: os.utime(f"{folder}/data.csv"),
}
for name, act in ATTEMPTS.items():
    try:
        act()
        print("could", name)
    except OSError:
        pass
print("tried", file=sys.stderr)
