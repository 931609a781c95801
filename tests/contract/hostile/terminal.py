"""Prints bytes that are no text, escapes that a terminal obeys, and letters that turn the reading around."""

import os

os.write(1, b"a\x1b[2J\x1b]0;owned\x07\x9b1m\x00\xff\xfe" + "\u202e\u2066".encode() + b"b")
os.write(2, b"\x1b[31m\x08\x08")
