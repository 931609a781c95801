"""What several suites stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.api import Api, served
from fakes.source import ScriptedSource, make_dataset, make_script
from sqlalchemy import URL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a server."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of a server below which datasets may be registered; it has one, `data`."""
    folder = tmp_path / "root"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("t\n1\n")
    return folder


@pytest.fixture
def api(url: URL, tmp_path: Path) -> Iterator[Api]:
    """A server in this process with the dataset `numbers`, whose model answers by a script."""
    make_dataset(tmp_path / "data")
    with served(tmp_path, ScriptedSource(make_script(), tmp_path / "calls"), url) as opened:
        yield opened
