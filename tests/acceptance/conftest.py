"""Whole jobs, with nothing pretended but the model."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.places import CONFINED, HEARTBEAT, REPOSITORY, opened
from fakes.served import Server
from sqlalchemy import URL

from sandbox.base import Sandbox


@pytest.fixture(params=CONFINED, scope="module")
def confined(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend that really confines and works here."""
    return opened(request.param)


@pytest.fixture
def server(url: URL, tmp_path: Path) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "AUTOIOT_HOME": str(tmp_path / "home"),
        "AUTOIOT_REPLAY": str(HEARTBEAT / "recording.jsonl"),
        "PYTHONPATH": str(REPOSITORY),
    }
    if url.get_backend_name() != "sqlite":
        settings["AUTOIOT_DATABASE_URL"] = url.render_as_string(hide_password=False)
    server = Server(os.environ | settings, port)
    yield server
    server.end()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    records = tmp_path / "records"
    subprocess.run([sys.executable, str(HEARTBEAT / "generate.py"), str(records)], check=True, capture_output=True)
    return Path(shutil.make_archive(str(tmp_path / "records"), "zip", records))
