"""Negative controls: with one protection taken away its program gets through, so the suite can fail."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from contract import hostile
from contract.hostile import _host
from contract.hostile._host import Host, opened
from docker.types import Ulimit

from sandbox import bubblewrap, cgroups, docker_container, subprocesses
from sandbox.base import ExecResult, Outcome
from sandbox.bubblewrap import BubblewrapSandbox, bwrap_arguments
from sandbox.docker import DockerSandbox
from sandbox.docker_arguments import container_arguments
from sandbox.errors import SandboxBroken
from sandbox.limits import Limits

host = _host.host

DUMPABLE = ("prctl(PR_SET_DUMPABLE, 0", "prctl(PR_SET_DUMPABLE, 1")
UNINTERRUPTED = ("signal.SIGINT, signal.SIG_DFL", "signal.SIGINT, signal.default_int_handler")
CORE = ("cap(resource.RLIMIT_CORE, 1)", "pass")
CORES = Path("/proc/sys/kernel/core_pattern").read_text()
HOARDS = (
    "        live.flush()\n        now",
    "        live.flush()\n"
    "        hoard = bytearray(b'x') * (1 << 30) if any(stream.total for stream in streams.values()) else None\n"
    "        now",
)
PUNCTUAL = ("or now > ends)", ")")
ROOM = "rw,size=1g,mode=1777"


def weak_docker(change: Callable[[dict[str, Any]], object]) -> DockerSandbox:
    def arguments(*words: Any, **more: Any) -> dict[str, Any]:
        made = container_arguments(*words, **more)
        change(made)
        return made

    sandbox = opened("docker")
    assert isinstance(sandbox, DockerSandbox)
    return replace(sandbox, arguments=arguments)


def weak_bubblewrap(change: Callable[[list[str]], list[str]], *, with_cgroups: bool = True) -> BubblewrapSandbox:
    def policy(*words: Any, **more: Any) -> list[str]:
        made = bwrap_arguments(*words, **more)
        changed = change(made)
        assert changed != made
        return changed

    sandbox = opened("bubblewrap")
    assert isinstance(sandbox, BubblewrapSandbox)
    return replace(sandbox, policy=policy, with_cgroups=with_cgroups)


def changed(text: str, change: tuple[str, str]) -> str:
    assert text.count(change[0]) == 1
    return text.replace(*change)


def wrapper(change: tuple[str, str]) -> Callable[[dict[str, Any]], object]:
    return lambda made: made["command"].append(changed(made["command"].pop(), change))


def held(case: str, result: ExecResult, backend: str = "docker") -> bool:
    return hostile.named(case).complaints(result, backend) == []


DOCKER: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "a network": (
        lambda made: made.update(network_mode="host", network_disabled=False),
        *("network", "reached a service of the host"),
    ),
    "writable input": (lambda made: made["mounts"][0].update(ReadOnly=False), "writes_input", "could overwrite"),
    "a writable root": (lambda made: made.update(read_only=False), "writes_elsewhere", "wrote into /var/tmp"),
    "root": (lambda made: made.update(user="0:0"), "privileges", "may gain privileges"),
    "no limit on processes": (lambda made: made.update(pids_limit=1000), "thread_bomb", "started 300 threads"),
    "no limit on memory": (
        lambda made: made.update(mem_limit="2g", memswap_limit="2g"),
        *("eats_memory", "got 1024 MiB"),
    ),
    "no limit on room": (
        lambda made: made["tmpfs"].update({"/output": ROOM, "/tmp": ROOM}),
        *("disk_flood", "bytes into /output"),
    ),
    "no limit on files": (
        lambda made: made["tmpfs"].update({"/output": f"{ROOM},nr_inodes=0"}),
        *("inode_flood", "made 20000 files in /output"),
    ),
    "the engine's shared memory": (
        lambda made: made["tmpfs"].pop("/dev/shm"),
        *("inode_flood", "made 20000 files in /dev/shm"),
    ),
    "an open wrapper": (wrapper(DUMPABLE), "reads_wrapper", "read environ"),
}


@pytest.mark.parametrize("weakness", DOCKER)
async def test_docker_without(weakness: str, host: Host) -> None:
    change, name, got = DOCKER[weakness]
    result = await host.run(weak_docker(change), hostile.named(name))
    assert got in result.stdout
    assert not held(name, result)


@pytest.mark.parametrize(
    ("name", "got"),
    [("odd_sockets", "opened vsock"), ("inspects", "attached to another"), ("old_interface", "process ")],
)
async def test_docker_without_our_filter(name: str, got: str, host: Host) -> None:
    sandbox = opened("docker")
    assert isinstance(sandbox, DockerSandbox)
    result = await host.run(replace(sandbox, syscall_filter=b""), hostile.named(name))
    assert got in result.stdout
    assert not held(name, result)


async def test_a_wrapper_whose_limits_a_program_may_lower(host: Host) -> None:
    sandbox = opened("docker")
    assert isinstance(sandbox, DockerSandbox)
    try:
        result = await host.run(replace(sandbox, syscall_filter=b""), hostile.named("kills_wrapper"))
    except SandboxBroken:
        return  # It depends on what the wrapper was about to do whether it ends, or loses the files alone.
    assert not held("kills_wrapper", result)


async def test_docker_without_a_ban_on_new_privileges(host: Host) -> None:
    # Our filter brings the ban with it: both have to go.
    weak = replace(weak_docker(lambda made: made.update(security_opt=[])), syscall_filter=b"")
    assert "may gain privileges" in (await host.run(weak, hostile.named("privileges"))).stdout


@pytest.mark.parametrize(("copied", "found"), [(True, True), (False, False)])
async def test_docker_with_the_proxies_of_the_user(
    copied: bool, found: bool, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but an open wrapper shows them: its environment is the container's."""
    proxies = {"proxies": {"default": {"httpProxy": "http://user:secret@proxy:3128"}}}
    (tmp_path / "config.json").write_text(json.dumps(proxies))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))

    def change(made: dict[str, Any]) -> None:
        wrapper(DUMPABLE)(made)
        made["use_config_proxy"] = copied

    result = await host.run(weak_docker(change), hostile.named("secrets_of_the_host"))
    assert ("found a secret in /proc/1/environ" in result.stdout) is found


async def test_docker_with_cores(host: Host) -> None:
    if CORES.startswith(("|", "/")):
        pytest.skip("here cores are not written beside the program")

    def change(made: dict[str, Any]) -> None:
        wrapper(CORE)(made)
        made["ulimits"] = [Ulimit(name="core", soft=-1, hard=-1)]

    result = await host.run(weak_docker(change), hostile.named("crash"))
    assert not held("crash", result)


async def test_a_wrapper_that_can_be_interrupted(host: Host) -> None:
    with pytest.raises(SandboxBroken, match="stopped without a result"):
        await host.run(weak_docker(wrapper(UNINTERRUPTED)), hostile.named("kills_wrapper"))


def open_root(made: list[str]) -> list[str]:
    # The folder alone would still be held: it is the root that is read-only.
    end = made.index("--chdir")
    assert made[end - 2 : end] == ["--remount-ro", "/"]
    return ["--perms", "1777", "--dir", "/open", *made[: end - 2], *made[end:]]


BUBBLEWRAP: dict[str, tuple[Callable[[list[str]], list[str]], str, str]] = {
    "a network": (
        lambda made: [word for word in made if word != "--unshare-net"],
        *("network", "reached a service of the host"),
    ),
    "writable input": (
        lambda made: [*made[: made.index("/input") - 2], "--bind", *made[made.index("/input") - 1 :]],
        *("writes_input", "could overwrite"),
    ),
    "a writable root": (open_root, "writes_elsewhere", "wrote into /open"),
}


@pytest.mark.parametrize("weakness", BUBBLEWRAP)
async def test_bubblewrap_without(weakness: str, host: Host) -> None:
    change, name, got = BUBBLEWRAP[weakness]
    result = await host.run(weak_bubblewrap(change), hostile.named(name))
    assert got in result.stdout
    assert not held(name, result, "bubblewrap")


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("odd_sockets", "opened vsock"),
        ("keyring", "kept a key"),
        ("namespaces", "made a namespace: user"),
        ("kernel_parts", "got io_uring"),
        ("inspects", "read the memory of another"),
        ("old_interface", "process "),
    ],
)
async def test_bubblewrap_without_our_filter(name: str, got: str, host: Host) -> None:
    sandbox = opened("bubblewrap")
    assert isinstance(sandbox, BubblewrapSandbox)
    result = await host.run(replace(sandbox, syscall_filter=b""), hostile.named(name))
    assert got in result.stdout
    assert not held(name, result, "bubblewrap")


@pytest.mark.parametrize(("name", "got"), [("eats_memory", "got 1024 MiB"), ("thread_bomb", "started 300 threads")])
async def test_bubblewrap_with_cgroups_that_limit_nothing(
    name: str, got: str, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = cgroups.layout
    monkeypatch.setattr(cgroups, "layout", lambda *words: [(shown, folder, {}) for shown, folder, _ in layout(*words)])
    result = await host.run(opened("bubblewrap"), hostile.named(name))
    assert got in result.stdout
    assert not held(name, result, "bubblewrap")


async def test_bubblewrap_without_limits_on_room(host: Host) -> None:
    def change(made: list[str]) -> list[str]:
        return [word if at == 0 or made[at - 1] != "--size" else str(1 << 30) for at, word in enumerate(made)]

    result = await host.run(weak_bubblewrap(change, with_cgroups=False), hostile.named("disk_flood"))
    assert "bytes into /output" in result.stdout


async def test_bubblewrap_without_cgroups_has_no_limit_on_files(host: Host) -> None:
    result = await host.run(opened(hostile.WITHOUT_CGROUPS), hostile.named("inode_flood"))
    assert "made 20000 files in /output" in result.stdout
    assert result.isolation == "bubblewrap-rlimits"


async def test_bubblewrap_as_root(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "free_uid", lambda: 0)
    result = await host.run(opened("bubblewrap"), hostile.named("privileges"))
    assert "may gain privileges" in result.stdout


async def test_bubblewrap_with_an_open_wrapper(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "WRAPPER", changed(bubblewrap.WRAPPER, DUMPABLE))
    result = await host.run(opened("bubblewrap"), hostile.named("reads_wrapper"))
    assert "read environ" in result.stdout


async def test_a_wrapper_that_is_not_the_first_process_is_refused(host: Host) -> None:
    weak = weak_bubblewrap(lambda made: [word for word in made if word != "--as-pid-1"])
    with pytest.raises(SandboxBroken, match="first process"):
        await host.run(weak, hostile.named("kills_wrapper"))


async def test_the_host_ends_what_the_wrapper_does_not(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (docker_container, subprocesses):
        monkeypatch.setattr(module, "GRACE_SECONDS", 3.0)
    monkeypatch.setattr(bubblewrap, "WRAPPER", changed(bubblewrap.WRAPPER, PUNCTUAL))
    case = replace(hostile.named("endless_loop"), limits=Limits(seconds=3))
    sandboxes = (weak_docker(wrapper(PUNCTUAL)), opened("bubblewrap"))
    results = await asyncio.gather(*(host.run(sandbox, case) for sandbox in sandboxes))
    assert [(result.outcome, result.stdout) for result in results] == [(Outcome.TIMEOUT, "started\n")] * 2
    assert host.processes() == []


@pytest.mark.parametrize("backend", ["bubblewrap", "docker"])
async def test_what_was_printed_outlives_a_wrapper_that_the_kernel_ends(
    backend: str, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap, "WRAPPER", changed(bubblewrap.WRAPPER, HOARDS))
    sandbox = weak_docker(wrapper(HOARDS)) if backend == "docker" else opened(backend)
    result = await host.run(sandbox, hostile.named("endless_loop"))
    assert (result.outcome, result.exit_code, result.stdout) == (Outcome.OOM, None, "started\n")
    assert host.processes() == []
