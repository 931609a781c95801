"""What each backend promises, in words; the conformance suite tries to break every line."""

NOTHING = "no"

PROTECTIONS: dict[str, dict[str, str]] = {
    "the network": {"docker": "none but loopback", "bubblewrap": "none but loopback", "process": NOTHING},
    "files of this machine": {
        "docker": "only the image and the input, read-only",
        "bubblewrap": "only /usr, the Python environment and the input, read-only",
        "process": NOTHING,
    },
    "keys in the environment": {"docker": "not there", "bubblewrap": "not there", "process": "not there"},
    "privileges": {
        "docker": "a user of its own, no capability, own seccomp filter",
        "bubblewrap": "a user of its own, no capability, own seccomp filter",
        "process": NOTHING,
    },
    "memory": {
        "docker": "cgroup",
        "bubblewrap": "cgroup where writable, else a watchdog",
        "process": "a watchdog, its own process only",
    },
    "processes": {"docker": "cgroup", "bubblewrap": "cgroup or a limit per user", "process": NOTHING},
    "time": {"docker": "yes", "bubblewrap": "yes", "process": "yes"},
    "output and files": {"docker": "capped", "bubblewrap": "capped", "process": "capped where brought back"},
    "a dead server": {"docker": "ends it", "bubblewrap": "ends it", "process": "ends its own process"},
    "the kernel": {
        "docker": "shared: a kernel bug is a way out",
        "bubblewrap": "shared: a kernel bug is a way out",
        "process": NOTHING,
    },
}
