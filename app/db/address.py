"""Where the database is: a file of SQLite, or a server with Postgres."""

from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

FORM = "write postgresql://USER:PASSWORD@HOST:PORT/NAME, or leave it unset for a file in AUTOIOT_HOME"


def sqlite_address(file: Path) -> URL:
    return URL.create("sqlite+aiosqlite", database=str(file))


def postgres_address(text: str) -> URL:
    """Raises ValueError, whose message never holds the text: there is a password in it."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(f"not the address of a database; {FORM}") from None
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise ValueError(f"not the address of a Postgres database; {FORM}")
    try:
        make_conninfo(libpq_address(url))
    except psycopg.ProgrammingError:
        raise ValueError(f"an option or a part that Postgres does not know; {FORM}") from None
    if not url.database:
        raise ValueError(f"it names no database; {FORM}")
    return url.set(drivername="postgresql+psycopg")


def libpq_address(url: URL) -> str:
    """With the password: for a driver, never for a person."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def is_postgres(url: URL) -> bool:
    return url.get_backend_name() == "postgresql"


def shown(url: URL) -> str:
    """For a person: without the user, the password and the options."""
    if not is_postgres(url):
        return f"SQLite file {url.database}"
    host = url.host or url.query.get("host") or "local socket"
    return f"Postgres database {url.database} at {host}" + (f":{url.port}" if url.port else "")
