"""Writes wherever it is let, outside of the folders that it was given."""

import os
import sys

ITS_OWN = {"/tmp", "/output", "/dev/shm", "/dev/mqueue", "/proc"}
for folder, folders, _ in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ITS_OWN]
    if folder.count("/") >= 3:
        folders.clear()
    try:
        open(os.path.join(folder, "dropped"), "w").close()
        print("wrote into", folder)
    except OSError:
        pass
KNOBS = ["/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/1/oom_score_adj"]
KNOBS += ["/sys/fs/cgroup/memory/cgroup.procs", "/sys/fs/cgroup/cgroup.procs", "/dev/mem", "/dev/kmsg"]
for path in KNOBS:
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("opened", path)
    except OSError:
        pass
print("tried", file=sys.stderr)
