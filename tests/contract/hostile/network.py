"""Reaches out by TCP, UDP, IPv6, DNS and unix sockets: to the internet, the cloud's metadata, the host."""

import json
import socket
import sys

host = json.loads(sys.argv[4])
TARGETS = [
    ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("1.1.1.1", 53)),
    ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    ("ipv6", socket.AF_INET6, socket.SOCK_DGRAM, ("2606:4700:4700::1111", 53)),
    ("metadata", socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    ("a service of the host", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", host["port"])),
    ("an abstract socket of the host", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + host["socket"]),
    ("the engine", socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"),
]
for name, family, kind, address in TARGETS:
    with socket.socket(family, kind) as door:
        door.settimeout(2)
        try:
            door.connect(address)
            print("reached", name)
        except OSError:
            pass
try:
    socket.getaddrinfo("example.com", 80)
    print("reached DNS")
except OSError:
    pass
print("tried", file=sys.stderr)
