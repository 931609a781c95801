"""The filter is run here by a small machine of our own, for both processors; the contract suite asks the kernel."""

import errno
import re
import socket
import struct
from pathlib import Path

import pytest

from sandbox import seccomp
from sandbox.seccomp import AARCH64, REFUSED, X86_64, Machine, syscall_filter

ALLOWED, KILLED = "allowed", "killed"
HEADERS = {0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), 1: Path("/usr/include/asm-generic/unistd.h")}
MACHINES = pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=["x86_64", "aarch64"])


def verdict(architecture: int, number: int, *arguments: int) -> str | int:
    data = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    program = [struct.unpack_from("<HBBI", syscall_filter(), at) for at in range(0, len(syscall_filter()), 8)]
    at = value = 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        match code:
            case seccomp.LOAD:
                value = struct.unpack_from("<I", data, operand)[0]
            case seccomp.MASK:
                value &= operand
            case seccomp.JUMP:
                at += operand
            case seccomp.EQUAL:
                at += if_true if value == operand else if_false
            case seccomp.AT_LEAST:
                at += if_true if value >= operand else if_false
            case seccomp.ANY_BIT:
                at += if_true if value & operand else if_false
            case _:
                assert code == seccomp.RETURN
                names = {seccomp.ALLOW: ALLOWED, seccomp.KILL: KILLED}
                return names.get(operand, operand & 0xFFFF)


@MACHINES
@pytest.mark.parametrize("name", REFUSED)
def test_what_no_program_needs_is_refused(machine: Machine, name: str) -> None:
    number = REFUSED[name][machine.column]
    assert number is None or verdict(machine.architecture, number) == errno.EPERM


@pytest.mark.parametrize("column", [0, 1])
def test_the_numbers_are_those_of_the_kernel(column: int) -> None:
    if not HEADERS[column].exists():
        pytest.skip("the headers of the kernel are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[column].read_text())
    known = {name: int(number) for name, number in found}
    named = REFUSED | seccomp.REFUSED_ON_WRAPPER | {"setpriority": seccomp.SETPRIORITY}
    assert {name: known.get(name) for name in named} == {name: numbers[column] for name, numbers in named.items()}


# read, write, mmap, execve, futex, getrandom
@pytest.mark.parametrize(
    ("machine", "numbers"), [(X86_64, (0, 1, 9, 59, 202, 318)), (AARCH64, (63, 64, 222, 221, 98, 278))]
)
def test_what_every_program_needs_is_allowed(machine: Machine, numbers: tuple[int, ...]) -> None:
    assert {verdict(machine.architecture, number) for number in numbers} == {ALLOWED}


@MACHINES
def test_libc_is_told_that_there_is_no_clone3(machine: Machine) -> None:
    assert verdict(machine.architecture, machine.clone3) == errno.ENOSYS


@MACHINES
def test_processes_and_threads_but_no_namespaces(machine: Machine) -> None:
    thread, fork, new_user = 0x3D0F00, 0x1200011, 0x10000011
    assert [verdict(machine.architecture, machine.clone, flags) for flags in (thread, fork, new_user)] == [
        *(ALLOWED, ALLOWED),
        errno.EPERM,
    ]


@MACHINES
def test_sockets_of_the_families_that_a_namespace_holds(machine: Machine) -> None:
    families = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
    assert {verdict(machine.architecture, machine.socket, family) for family in families} == {ALLOWED}
    for family in (socket.AF_VSOCK, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_ALG):
        assert verdict(machine.architecture, machine.socket, family) == errno.EAFNOSUPPORT


@MACHINES
@pytest.mark.parametrize("name", seccomp.REFUSED_ON_WRAPPER)
def test_limits_are_set_on_all_processes_but_the_wrapper(machine: Machine, name: str) -> None:
    number = seccomp.REFUSED_ON_WRAPPER[name][machine.column]
    assert [verdict(machine.architecture, number, pid) for pid in (0, 1, 2)] == [ALLOWED, errno.EPERM, ALLOWED]


@MACHINES
def test_a_priority_is_changed_of_all_processes_but_the_wrapper(machine: Machine) -> None:
    process, group, user = 0, 1, 2
    calls = [(process, 0), (process, 7), (process, 1), (group, 0), (group, 1), (user, 0), (user, 64321)]
    found = [verdict(machine.architecture, seccomp.SETPRIORITY[machine.column], *call) for call in calls]
    assert found == [ALLOWED, ALLOWED, errno.EPERM, ALLOWED, errno.EPERM, errno.EPERM, errno.EPERM]


@MACHINES
def test_pipes_but_no_devices(machine: Machine) -> None:
    for mode, expected in ((0o10600, ALLOWED), (0o20600, errno.EPERM), (0o60600, errno.EPERM)):
        assert verdict(machine.architecture, machine.mknodat, 0, 0, mode) == expected
        assert machine.mknod is None or verdict(machine.architecture, machine.mknod, 0, mode) == expected


@MACHINES
def test_a_personality_may_be_asked_for_and_not_changed(machine: Machine) -> None:
    asked, changed = 0xFFFFFFFF, 0x40000
    assert verdict(machine.architecture, machine.personality, asked) == ALLOWED
    assert verdict(machine.architecture, machine.personality, changed) == errno.EPERM


@MACHINES
def test_nothing_is_typed_into_a_terminal(machine: Machine) -> None:
    type_in, window_size = 0x5412, 0x5413
    assert verdict(machine.architecture, machine.ioctl, 0, type_in) == errno.EPERM
    assert verdict(machine.architecture, machine.ioctl, 0, window_size) == ALLOWED


@pytest.mark.parametrize(("architecture", "number"), [(0x40000003, 1), (0x40000028, 1), (X86_64.architecture, 1 << 30)])
def test_other_interfaces_end_the_program(architecture: int, number: int) -> None:
    assert verdict(architecture, number) == KILLED
