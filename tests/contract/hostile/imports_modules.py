"""A good program that comes after a bad one."""

import json
import shutil
import struct

import numpy

print(json.__name__, shutil.__name__, struct.__name__, numpy.__name__)
