from pathlib import Path

import pytest

from sandbox import interpreter


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A Python as uv and pyenv lay it out: in a folder by version, to which a link leads."""
    real = tmp_path / "home" / "pythons" / "cpython-3.11.9"
    (real / "bin").mkdir(parents=True)
    (real / "lib").mkdir()
    (real / "bin" / "python3.11").touch()
    (real.parent / "cpython-3.11").symlink_to(real.name)
    return real


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "checkout"
    (folder / "bin").mkdir(parents=True)
    (folder / "lib").mkdir()
    (folder / "pyvenv.cfg").touch()
    (folder / ".env").write_text("KEY=secret")
    (folder / "bin" / "python").symlink_to(installed.parent / "cpython-3.11" / "bin" / "python3.11")
    return folder


def test_an_environment_is_shown_with_what_it_was_made_from(installed: Path, environment: Path) -> None:
    by_minor = installed.parent / "cpython-3.11"
    assert interpreter.visible_parts(str(environment / "bin" / "python")) == sorted(
        [
            *(environment / "bin", environment / "lib", environment / "pyvenv.cfg"),
            *(by_minor / "bin", by_minor / "lib", installed / "bin", installed / "lib"),
        ]
    )


def test_relative_links_are_followed(environment: Path) -> None:
    (environment / "bin" / "python3").symlink_to("../bin/python")
    first = interpreter.visible_parts(str(environment / "bin" / "python"))
    assert interpreter.visible_parts(str(environment / "bin" / "python3")) == first


def test_a_python_of_the_system_needs_nothing_more() -> None:
    assert interpreter.visible_parts("/usr/bin/python3") == []


def test_the_running_python_is_named_inside_its_environment(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter.sys, "executable", str(environment / "bin" / "python"))
    assert interpreter.executable() == str(environment / "bin" / "python")


def test_a_link_in_a_home_does_not_show_the_home(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "home" / "bin" / "python3.11"
    link.parent.mkdir()
    link.symlink_to(installed / "bin" / "python3.11")
    monkeypatch.setattr(interpreter.sys, "executable", str(link))
    assert interpreter.visible_parts(interpreter.executable()) == [installed / "bin", installed / "lib"]
