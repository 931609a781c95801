"""What a server or a worker is not started with: each would else come out only when the first job meets it."""

from collections.abc import Callable, Iterator

from app.providers.prices import read_prices
from app.providers.recording import read_recording
from app.settings import Settings, SettingsInvalid
from app.sources import open_engine
from graph.errors import TaskInvalid


def refuse_unusable(settings: Settings) -> None:
    """Raises SettingsInvalid, with a line for each that is wrong."""
    wrong = [line for check in CHECKS for line in check(settings)]
    if wrong:
        raise SettingsInvalid(*wrong)


def _roots(settings: Settings) -> Iterator[str]:
    for root in settings.dataset_roots:
        if not root.is_dir():
            yield f"AUTOIOT_DATASET_ROOTS: {root}: there is no such folder"


def _recording(settings: Settings) -> Iterator[str]:
    if settings.replay:
        file = settings.replay
        yield from _refused(lambda: read_recording(file, "AUTOIOT_REPLAY:"))


def _prices(settings: Settings) -> Iterator[str]:
    yield from _refused(lambda: read_prices(settings.prices))


def _engines(settings: Settings) -> Iterator[str]:
    for name in settings.search:
        if name not in ("auto", "off", "folder"):
            yield from _refused(lambda name=name: open_engine(name, settings))


def _refused(check: Callable[[], object]) -> Iterator[str]:
    try:
        check()
    except (SettingsInvalid, TaskInvalid) as error:
        yield str(error)


CHECKS = (_roots, _recording, _prices, _engines)
