"""The one kind of container that may be created, as the fields that a request for one may have.

Strict both ways: an unknown field is refused, and so is one that is missing where the engine's default is weaker.
What goes to the engine is written anew from what was read here, so the two cannot read a request differently.
"""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.containers import INSTALLATION
from sandbox.gate.refusal import Refused
from sandbox.gate.roots import Roots
from sandbox.protocol import INPUT, OUTPUT, UID, WORK

IMAGE = r"^autoiot-sandbox:[0-9a-f]{16}$"
USER = f"{UID}:{UID}"
MAX_BYTES = 1 << 20

Count = Annotated[int, Field(gt=0)]
TMPFS = r"^rw,nosuid,nodev,(noexec|exec),size=[0-9]+,nr_inodes=[0-9]+(,(mode|uid|gid)=[0-9]+)*$"
TmpfsOptions = Annotated[str, Field(pattern=TMPFS)]
Folder = Literal["/dev/shm", "/tmp", "/output"]
Empty = Annotated[list[str], Field(max_length=0)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BindOptions(Strict):
    Propagation: Literal["rprivate", "rslave"]


class Mount(Strict):
    Type: Literal["bind"]
    Source: str
    Target: Literal["/input"]
    ReadOnly: Literal[True]
    BindOptions: BindOptions


class Ulimit(Strict):
    Name: Literal["core", "nofile", "fsize"]
    Soft: Count
    Hard: Count


class LogConfig(Strict):
    Type: Literal["none"]
    Config: Annotated[dict[str, str], Field(max_length=0)]


class DeviceRequest(Strict):
    Driver: Literal["nvidia"]
    Count: Literal[0]
    DeviceIDs: Annotated[list[Annotated[str, Field(pattern=r"^[\w-]+$")]], Field(min_length=1, max_length=1)]
    Capabilities: list[list[Literal["gpu", "compute", "utility"]]]
    Options: Annotated[dict[str, str], Field(max_length=0)]


class HostConfig(Strict):
    NetworkMode: Literal["none"]
    ReadonlyRootfs: Literal[True]
    CapDrop: Annotated[list[Literal["ALL"]], Field(min_length=1)]
    SecurityOpt: Annotated[list[Literal["no-new-privileges:true"]], Field(min_length=1)]
    IpcMode: Literal["private"]
    Memory: Count
    MemorySwap: Count
    PidsLimit: Count
    NanoCpus: Count
    ShmSize: Count
    Init: Literal[False] = False
    Privileged: Literal[False] = False
    Runtime: str | None = None
    Ulimits: list[Ulimit]
    LogConfig: LogConfig
    Tmpfs: Annotated[dict[Folder, TmpfsOptions], Field(min_length=3)]
    Mounts: Annotated[list[Mount], Field(max_length=1)] = []
    DeviceRequests: Annotated[list[DeviceRequest], Field(max_length=1)] | None = None


class Body(Strict):
    Image: Annotated[str, Field(pattern=IMAGE)]
    User: Literal["64321:64321"]
    Hostname: Literal["sandbox"]
    WorkingDir: Literal["/tmp"]
    Cmd: list[str]
    Entrypoint: Empty
    Env: Empty
    NetworkDisabled: Literal[True]
    Tty: Literal[False]
    OpenStdin: Literal[True]
    StdinOnce: Literal[True]
    AttachStdin: Literal[True]
    AttachStdout: Literal[True]
    AttachStderr: Literal[True]
    Labels: dict[str, str]
    HostConfig: HostConfig
    # docker-py names these, always as nothing.
    Domainname: None = None
    ExposedPorts: None = None
    Volumes: None = None
    NetworkingConfig: None = None
    MacAddress: None = None
    StopSignal: None = None
    Healthcheck: None = None
    StopTimeout: None = None
    Runtime: None = None


assert (USER, INPUT, OUTPUT, WORK) == ("64321:64321", "/input", "/output", "/tmp"), "types cannot take names"


def checked(sent: bytes, roots: Roots, *, gpu: bool = False, runtime: str | None = None) -> bytes:
    """What to send to the engine instead; raises Refused.

    `gpu`: whether a device may be asked for; `runtime`: the one that may be named, beside the engine's usual one.
    """
    try:
        body = Body.model_validate_json(sent)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"container: {'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}") from error
    host = body.HostConfig
    if INSTALLATION not in body.Labels:
        raise Refused(f"container: Labels: {INSTALLATION} is missing")
    if host.DeviceRequests and not gpu:
        raise Refused("container: HostConfig.DeviceRequests: no GPU may be given here")
    if host.Runtime not in (None, runtime):
        raise Refused("container: HostConfig.Runtime: not the one that is allowed here")
    for mount in host.Mounts:
        place = str(roots.on_the_host(PurePosixPath(mount.Source)))
        if place != mount.Source:
            # The engine insists for folders among its own, where volumes are.
            mount.BindOptions.Propagation = "rslave"
            mount.Source = place
    return body.model_dump_json(exclude_none=True).encode()
