"""How a container is locked up, as a pure function of what it runs."""

import os
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, LogConfig, Mount, Ulimit

from sandbox.limits import MIB, Limits
from sandbox.protocol import INPUT, OUTPUT, UID, WORK, WRAPPER
from sandbox.stage import OUTPUT_FILES, SHARED_MEMORY, WORK_FILES

PYTHON = "/opt/venv/bin/python"
SHARED_MEMORY_WITH_GPU = 1024 * MIB
"""What loads data for a device passes it on there; it counts as memory where it is used."""


def container_arguments(
    image: str,
    inputs: Path,
    limits: Limits,
    *,
    name: str,
    labels: dict[str, str],
    gpu: str | None = None,
    runtime: str | None = None,
) -> dict[str, Any]:
    """`gpu`: the id of the one device that it gets; `runtime`: another than the engine's usual one."""
    memory, output = limits.memory_mb * MIB, limits.output_mb * MIB
    shared = SHARED_MEMORY_WITH_GPU if gpu else SHARED_MEMORY
    # What compiles kernels for a device loads them from there.
    execution = "exec" if gpu else "noexec"
    return (
        {
            "image": image,
            "command": [PYTHON, "-I", "-S", "-B", "-c", WRAPPER],
            "entrypoint": [],
            "name": name,
            "labels": labels,
            "working_dir": WORK,
            "user": f"{UID}:{UID}",
            "hostname": "sandbox",
            # Both: the mode gives no interface, `network_disabled` spares the engine's slow start hook.
            "network_mode": "none",
            "network_disabled": True,
            # docker-py would copy the proxies of ~/.docker/config.json, with their passwords, inside.
            "use_config_proxy": False,
            "environment": {},
            "read_only": True,
            "cap_drop": ["ALL"],
            "privileged": False,
            "security_opt": ["no-new-privileges:true"],
            "mem_limit": memory,
            "memswap_limit": memory,
            "pids_limit": limits.pids,
            # The engine refuses more cores than there are.
            "nano_cpus": int(min(limits.cpus, os.cpu_count() or 1) * 1e9),
            "ipc_mode": "private",
            "shm_size": shared,
            "init": False,
            "auto_remove": False,
            "tty": False,
            "stdin_open": True,
            "tmpfs": {
                # The engine's own has no limit on how many files.
                "/dev/shm": f"rw,nosuid,nodev,noexec,size={shared},nr_inodes={WORK_FILES},mode=1777",
                WORK: f"rw,nosuid,nodev,{execution},size={output},nr_inodes={WORK_FILES},mode=1777",
                OUTPUT: f"rw,nosuid,nodev,noexec,size={output},nr_inodes={OUTPUT_FILES},mode=0700,uid={UID},gid={UID}",
            },
            "mounts": [Mount(INPUT, str(inputs), type="bind", read_only=True, propagation="rprivate")],
            "ulimits": [
                # One byte, not none: see the wrapper.
                Ulimit(name="core", soft=1, hard=1),
                Ulimit(name="nofile", soft=1024, hard=1024),
                Ulimit(name="fsize", soft=output, hard=output),
            ],
            "log_config": LogConfig(type="none"),
        }
        | ({"device_requests": [device(gpu)]} if gpu else {})
        | ({"runtime": runtime} if runtime else {})
    )


def device(gpu: str) -> DeviceRequest:
    """By its id: asked for by number or as any, two programs could get the same one."""
    return DeviceRequest(driver="nvidia", device_ids=[gpu], capabilities=[["gpu", "compute", "utility"]])
