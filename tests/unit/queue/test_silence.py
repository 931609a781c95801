"""Who counts as gone."""

from app.db.tables import RunRow
from app.queue.silence import GAP, Silence


def row(run: str, heartbeat: str, attempt: int = 1) -> RunRow:
    return RunRow(id=run, heartbeat=heartbeat, attempt=attempt)


def silent(silence: Silence, at: float, *rows: RunRow) -> list[str]:
    return [row.id for row in silence.of(rows, at)]


def test_whoever_says_nothing_for_the_lease_is_gone() -> None:
    silence = Silence(lease=2.0)
    found = [silent(silence, at, row("a", "1"), row("b", str(at))) for at in (0.0, 1.0, 2.0)]
    assert found == [[], [], ["a"]]


def test_a_sign_of_life_or_another_attempt_begins_anew() -> None:
    silence = Silence(lease=2.0)
    silent(silence, 0.0, row("a", "1"), row("b", "1"))
    silent(silence, 1.0, row("a", "2"), row("b", "1", attempt=2))
    assert silent(silence, 2.0, row("a", "2"), row("b", "1", attempt=2)) == []
    assert silent(silence, 3.0, row("a", "2"), row("b", "1", attempt=2)) == ["a", "b"]


def test_whoever_has_not_looked_for_long_cannot_tell() -> None:
    silence = Silence(lease=2.0)
    silent(silence, 0.0, row("a", "1"))
    assert silent(silence, 2.0 + GAP, row("a", "1")) == []
    assert silent(silence, 4.0 + GAP, row("a", "1")) == ["a"]
