"""Prints a gigabyte in one line."""

import os

block = b"x" * (1 << 20)
for _ in range(1024):
    sent = 0
    while sent < len(block):
        sent += os.write(1, block[sent:])
