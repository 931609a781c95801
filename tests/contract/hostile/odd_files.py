"""Leaves links, pipes, sockets, a device, odd names, deep folders and a file that pretends to be huge."""

import os
import socket
import sys

os.chdir(sys.argv[2])
ACTS = [
    lambda: open("kept.txt", "w").write("x"),
    lambda: os.symlink("/etc/passwd", "link"),
    lambda: os.symlink("/", "folder link"),
    lambda: os.symlink("link loop", "link loop"),
    lambda: os.mkfifo("pipe"),
    lambda: socket.socket(socket.AF_UNIX).bind("socket"),
    lambda: os.mknod("device", 0o60600, os.makedev(8, 0)),
    lambda: open("line\nbreak", "w").close(),
    lambda: open("\x1b[2J", "w").close(),
    lambda: open(b"\xff\xfe", "w").close(),
    lambda: open("\u202egnp.exe", "w").close(),
    lambda: os.makedirs("a/b/c/d/e/f"),
    lambda: open("a/b/c/d/e/f/deep", "w").close(),
    lambda: os.truncate(os.open("sparse", os.O_CREAT | os.O_WRONLY), 1 << 40),
    lambda: os.chmod("kept.txt", 0o6777),
]
for act in ACTS:
    try:
        act()
    except OSError:
        pass
print("tried", file=sys.stderr)
