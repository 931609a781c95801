from pathlib import Path

import pytest

from app.cli.main import run as autoiot
from app.settings import Settings, SettingsInvalid, read_settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"


def names_and_values() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(names_and_values()) == {field.alias for field in Settings.model_fields.values()}


def test_each_setting_of_the_example_has_its_comment() -> None:
    lines = EXAMPLE.read_text().splitlines()
    assert all(lines[place - 1].startswith("# ") for place, line in enumerate(lines) if "=" in line and line[0] != "#")


def test_a_copy_of_the_example_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names_and_values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    defaults = read_settings()
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    assert read_settings() == defaults


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("AUTOIOT_MODEL=of-the-file\n")
    monkeypatch.setenv("AUTOIOT_MODEL", "of-the-environment")
    assert read_settings().model == "of-the-environment"


def test_a_wrong_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOIOT_PARALLEL_CALLS", "none")
    with pytest.raises(SettingsInvalid, match=r"^AUTOIOT_PARALLEL_CALLS: [^\n]+$"):
        read_settings()


def test_all_wrong_ones_are_named_in_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("AUTOIOT_PORT=99999\nAUTOIOT_MODEL_TIMEOUT=0\nAUTOIOT_SEARCH=nowhere\n")
    assert autoiot(["serve"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[:2] for line in told] == [
        ["autoiot", name] for name in ("AUTOIOT_MODEL_TIMEOUT", "AUTOIOT_SEARCH", "AUTOIOT_PORT")
    ]


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_there_is_not_is_refused_in_one_line(
    port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert autoiot(["serve", "--port", port]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1 and "'--port'" in told[0]


ADDRESSES = (
    "OPENAI_BASE_URL",
    "AUTOIOT_EMBEDDING_BASE_URL",
    "TAVILY_API_BASE_URL",
    "AUTOIOT_SEARXNG_URL",
    "AUTOIOT_WIKIPEDIA_URL",
    "AUTOIOT_ARXIV_URL",
    "AUTOIOT_OTLP_ENDPOINT",
)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/v1", "https://models.example", "http://[::1]:8000/v1"])
def test_addresses(address: str) -> None:
    assert Settings.model_validate(dict.fromkeys(ADDRESSES, address)).base_url == address


@pytest.mark.parametrize(
    "address",
    ["models", "http://", "ftp://a/v1", "http://a:b/v1", "http://a b/v1", "http://[::1/v1", "http://me:s3cret@a:b"],
)
def test_what_is_no_address_is_told_of_each(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ADDRESSES:
        monkeypatch.setenv(name, address)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    shown = "what is given" if "@" in address else repr(address)
    told = [str(refused.value), *refused.value.others]
    assert sorted(told) == sorted(
        f"{name}: {shown} is not an address such as http://127.0.0.1:8000/v1" for name in ADDRESSES
    )


def test_a_password_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOIOT_DATABASE_URL", "postgresql://me:s3cret@h/autoiot")
    assert "s3cret" not in repr(read_settings())
    monkeypatch.setenv("AUTOIOT_DATABASE_URL", "mysql://me:s3cret@h/autoiot")
    with pytest.raises(SettingsInvalid, match=r"^AUTOIOT_DATABASE_URL: not the address") as refused:
        read_settings()
    assert "s3cret" not in f"{refused.value} {refused.value.__cause__}"


def test_roots_are_absolute_folders_with_colons_between_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings().dataset_roots == ()
    monkeypatch.setenv("AUTOIOT_DATASET_ROOTS", "/srv/data:/mnt/more data")
    assert read_settings().dataset_roots == (Path("/srv/data"), Path("/mnt/more data"))
    for wrong in ("data", "/srv/data:", "/srv/data:more"):
        monkeypatch.setenv("AUTOIOT_DATASET_ROOTS", wrong)
        with pytest.raises(SettingsInvalid, match=r"^AUTOIOT_DATASET_ROOTS: give absolute paths"):
            read_settings()
