"""Opens sockets of families that no network namespace holds back, such as the one to the hypervisor."""

import socket
import sys

for name, family in {"vsock": 40, "netlink": 16, "packet": 17, "alg": 38, "bluetooth": 31, "can": 29}.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            print("opened", name)
            break
        except OSError:
            pass
print("tried", file=sys.stderr)
