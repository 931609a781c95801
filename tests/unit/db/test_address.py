from pathlib import Path

import pytest

from app.db.address import is_postgres, libpq_address, postgres_address, shown, sqlite_address

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"postgresql://me:{SECRET}@db.example:5433/autoiot", "Postgres database autoiot at db.example:5433"),
        (f"postgresql+psycopg://me:{SECRET}@db.example/autoiot", "Postgres database autoiot at db.example"),
        ("postgresql://me@/autoiot?host=/run/pg", "Postgres database autoiot at /run/pg"),
        (f"postgresql://me:a%40{SECRET}@h/autoiot?sslmode=require", "Postgres database autoiot at h"),
    ],
)
def test_an_address_of_postgres(text: str, name: str) -> None:
    url = postgres_address(text)
    assert is_postgres(url)
    assert url.drivername == "postgresql+psycopg"
    assert shown(url) == name
    assert SECRET not in f"{url} {url!r} {shown(url)}"
    assert libpq_address(url).startswith("postgresql://me")
    assert (SECRET in libpq_address(url)) == (SECRET in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        f"mysql://me:{SECRET}@h/autoiot",
        f"postgres://me:{SECRET}@h/autoiot",
        "sqlite:///autoiot.db",
        f"postgresql+asyncpg://me:{SECRET}@h/autoiot",
        f"postgresql://me:{SECRET}@h:port/autoiot",
        f"postgresql://me:{SECRET}@h",
        f"postgresql://me:{SECRET}@h/autoiot?speed={SECRET}",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="write postgresql://USER:PASSWORD@HOST:PORT/NAME") as refused:
        postgres_address(text)
    assert SECRET not in str(refused.value)


def test_a_file() -> None:
    url = sqlite_address(Path("/a folder/%20#?.db"))
    assert (url.database, is_postgres(url)) == ("/a folder/%20#?.db", False)
    assert shown(url) == "SQLite file /a folder/%20#?.db"
