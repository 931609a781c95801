"""The server that the command line asks."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from app.cli.lines import tell
from app.client.address import parse_address
from app.client.connection import Connection
from app.client.errors import AddressInvalid
from app.client.jobs import RemoteJobs
from app.settings import read_settings

HERE = {
    "list": "`autoiot show` lists the runs of this machine",
    "submit": "`autoiot run` does the task on this machine",
    "cancel": "Ctrl-C ends a run of this machine",
    "fetch": "`autoiot show RUN` says where the result of a run of this machine is",
}
"""What may have been meant by whoever names no server."""


@contextmanager
def connected(ctx: typer.Context, *, patient: bool = False) -> Generator[RemoteJobs]:
    """`patient` waits some seconds for a server that is away. Raises AddressInvalid, SettingsInvalid."""
    settings, given = read_settings(), given_server(ctx)
    named = settings.server if given is None else given
    if not named:
        line = f"no server is named: set AUTOIOT_SERVER, or write `autoiot --server URL {ctx.info_name} ...`"
        raise AddressInvalid("; ".join(filter(None, (line, HERE.get(str(ctx.info_name))))))
    address = parse_address(named)
    key = settings.key.get_secret_value() if settings.key else None
    if key and not address.is_encrypted and not address.is_here:
        tell(f"warning: your key goes to {address.host} unencrypted; use https:// where you can")
    connection = Connection(address, key, patient=patient)
    try:
        yield RemoteJobs(connection)
    finally:
        connection.close()


def given_server(ctx: typer.Context) -> str | None:
    return ctx.find_root().params.get("server")


def command_line(ctx: typer.Context, *words: str) -> str:
    """What to type next, on the same server."""
    given = given_server(ctx)
    server = ("--server", given) if given else ()
    return " ".join(("autoiot", *server, *words))
