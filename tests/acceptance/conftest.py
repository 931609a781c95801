"""Whole jobs, with nothing pretended but the model."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.places import CONFINED, HEARTBEAT, opened
from fakes.served import Server
from sqlalchemy import URL

from sandbox.base import Sandbox


@pytest.fixture(params=CONFINED, scope="module")
def confined(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend that really confines and works here."""
    return opened(request.param)


@pytest.fixture
def server(url: URL, tmp_path: Path) -> Iterator[Server]:
    database = url if url.get_backend_name() == "postgresql" else None
    server = Server.at(tmp_path / "home", database, AUTOIOT_REPLAY=str(HEARTBEAT / "recording.jsonl"))
    yield server
    server.end()


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Synthetic ones, with their dataset.yaml."""
    subprocess.run(
        [sys.executable, str(HEARTBEAT / "generate.py"), str(tmp_path / "records")], check=True, capture_output=True
    )
    return tmp_path / "records"


@pytest.fixture
def archive(records: Path, tmp_path: Path) -> Path:
    return Path(shutil.make_archive(str(tmp_path / "archive"), "tar", records))
