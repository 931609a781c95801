# ruff: noqa: PTH101, PTH103, PTH106, PTH108, PTH118, PTH123, PTH208 (pathlib takes longer to import than a short program to run)
"""Runs inside the sandbox, around the program: stdlib only, sent as text to `python -c`.

Reads two messages from stdin (u32 length, JSON). The first says what this place is: a child is started that
waits for its program, with packages imported already where that is asked for. The second, which may come much
later, brings the program. Keeps the head and the tail of its output, ends it at the time or memory limit, and
sends back frames (`type`, u32 length, payload) on a stdout that the child never gets: H, this process; W, the
child waits; O and E, the head of stdout and stderr while it runs, for the case that we are ended too; F, a
file; R, the report, last. stdin stays open as a lease: when the other end goes away, everything here is
killed, so a dead server leaves no running program; a byte on it cancels.
"""

import contextlib
import ctypes
import itertools
import json
import os
import resource
import select
import selectors
import signal
import stat
import struct
import sys
import time

MIB = 1024 * 1024
TICK = 0.05
MEMORY_CHECK = 0.1
MOST_ENTRIES, MOST_SKIPPED = 10_000, 100
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER_MODE = 4, 22, 38, 2
CGROUPS = "/sys/fs/cgroup"
# Called with the names to hide, those to import beforehand, and two pipes: one tells that it waits, the other
# brings the program's path and arguments. Then it runs the file as `python path` does, but for packages of ours
# that a shared environment would let it import, and leaves itself out of tracebacks and of the file's names.
BOOT = """\
def boot():
    import gc, posix, sys
    hidden, wanted, ready, go = sys.argv[1:]
    sys.modules.update(dict.fromkeys(hidden.split(",")))
    # One that is not there, or broken, is for the program to find: it may not need it.
    for name in filter(None, wanted.split(",")):
        try:
            __import__(name)
        except Exception:
            pass
    # Else the end of the program takes longer than the program: all that was imported is gone through once more.
    gc.freeze()
    posix.write(int(ready), b"W")
    words = b""
    while part := posix.read(int(go), 65536):
        words += part
    posix.close(int(ready))
    posix.close(int(go))
    if not words:
        posix._exit(1)
    sys.argv[:] = words.decode("utf-8", "surrogateescape").split("\\0")
    def show(kind, error, trace):
        while trace and trace.tb_frame.f_code.co_filename == "<string>":
            trace = trace.tb_next
        sys.__excepthook__(kind, error.with_traceback(trace), trace)
    sys.excepthook = show
    globals()["__file__"] = sys.argv[0]
    with open(sys.argv[0], "rb") as source:
        source = source.read()
    return compile(source, sys.argv[0], "exec", dont_inherit=True)
exec(globals().pop("boot")())
"""


def main():
    control, results = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b") as null:
        os.dup2(null.fileno(), 0)
        os.dup2(null.fileno(), 1)
    place = read_message(control)
    if place["uid"] is not None:
        os.setgroups([])
        os.setresgid(place["uid"], place["uid"], place["uid"])
        os.setresuid(place["uid"], place["uid"], place["uid"])
    if place["is_init"]:
        # Python's own handler would let a program interrupt us; without one the kernel drops what comes from inside.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The program runs under our uid: without this it could read our memory and descriptors.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for folder in (place["work"], place["output"]):
        os.makedirs(folder, exist_ok=True)
    live = Live(results)
    live.add(b"H", json.dumps({"pid": os.getpid()}).encode())
    waiting = Waiting(place)
    job = waiting.until_job(control, live)
    report = watch(place, job, waiting, control, live)
    live.finish()
    send_files(place, results, report)
    send(results, b"R", json.dumps({"nonce": job["nonce"], **report}).encode())


class Waiting:
    """The child that will run the program."""

    def __init__(self, place):
        self.place = place
        self.out, out_write = os.pipe()
        self.err, err_write = os.pipe()
        self.ready, ready_write = os.pipe()
        go_read, self.go = os.pipe()
        fault_read, fault_write = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            become_program(place, out_write, err_write, ready_write, go_read, fault_write)
        for descriptor in (out_write, err_write, ready_write, go_read, fault_write):
            os.close(descriptor)
        # Closed by exec: what comes through it is our fault, not the program's.
        if fault := os.read(fault_read, 4096):
            sys.exit(fault.decode("utf-8", "replace"))
        os.close(fault_read)

    def until_job(self, control, live):
        """One that ends before it could say that it waits is the program's case: too little memory for Python."""
        watched = [control]
        if os.read(self.ready, 1):
            live.add(b"W", json.dumps({"memory_mb": memory_in_use(self.place, self.child) / MIB}).encode())
            watched.append(self.ready)
        while control not in (found := select.select(watched, [], [])[0]):
            # Ended while it waited: whoever keeps us for later sees that we are gone.
            if self.ready in found:
                os._exit(1)
        return read_message(control)

    def begin(self, job):
        path = os.path.join(self.place["work"], "program.py")
        # A model's text may hold half a character: that is for Python to tell it.
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(job["source"])
        words = "\0".join([path, *job["arguments"]]).encode("utf-8", "surrogateescape")
        with contextlib.suppress(BrokenPipeError):
            write_all(self.go, words)
        os.close(self.go)
        os.close(self.ready)


def watch(place, job, waiting, control, live):
    child, out, err = waiting.child, waiting.out, waiting.err
    memory, refused_at_start = Memory(place), counted("pids", "pids.events", "max")
    used_before = cpu_seconds(child)
    keep = int(place["limits"]["stream_kb"]) * 1024
    streams = {out: Stream(keep, b"O", live), err: Stream(keep, b"E", live)}
    started = time.monotonic()
    waiting.begin(job)
    status, ended_by = follow(place, child, streams, control, memory, live)
    seconds = time.monotonic() - started
    kill_all(place, child)
    reap(place, child)
    for descriptor, stream in streams.items():
        while data := read_some(descriptor):
            stream.add(data)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "timed_out": ended_by == "time",
        "cancelled": ended_by == "cancel",
        "over_memory": memory.hit,
        "oom_kills": memory.kills(),
        "pids_hit": place["cgroup"] and counted("pids", "pids.events", "max") > refused_at_start,
        "output_full": any(is_full(folder) for folder in (place["work"], place["output"])),
        "seconds": seconds,
        "cpu_seconds": max(0.0, usage.ru_utime + usage.ru_stime - used_before),
        "peak_memory_mb": memory.highest(usage.ru_maxrss * 1024) / MIB,
        "process_peak_mb": usage.ru_maxrss / 1024,
        "stdout": streams[out].text(),
        "stdout_bytes": streams[out].total,
        "stderr": streams[err].text(),
        "stderr_bytes": streams[err].total,
        "truncated": any(stream.gap() for stream in streams.values()),
    }
    if report["oom_kills"] and place["is_init"]:
        make_room(place)
    return report


def follow(place, child, streams, control, memory, live):
    """Until the program ends, or is ended by us: its status, and why we did, `time` or `cancel`."""
    ends, ended_by, next_check = time.monotonic() + place["limits"]["seconds"], None, 0.0
    selector = selectors.DefaultSelector()
    for descriptor in (*streams, control):
        os.set_blocking(descriptor, False)
        selector.register(descriptor, selectors.EVENT_READ)
    # Where the kernel has none, the end is noticed a tick later.
    with contextlib.suppress(OSError):
        selector.register(os.pidfd_open(child), selectors.EVENT_READ)
    while True:
        cancelled = False
        for key, _ in selector.select(TICK):
            if key.fd in streams or key.fd == control:
                cancelled = take(key.fd, place, child, streams, selector) or cancelled
        live.flush()
        now = time.monotonic()
        if (cancelled or now > ends) and not ended_by:
            ended_by = "cancel" if cancelled else "time"
            kill_all(place, child)
        if now > next_check:
            next_check = now + MEMORY_CHECK
            if memory.over(child):
                kill_all(place, child)
        status = reap_ended(child)
        if status is not None:
            return status, ended_by


def take(descriptor, place, child, streams, selector):
    """Whether the other end has asked to stop."""
    data = read_some(descriptor)
    if data and descriptor in streams:
        streams[descriptor].add(data)
    elif data == b"" and descriptor in streams:
        selector.unregister(descriptor)
    elif data == b"":
        # The lease is over: whoever wanted the result is gone, and takes our end for that of all that ran.
        kill_all(place, child)
        reap(place, child)
        os._exit(1)
    return bool(data) and descriptor not in streams


def become_program(place, out_write, err_write, ready_write, go_read, fault_write):
    try:
        os.setsid()
        os.dup2(out_write, 1)
        os.dup2(err_write, 2)
        kept = sorted((ready_write, go_read, fault_write))
        for after, before in zip([2, *kept], [*kept, 65536], strict=True):
            os.closerange(after + 1, before)
        for descriptor in (ready_write, go_read):
            os.set_inheritable(descriptor, True)
        limits = place["limits"]
        # One byte, not none: a limit of 0 does not hold for a core that the machine pipes into a program.
        cap(resource.RLIMIT_CORE, 1)
        cap(resource.RLIMIT_NOFILE, 1024)
        cap(resource.RLIMIT_FSIZE, int(limits["output_mb"]) * MIB)
        cap(resource.RLIMIT_CPU, int(limits["seconds"] * max(1, limits["cpus"])) + 5)
        if place["rlimits"]:
            cap(resource.RLIMIT_NPROC, int(limits["pids"]) + place["other_processes"])
            cap(resource.RLIMIT_DATA, int(limits["memory_mb"]) * MIB)
        # If memory runs out, the program goes and not the wrapper. /proc/self is closed to the undumpable.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        # The wrapper has to get its turn beside as many processes as the program likes.
        os.nice(5)
        os.chdir(place["work"])
        names = [",".join(place[group]) for group in ("hidden", "imported")]
        command = [place["python"], "-I", "-B", "-u", "-c", BOOT, *names, str(ready_write), str(go_read)]
        if place["filter"]:
            # A driver pins memory for its device.
            if not limits["gpu"]:
                cap(resource.RLIMIT_MEMLOCK, 0)
            # Linux lets anyone lower it; a kernel that does not has no message queues.
            with contextlib.suppress(ValueError):
                cap(resource.RLIMIT_MSGQUEUE, 0)
            refuse_calls(bytes.fromhex(place["filter"]))
        os.execve(place["python"], command, place["environment"])
    except BaseException as problem:  # noqa: BLE001 - a child of ours must not come back from here
        os.write(fault_write, f"the program could not be started: {problem}".encode())
    os._exit(127)


def cap(what, value):
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


class FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("words", ctypes.c_char_p))


def refuse_calls(words):
    libc, program = ctypes.CDLL(None, use_errno=True), FilterProgram(len(words) // 8, words)
    steps = ((PR_SET_NO_NEW_PRIVS, 1, 0), (PR_SET_SECCOMP, FILTER_MODE, ctypes.addressof(program)))
    for option, value, where in steps:
        if libc.prctl(option, *map(ctypes.c_ulong, (value, where, 0, 0))) != 0:
            raise OSError(ctypes.get_errno(), "the filter for system calls was refused")


class Stream:
    """The first and the last bytes of an output stream, and how many there were."""

    def __init__(self, keep, kind, live):
        self.keep, self.kind, self.live = keep, kind, live
        self.total, self.head, self.tail = 0, b"", b""

    def add(self, data):
        self.total += len(data)
        room = self.keep - len(self.head)
        if room > 0:
            self.live.add(self.kind, data[:room])
        self.head += data[:room]
        self.tail = (self.tail + data[max(0, room) :])[-self.keep :]

    def gap(self):
        return self.total - len(self.head) - len(self.tail)

    def text(self):
        middle = f"\n[... {self.gap()} bytes left out ...]\n".encode() if self.gap() else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")


class Live:
    """Frames that are sent while the program runs, without ever waiting: it is the limits that count."""

    def __init__(self, descriptor):
        self.descriptor, self.pending = descriptor, b""

    def add(self, kind, data):
        self.pending += frame(kind, len(data)) + data
        self.flush()

    def flush(self):
        os.set_blocking(self.descriptor, False)
        with contextlib.suppress(BlockingIOError):
            while self.pending:
                self.pending = self.pending[os.write(self.descriptor, self.pending) :]

    def finish(self):
        os.set_blocking(self.descriptor, True)
        write_all(self.descriptor, self.pending)


class Memory:
    """The memory of everything in the sandbox: the kernel's word where it gives one, a count else."""

    def __init__(self, place):
        self.place, self.peak, self.hit = place, 0, False
        self.limit = int(place["limits"]["memory_mb"]) * MIB
        self.kills_at_start = oom_kills()

    def over(self, child):
        if not self.place["cgroup"]:
            used = sum(proportional_memory(pid) for pid in pids(self.place, child))
            self.peak = max(self.peak, used)
            self.hit = self.hit or used > self.limit
        return self.hit

    def kills(self):
        return oom_kills() - self.kills_at_start

    def highest(self, of_a_process):
        counted_by_kernel = self.place["cgroup"] and max(
            number("memory", "memory.max_usage_in_bytes"), number("", "memory.peak")
        )
        return counted_by_kernel or max(self.peak, of_a_process)


def pids(place, child):
    if not place["is_init"]:
        return [child]
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def memory_in_use(place, child):
    by_kernel = place["cgroup"] and max(number("memory", "memory.usage_in_bytes"), number("", "memory.current"))
    return by_kernel or sum(proportional_memory(pid) for pid in pids(place, child))


def cpu_seconds(pid):
    """What it has used so far, before the program: that is not the program's."""
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


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
    return counted("memory", "memory.oom_control", "oom_kill") or counted("", "memory.events", "oom_kill")


def counted(controller, file, word):
    """A number of the first or the second version of cgroups: there, all controllers share one folder."""
    for folder in (controller, ""):
        with contextlib.suppress(OSError, ValueError), open(os.path.join(CGROUPS, folder, file)) as lines:
            for line in lines:
                if line.startswith(f"{word} "):
                    return int(line.split()[1])
    return 0


def number(controller, file):
    with contextlib.suppress(OSError, ValueError), open(os.path.join(CGROUPS, controller, file)) as text:
        return int(text.read())
    return 0


def is_full(folder):
    if not os.path.ismount(folder):
        return False
    room = os.statvfs(folder)
    return room.f_bavail == 0 or (room.f_files > 0 and room.f_favail == 0)


def make_room(place):
    """Files in memory count against the limit that has just been met, and reading the results needs some."""
    for top in (place["work"], "/dev/shm"):
        for folder, folders, files in os.walk(top, topdown=False):
            for name in files:
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, name))
            for name in folders:
                with contextlib.suppress(OSError):
                    os.rmdir(os.path.join(folder, name))


def kill_all(place, child):
    with contextlib.suppress(OSError):
        if place["is_init"]:
            os.kill(-1, signal.SIGKILL)
        else:
            os.killpg(child, signal.SIGKILL)


def reap_ended(child):
    """The status of `child` if it has ended; the orphans that come to a PID 1 would else stay as zombies."""
    status = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, code = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                status = code
    return status


def reap(place, child):
    """Until all that was killed is gone: on a busy machine dying takes its time."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            # What the program had started is a child of ours only where we are PID 1.
            if place["is_init"] or not lives(child):
                return
            time.sleep(0.005)


def lives(group):
    """Whether a process of it is alive; what has died may wait long for a PID 1 that is not ours."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
            state, _, its_group = file.read().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def send_files(place, results, report):
    report["skipped"] = {}
    # It may be the program's own, and closed by it.
    with contextlib.suppress(OSError):
        os.chmod(place["output"], 0o700)
    room, count = int(place["limits"]["output_mb"]) * MIB, int(place["limits"]["files"])
    for relative, reason in itertools.islice(walk(place["output"]), MOST_ENTRIES):
        why = reason or ("more files than the limit" if count == 0 else None)
        if why is None:
            try:
                descriptor, size = open_regular(os.path.join(place["output"], relative), room)
            except OSError as problem:
                why = str(problem.strerror or problem)
            else:
                send_file(results, relative, descriptor, size)
                room, count = room - size, count - 1
        if why and len(report["skipped"]) < MOST_SKIPPED:
            report["skipped"][relative] = why


def open_regular(path, room):
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    size = os.fstat(descriptor).st_size
    if size > room:
        os.close(descriptor)
        raise OSError(0, "over the size limit")
    return descriptor, size


def send_file(results, relative, descriptor, size):
    """In pieces: the file is in memory already, and that may be all there is of it."""
    name = relative.encode()
    write_all(results, frame(b"F", 4 + len(name) + size) + struct.pack(">I", len(name)) + name)
    for start in range(0, size, MIB):
        expected = min(MIB, size - start)
        # A size that was promised has to be kept; only the plain process leaves anyone to change it.
        write_all(results, os.pread(descriptor, expected, start).ljust(expected, b"\0"))
    os.close(descriptor)


def walk(root, prefix="", depth=0):
    """Relative paths of what lies below, each with the reason why it cannot be taken, if any."""
    try:
        with os.scandir(os.path.join(root, prefix)) as entries:
            found = sorted(itertools.islice(entries, MOST_ENTRIES), key=lambda entry: entry.name)
    except OSError as problem:
        # The program may have closed or removed its own folders.
        yield prefix or ".", str(problem.strerror)
        return
    for entry in found:
        relative = os.path.join(prefix, entry.name)
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError as problem:
            yield ascii(relative), str(problem.strerror)
            continue
        if not is_plain(relative):
            yield ascii(relative), "a name that cannot be shown"
        elif stat.S_ISDIR(mode):
            if depth >= 3:
                yield relative, "too deep"
            else:
                yield from walk(root, relative, depth + 1)
        else:
            yield relative, None if stat.S_ISREG(mode) else "not a regular file"


def is_plain(name):
    try:
        return name.encode().decode().isprintable()
    except UnicodeError:
        return False


def read_some(descriptor):
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None


def read_message(descriptor):
    return json.loads(read_exactly(descriptor, struct.unpack(">I", read_exactly(descriptor, 4))[0]))


def read_exactly(descriptor, size):
    data = b""
    while len(data) < size:
        part = os.read(descriptor, size - len(data))
        if not part:
            os._exit(1)
        data += part
    return data


def send(descriptor, kind, payload):
    write_all(descriptor, frame(kind, len(payload)) + payload)


def frame(kind, size):
    return kind + struct.pack(">I", size)


def write_all(descriptor, data):
    data = memoryview(data)
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main()
