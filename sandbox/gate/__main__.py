"""`python -m sandbox.gate`: stand between Docker Engine and whoever runs sandboxes, see docs/containers.md."""

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import socket
from pathlib import Path

import docker
from docker.errors import DockerException, NotFound

from sandbox.gate.proxy import Gate
from sandbox.gate.roots import Roots, of_folders, of_mounts

FOR_ALL = 0o666
"""Who gets in is a matter of the folder that the socket is in: of who has it mounted."""


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.gate", description="A filter in front of Docker Engine.")
    parser.add_argument("socket", type=Path, help="where to listen")
    parser.add_argument("--engine", type=Path, default=Path("/var/run/docker.sock"), help="the socket of the engine")
    parser.add_argument(
        "--folder", type=Path, action="append", default=[], help="below it programs may be given folders to read"
    )
    parser.add_argument("--gpu", action="store_true", help="programs may be given one GPU each")
    parser.add_argument("--runtime", help="programs may run under this runtime of the engine, too")
    return parser.parse_args()


def roots_here(engine: Path, folders: list[Path]) -> Roots:
    """In a container of this engine as its mounts are on the host, else as they are."""
    name = socket.gethostname()
    if re.fullmatch("[0-9a-f]{12}", name):
        client = docker.DockerClient(base_url=f"unix://{engine}", version="auto")
        with contextlib.closing(client), contextlib.suppress(NotFound):
            return of_mounts(client.api.inspect_container(name)["Mounts"], folders)
    return of_folders(folders)


def bound(at: Path) -> socket.socket:
    at.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(at))
    at.chmod(FOR_ALL)
    return door


async def listen(gate: Gate, door: socket.socket) -> None:
    stopping = asyncio.Event()
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, stopping.set)
    server = await asyncio.start_unix_server(gate.answer, sock=door)
    await stopping.wait()
    server.close()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given = parsed()
    try:
        roots = roots_here(given.engine, given.folder)
    except DockerException as error:
        raise SystemExit(f"Docker Engine does not answer at {given.engine}: {error}") from error
    gate = Gate(given.engine, roots, gpu=given.gpu, runtime=given.runtime)
    logging.info("%s: programs may be given %s", given.socket, ", ".join(map(str, roots.folders)) or "nothing")
    asyncio.run(listen(gate, bound(given.socket)))


if __name__ == "__main__":
    main()
