"""Crashes where the core would be one of the results."""

import ctypes
import os
import sys

os.chdir(sys.argv[2])
print("started", flush=True)
ctypes.string_at(0)
