"""The system calls that no program of ours needs, as a filter for the kernel (classic BPF, no library).

It goes on top of the engine's own filter and of bubblewrap, which has none: not every engine's is complete
(AF_VSOCK reaches the hypervisor through some). One filter serves both machines that we know; calls by any
other interface, such as the 32-bit one, end the program.
"""

import errno
import socket
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, JUMP, EQUAL, AT_LEAST, ANY_BIT, MASK, RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
X32 = 0x40000000
"""Numbers from here on are those of a second interface of x86_64."""
NEW_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000
"""CLONE_NEWCGROUP, UTS, IPC, USER, PID, NET and NS; a new time namespace can be asked of clone3 alone."""
FAMILIES = (socket.AF_UNIX, socket.AF_INET, 10)
KNOWN_PERSONALITIES = (0x0, 0xFFFFFFFF)
TERMINAL_INJECTIONS = (0x5412, 0x541C)
"""TIOCSTI, TIOCLINUX: type into the terminal of whoever started us."""

#: name -> number on x86_64, number on aarch64 (none where there is no such call)
REFUSED: dict[str, tuple[int, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "ioprio_set": (251, 30),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # keys
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # large and young parts of the kernel
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "memfd_secret": (447, 447),
    # the machine
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    # the clock
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
}

#: These take a process first. A program of the same user may call them on the wrapper, which is always the
#: first process: with its limits lowered to nothing, or never given its turn, it could not report.
REFUSED_ON_WRAPPER: dict[str, tuple[int, int]] = {
    "prlimit64": (302, 261),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
}
SETPRIORITY = (141, 140)
WRAPPER_PID, ALL_OF_A_USER = 1, 2


@dataclass(frozen=True)
class Machine:
    architecture: int
    column: int
    clone3: int
    clone: int
    socket: int
    ioctl: int
    personality: int
    mknod: int | None
    mknodat: int


X86_64 = Machine(0xC000003E, 0, clone3=435, clone=56, socket=41, ioctl=16, personality=135, mknod=133, mknodat=259)
AARCH64 = Machine(0xC00000B7, 1, clone3=435, clone=220, socket=198, ioctl=29, personality=92, mknod=None, mknodat=33)


def syscall_filter() -> bytes:
    """An array of `struct sock_filter`, in the byte order of this machine as both known ones have it."""
    return b"".join(
        [
            _do(LOAD, ARCHITECTURE),
            *_when_equal(X86_64.architecture, _calls(X86_64)),
            *_when_equal(AARCH64.architecture, _calls(AARCH64)),
            _do(RETURN, KILL),
        ]
    )


def _calls(machine: Machine) -> list[bytes]:
    words = [_do(LOAD, NUMBER)]
    if machine is X86_64:
        words += [_do(AT_LEAST, X32, 0, 1), _do(RETURN, KILL)]
    # Not "forbidden": libc then falls back to clone, whose flags can be looked at here.
    words += _when_equal(machine.clone3, [_do(RETURN, ERRNO | errno.ENOSYS)])
    for numbers in REFUSED.values():
        if (number := numbers[machine.column]) is not None:
            words += _when_equal(number, [_refuse()])
    for numbers in REFUSED_ON_WRAPPER.values():
        words += _when_equal(numbers[machine.column], _none_of((WRAPPER_PID,), argument=0))
    words += _when_equal(SETPRIORITY[machine.column], _priority())
    words += _when_equal(machine.socket, _only(FAMILIES, errno.EAFNOSUPPORT))
    words += _when_equal(machine.personality, _only(KNOWN_PERSONALITIES, errno.EPERM))
    words += _when_equal(machine.ioctl, _none_of(TERMINAL_INJECTIONS, argument=1))
    words += _when_equal(machine.clone, _clone())
    if machine.mknod is not None:
        words += _when_equal(machine.mknod, _no_devices(argument=1))
    words += _when_equal(machine.mknodat, _no_devices(argument=2))
    return [*words, _do(RETURN, ALLOW)]


def _clone() -> list[bytes]:
    return [_argument(0), _do(ANY_BIT, NEW_NAMESPACES, 0, 1), _refuse(), _do(RETURN, ALLOW)]


def _priority() -> list[bytes]:
    of_a_user = [_argument(0), *_refused_values((ALL_OF_A_USER,))]
    return [*of_a_user, *_none_of((WRAPPER_PID,), argument=1)]


def _no_devices(argument: int) -> list[bytes]:
    devices = (stat.S_IFBLK, stat.S_IFCHR)
    return [_argument(argument), _do(MASK, 0o170000), *_refused_values(devices), _do(RETURN, ALLOW)]


def _none_of(values: Iterable[int], argument: int) -> list[bytes]:
    return [_argument(argument), *_refused_values(values), _do(RETURN, ALLOW)]


def _refused_values(values: Iterable[int]) -> list[bytes]:
    return [word for value in values for word in _when_equal(value, [_refuse()])]


def _only(values: Iterable[int], error: int) -> list[bytes]:
    allowed = [word for value in values for word in _when_equal(value, [_do(RETURN, ALLOW)])]
    return [_argument(0), *allowed, _do(RETURN, ERRNO | error)]


def _when_equal(value: int, then: list[bytes]) -> list[bytes]:
    """`then` has to end with a return; a jump over it can be longer than one byte only by a detour."""
    if len(then) < 256:
        return [_do(EQUAL, value, 0, len(then)), *then]
    return [_do(EQUAL, value, 1, 0), _do(JUMP, len(then)), *then]


def _argument(index: int) -> bytes:
    # The low half, which comes first; the kernel reads these arguments as 32 bits itself.
    return _do(LOAD, ARGUMENTS + 8 * index)


def _refuse() -> bytes:
    return _do(RETURN, ERRNO | errno.EPERM)


def _do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
