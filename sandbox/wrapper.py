"""Runs inside the sandbox, around the program: stdlib only, sent as text to `python -c`.

Reads one job from stdin (u32 length, JSON), runs the program in a child, keeps the head and the tail of
its output, ends it at the time or memory limit, and sends back frames (`type`, u32 length, payload) on a
stdout that the child never gets. stdin stays open as a lease: when the other end goes away, everything
here is killed, so a dead server leaves no running program.
"""

import contextlib
import ctypes
import json
import os
import resource
import selectors
import signal
import stat
import struct
import sys
import time

MIB = 1024 * 1024
TICK = 0.05
MEMORY_CHECK = 0.1


def main():
    control, results = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b") as null:
        os.dup2(null.fileno(), 0)
        os.dup2(null.fileno(), 1)
    job = json.loads(read_exactly(control, struct.unpack(">I", read_exactly(control, 4))[0]))
    if job["uid"] is not None:
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    # The program runs under our uid: without this it could read our memory and descriptors.
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
    for folder in (job["work"], job["output"]):
        os.makedirs(folder, exist_ok=True)
    path = os.path.join(job["work"], "program.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(job["source"])
    report = watch(job, path, control)
    send_files(job, results, report)
    send(results, b"R", json.dumps({"nonce": job["nonce"], **report}).encode())


def watch(job, path, control):
    limits = job["limits"]
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        start_program(job, path, out_write, err_write)
    os.close(out_write)
    os.close(err_write)
    keep = int(limits["stream_kb"]) * 1024
    streams = {out_read: Stream(keep), err_read: Stream(keep)}
    selector = selectors.DefaultSelector()
    for descriptor in (out_read, err_read, control):
        os.set_blocking(descriptor, False)
        selector.register(descriptor, selectors.EVENT_READ)
    status, timed_out, memory, next_check = None, False, Memory(job), 0.0
    while status is None:
        for key, _ in selector.select(TICK):
            data = read_some(key.fd)
            if key.fd == control and not data:
                kill_all(job, child)
                os._exit(1)
            elif data:
                streams[key.fd].add(data)
            elif key.fd != control:
                selector.unregister(key.fd)
        now = time.monotonic()
        if now - started > limits["seconds"] and not timed_out:
            timed_out = True
            kill_all(job, child)
        if now > next_check:
            next_check = now + MEMORY_CHECK
            if memory.over(child):
                kill_all(job, child)
        waited, code = os.waitpid(child, os.WNOHANG)
        if waited:
            status = code
    seconds = time.monotonic() - started
    kill_all(job, child)
    reap()
    for descriptor, stream in streams.items():
        while data := read_some(descriptor):
            stream.add(data)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "exit_code": os.waitstatus_to_exitcode(status),
        "timed_out": timed_out,
        "out_of_memory": memory.exhausted(),
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_memory_mb": max(usage.ru_maxrss / 1024, memory.peak / MIB),
        "stdout": streams[out_read].text(),
        "stdout_bytes": streams[out_read].total,
        "stderr": streams[err_read].text(),
        "stderr_bytes": streams[err_read].total,
    }


def start_program(job, path, out_write, err_write):
    try:
        os.setsid()
        os.dup2(out_write, 1)
        os.dup2(err_write, 2)
        os.closerange(3, 65536)
        limits = job["limits"]
        cap(resource.RLIMIT_CORE, 0)
        cap(resource.RLIMIT_NOFILE, 1024)
        cap(resource.RLIMIT_FSIZE, int(limits["output_mb"]) * MIB)
        cap(resource.RLIMIT_CPU, int(limits["seconds"] * max(1, limits["cpus"])) + 5)
        if job["rlimits"]:
            cap(resource.RLIMIT_NPROC, int(limits["pids"]))
            cap(resource.RLIMIT_DATA, int(limits["memory_mb"]) * MIB)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        os.chdir(job["work"])
        os.execve(job["python"], [job["python"], "-I", "-B", "-u", path, *job["arguments"]], job["environment"])
    except BaseException as problem:
        os.write(2, f"the program could not be started: {problem}\n".encode())
    os._exit(127)


def cap(what, value):
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


class Stream:
    """The first and the last bytes of an output stream, and how many there were."""

    def __init__(self, keep):
        self.keep, self.total, self.head, self.tail = keep, 0, b"", b""

    def add(self, data):
        self.total += len(data)
        room = self.keep - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[max(0, room):])[-self.keep:]

    def text(self):
        gap = self.total - len(self.head) - len(self.tail)
        middle = f"\n[... {gap} bytes left out ...]\n".encode() if gap else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")


class Memory:
    """The memory of everything in the sandbox: the kernel's word where it gives one, a count else."""

    def __init__(self, job):
        self.job, self.peak, self.hit = job, 0, False
        self.limit = int(job["limits"]["memory_mb"]) * MIB
        self.kills_at_start = oom_kills()

    def over(self, child):
        if self.job["counts_memory"]:
            used = sum(proportional_memory(pid) for pid in self.pids(child))
            self.peak = max(self.peak, used)
            self.hit = self.hit or used > self.limit
        return self.hit

    def pids(self, child):
        if not self.job["is_init"]:
            return [child]
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]

    def exhausted(self):
        return self.hit or oom_kills() > self.kills_at_start


def proportional_memory(pid):
    # smaps_rollup is closed to us when a program makes itself undumpable; statm is not.
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
    return 0


def oom_kills():
    for path in ("/sys/fs/cgroup/memory/memory.oom_control", "/sys/fs/cgroup/memory.events"):
        with contextlib.suppress(OSError, ValueError), open(path) as file:
            for line in file:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    return 0


def kill_all(job, child):
    with contextlib.suppress(OSError):
        if job["is_init"]:
            os.kill(-1, signal.SIGKILL)
        else:
            os.killpg(child, signal.SIGKILL)


def reap():
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            return


def send_files(job, results, report):
    report["skipped"] = {}
    room, count = int(job["limits"]["output_mb"]) * MIB, int(job["limits"]["files"])
    for relative, why in walk(job["output"]):
        if why is None and count == 0:
            why = "more files than the limit"
        if why is None:
            try:
                data = read_regular(os.path.join(job["output"], relative), room)
            except OSError as problem:
                why = str(problem.strerror or problem)
        if why is not None:
            if len(report["skipped"]) < 100:
                report["skipped"][relative] = why
            continue
        room, count = room - len(data), count - 1
        name = relative.encode()
        send(results, b"F", struct.pack(">I", len(name)) + name + data)


def walk(root, prefix="", depth=0):
    """Relative paths of what lies below, each with the reason why it cannot be taken, if any."""
    with os.scandir(os.path.join(root, prefix)) as entries:
        found = sorted(entries, key=lambda entry: entry.name)[:10_000]
    for entry in found:
        relative = os.path.join(prefix, entry.name)
        try:
            plain = relative.encode().decode().isprintable()
        except UnicodeError:
            plain = False
        mode = entry.stat(follow_symlinks=False).st_mode
        if not plain:
            yield ascii(relative), "a name that cannot be shown"
        elif stat.S_ISDIR(mode):
            if depth >= 3:
                yield relative, "too deep"
            else:
                yield from walk(root, relative, depth + 1)
        else:
            yield relative, None if stat.S_ISREG(mode) else "not a regular file"


def read_regular(path, room):
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(descriptor).st_size > room:
            raise OSError(0, "over the size limit")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(room)
    finally:
        os.close(descriptor)


def read_some(descriptor):
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""


def read_exactly(descriptor, size):
    data = b""
    while len(data) < size:
        part = os.read(descriptor, size - len(data))
        if not part:
            os._exit(1)
        data += part
    return data


def send(descriptor, kind, payload):
    data = memoryview(kind + struct.pack(">I", len(payload)) + payload)
    while data:
        data = data[os.write(descriptor, data):]


if __name__ == "__main__":
    main()
