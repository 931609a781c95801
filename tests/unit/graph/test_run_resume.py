"""A run that is cut off between two steps, or inside one, and goes on."""

import pytest
from fakes.archive import MemoryArchive
from fakes.sandbox import ScriptedSandbox
from small_world import fenced, run_score, to, world


class Cut(Exception):
    """As if the process had been killed."""


class ForgetfulArchive(MemoryArchive):
    """Saves the version, and is cut off before the checkpoint is written."""

    cut_after = 0

    async def save(self, version):
        await super().save(version)
        if version.version == self.cut_after:
            self.cut_after = 0
            raise Cut


async def test_cut_between_the_archive_and_the_checkpoint_no_candidate_is_there_twice_or_changed():
    more = {("improve", n, ""): f"IDEA: {n}\n" + to(f"0.{n + 4}", f"0.{n + 5}") for n in (1, 2)}
    straight = world(more, iterations=2)
    expected = await straight.run()

    w = world(more, iterations=2, archive=ForgetfulArchive())
    w.archive.cut_after = 2
    with pytest.raises(Cut):
        await w.run()
    assert await w.run(None) == expected
    assert w.versions == straight.versions
    assert [v.version for v in w.archive.saved] == [1, 2, 2, 3]


async def test_cut_inside_a_run_of_the_program_only_that_run_is_made_again():
    cuts = [True]

    def cut_once(given):
        if cuts.pop() if cuts else False:
            raise Cut
        return run_score(given)

    w = world(sandbox=ScriptedSandbox(cut_once))
    with pytest.raises(Cut):
        await w.run()
    asked = list(w.chat.keys)
    end = await w.run(None)
    assert end["best"]["version"] == 1
    assert w.chat.keys == [*asked, ("document", 0, "1")]


async def test_cut_in_one_of_the_modules_the_others_are_kept():
    design = (
        '{"summary": "s", "main": "m", "modules": ['
        '{"signature": "def load(path: str) -> str", "does": "l"}, {"signature": "def zero() -> int", "does": "0"}]}'
    )
    w = world({"design": design})
    with pytest.raises(AssertionError, match="zero"):
        await w.run()
    w.chat.script["write_module", 0, "zero"] = fenced("def zero() -> int:\n    return 0\n")
    await w.run(None)
    assert w.chat.keys.count(("write_module", 0, "load")) == 1
    assert "def zero" in w.source(1)


async def test_a_finished_run_asked_to_go_on_does_nothing():
    w = world()
    end = await w.run()
    before = len(w.chat.calls)
    assert await w.run(None) == end
    assert len(w.chat.calls) == before
