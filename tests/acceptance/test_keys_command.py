"""`autoiot keys` as a person meets it."""

from pathlib import Path

import pytest
from fakes.command import Job, begin

from app.keys.secret import hidden, id_of


@pytest.fixture
def autoiot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    return begin(tmp_path, monkeypatch, capsys)


def made(autoiot: Job, *arguments: str) -> str:
    """The key that is printed, alone on its line."""
    said = autoiot("keys", "create", *arguments)
    assert said.code == 0 and said.out.count("\n") == 1, said
    assert "never shown again" in said.err and said.out.strip() not in said.err
    return said.out.strip()


def test_a_key_is_printed_once_and_kept_nowhere(autoiot: Job) -> None:
    assert "There is no key" in autoiot("keys", "list").out
    secret = made(autoiot, "Ann's laptop", "--role", "admin", "--expires", "2999-01-31")
    listed = autoiot("keys", "list").out
    assert id_of(secret) in listed and "2999-01-31" in listed and hidden(listed) == listed
    assert not [path for path, content in autoiot.stored() if secret.encode() in content]


def test_the_last_admin_goes_only_by_force(autoiot: Job) -> None:
    key = str(id_of(made(autoiot, "ann", "--role", "admin")))
    assert autoiot("keys", "revoke", key).complaint.endswith(f"run: autoiot keys revoke {key} --force")
    assert autoiot("keys", "revoke", key, "--force").code == 0
    assert "no such key" in autoiot("keys", "revoke", key).complaint


def test_a_quota_is_set_and_shown(autoiot: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOIOT_QUOTA_JOBS_RUNNING", "4")
    assert autoiot("keys", "quota", "lab", "--tokens", "5000000", "--usd", "2.5").code == 0
    shown = autoiot("keys", "quota", "lab").out
    assert "5,000,000" in shown and "2.50" in shown and "4" in shown
    assert "5,000,000" not in autoiot("keys", "quota", "lab", "--reset").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", ""),
        ("create", "x", "--workspace", "../etc"),
        ("create", "x", "--role", "root"),
        ("create", "x", "--expires", "soon"),
        ("create", "x", "--expires", "2020-01-01"),
        ("quota", ".."),
        ("quota", "lab", "--tokens", "-1"),
        ("quota", "lab", "--usd", "nan"),
        ("quota", "lab", "--disk-mb", "9" * 30),
    ],
)
def test_what_cannot_be_is_one_line(autoiot: Job, arguments: tuple[str, ...]) -> None:
    assert autoiot("keys", *arguments).complaint
