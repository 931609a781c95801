"""What a server is not started with."""

from pathlib import Path

import pytest

from app.cli.main import run as autoiot
from app.cli.refusals import refuse_unusable
from app.settings import SettingsInvalid, read_settings


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused() -> list[str]:
    with pytest.raises(SettingsInvalid) as refusal:
        refuse_unusable(read_settings())
    return [str(refusal.value), *refusal.value.others]


def test_what_can_be_used_is_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recording.jsonl").write_text('{"autoiot_recording": 1}\n')
    (tmp_path / "prices.yaml").write_text("gpt-5: {input: 1, output: 10}\n")
    monkeypatch.setenv("AUTOIOT_REPLAY", "recording.jsonl")
    monkeypatch.setenv("AUTOIOT_PRICES", "prices.yaml")
    monkeypatch.setenv("AUTOIOT_DATASET_ROOTS", str(tmp_path))
    monkeypatch.setenv("AUTOIOT_SEARCH", "wikipedia,folder")
    refuse_unusable(read_settings())


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("AUTOIOT_REPLAY", "nowhere.jsonl", "AUTOIOT_REPLAY: nowhere.jsonl: No such file"),
        ("AUTOIOT_PRICES", "nowhere.yaml", "AUTOIOT_PRICES: nowhere.yaml is not a table"),
        ("AUTOIOT_DATASET_ROOTS", "/nowhere", "AUTOIOT_DATASET_ROOTS: /nowhere: there is no such folder"),
        ("AUTOIOT_SEARCH", "searxng", "AUTOIOT_SEARCH: searxng needs its address"),
    ],
)
def test_each_that_cannot_be_used_is_told_in_a_line(
    name: str, given: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, given)
    (line,) = refused()
    assert line.startswith(told)
    assert "\n" not in line


def test_a_server_tells_all_of_them_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOIOT_REPLAY", "nowhere.jsonl")
    monkeypatch.setenv("AUTOIOT_PRICES", "nowhere.yaml")
    assert autoiot(["serve"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in told] == ["AUTOIOT_REPLAY", "AUTOIOT_PRICES"]
    assert not list(tmp_path.iterdir())
