"""What may be created through the gate: what `sandbox/` asks for, and no weaker container."""

import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from docker.models.containers import _create_container_args
from docker.types import ContainerConfig

from sandbox.docker_arguments import container_arguments
from sandbox.gate.bodies import checked
from sandbox.gate.refusal import Refused
from sandbox.gate.roots import Roots
from sandbox.limits import Limits

Body = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "inputs").mkdir()
    return tmp_path


@pytest.fixture
def roots(home: Path) -> Roots:
    return Roots({home: PurePosixPath("/volumes/home")})


def asked(home: Path, gpu: str | None = None, runtime: str | None = None) -> Body:
    """As docker-py writes it."""
    arguments = container_arguments(
        "autoiot-sandbox:0123456789abcdef",
        home / "inputs",
        Limits(seconds=5),
        name="autoiot-1-0123456789ab",
        labels={"autoiot.sandbox": "x"},
        gpu=gpu,
        runtime=runtime,
    )
    words = _create_container_args(arguments | {"version": "1.41"})
    image, command = words.pop("image"), words.pop("command")
    for name in ("name", "platform", "use_config_proxy"):
        words.pop(name, None)
    return ContainerConfig("1.41", image, command, **words)


def passed(body: Body, roots: Roots, **allowed: Any) -> Body:
    return json.loads(checked(json.dumps(body).encode(), roots, **allowed))


def test_what_a_sandbox_asks_for_goes_through_with_the_path_of_the_host(home: Path, roots: Roots) -> None:
    body = asked(home)
    expected = json.loads(json.dumps({name: value for name, value in body.items() if value is not None}))
    mount = expected["HostConfig"]["Mounts"][0]
    mount |= {"Source": "/volumes/home/inputs", "BindOptions": {"Propagation": "rslave"}}
    sent = passed(body, roots)
    assert sent.pop("HostConfig") == expected.pop("HostConfig") | {"Privileged": False}
    assert sent == expected


def test_a_gpu_and_a_runtime_only_where_they_are_allowed(home: Path, roots: Roots) -> None:
    with_gpu, with_runtime = asked(home, gpu="GPU-1"), asked(home, runtime="runsc")
    assert passed(with_gpu, roots, gpu=True)["HostConfig"]["DeviceRequests"][0]["DeviceIDs"] == ["GPU-1"]
    assert passed(with_runtime, roots, runtime="runsc")["HostConfig"]["Runtime"] == "runsc"
    for body in (with_gpu, with_runtime):
        with pytest.raises(Refused):
            passed(body, roots)
    with pytest.raises(Refused):
        passed(with_runtime, roots, runtime="other")


def host(**changes: Any) -> Callable[[Body], object]:
    return lambda body: body["HostConfig"].update(changes)


def mount(**changes: Any) -> Callable[[Body], object]:
    return lambda body: body["HostConfig"]["Mounts"][0].update(changes)


def top(**changes: Any) -> Callable[[Body], object]:
    return lambda body: body.update(changes)


WEAKER: dict[str, Callable[[Body], object]] = {
    "privileged": host(Privileged=True),
    # Go reads names of fields whatever their case.
    "privileged in small letters": host(privileged=True),
    "two bodies in one": top(hostconfig={"Privileged": True}),
    "network of the host": host(NetworkMode="host"),
    "network of another": host(NetworkMode="container:x"),
    "processes of the host": host(PidMode="host"),
    "capability": host(CapAdd=["ALL"]),
    "no capability dropped": host(CapDrop=[]),
    "no profile": host(SecurityOpt=["seccomp=unconfined"]),
    "new privileges": host(SecurityOpt=[]),
    "device": host(Devices=[{"PathOnHost": "/dev/sda"}]),
    "binds": host(Binds=["/:/host"]),
    "volumes of another": host(VolumesFrom=["x"]),
    "writable root": host(ReadonlyRootfs=False),
    "users of the host": host(UsernsMode="host"),
    "cgroup": host(CgroupParent="/"),
    "kernel parameter": host(Sysctls={"kernel.x": "1"}),
    "all memory": host(Memory=0),
    "any number of processes": host(PidsLimit=-1),
    "memory of the host": host(IpcMode="host"),
    "start for ever": host(RestartPolicy={"Name": "always"}),
    "two mounts": lambda body: body["HostConfig"]["Mounts"].append(body["HostConfig"]["Mounts"][0]),
    "tmpfs elsewhere": lambda body: body["HostConfig"]["Tmpfs"].update({"/etc": "rw"}),
    "programs with setuid": lambda body: body["HostConfig"]["Tmpfs"].update({"/tmp": "rw,suid"}),
    "writable mount": mount(ReadOnly=False),
    "mount of a volume": mount(Type="volume"),
    "mount elsewhere": mount(Target="/"),
    "mount that spreads": mount(BindOptions={"Propagation": "rshared"}),
    "root of the host": mount(Source="/"),
    "beside the folders": mount(Source="/etc"),
    "root": top(User="0"),
    "another image": top(Image="autoiot:latest"),
    "a newline after the image": top(Image="autoiot-sandbox:0123456789abcdef\n"),
    "environment": top(Env=["LD_PRELOAD=/input/x.so"]),
    "no label": top(Labels={}),
    "health check": top(Healthcheck={"Test": ["CMD", "x"]}),
}


@pytest.mark.parametrize("name", WEAKER)
def test_anything_weaker_is_refused(home: Path, roots: Roots, name: str) -> None:
    body = asked(home)
    WEAKER[name](body)
    with pytest.raises(Refused):
        passed(body, roots)


@pytest.mark.parametrize("missing", ["NetworkMode", "CapDrop", "SecurityOpt", "ReadonlyRootfs", "Memory", "PidsLimit"])
def test_what_is_left_out_is_refused_where_the_engine_would_be_lax(home: Path, roots: Roots, missing: str) -> None:
    body = asked(home)
    del body["HostConfig"][missing]
    with pytest.raises(Refused, match=missing):
        passed(body, roots)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b"null", b'"x"', b"\xff"])
def test_what_is_no_container_is_refused(roots: Roots, sent: bytes) -> None:
    with pytest.raises(Refused):
        checked(sent, roots)


def test_the_last_of_two_fields_counts_for_the_engine_too(home: Path, roots: Roots) -> None:
    text = json.dumps(asked(home)).replace('"User": ', '"User": "0", "User": ', 1)
    assert b'"0"' not in checked(text.encode(), roots)
