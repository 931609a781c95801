"""One conformance suite, run on every backend: for each program the outcome, and the host as it was before."""

import asyncio
from pathlib import Path

import pytest
from contract import hostile
from contract.hostile import Hostile, _host
from contract.hostile._host import Host, opened, settled

host = _host.host

CASES = [
    pytest.param(backend, case, id=f"{case.name}-{backend}")
    for case in [*hostile.TABLE, hostile.FLOOD]
    for backend in sorted(case.on)
]
CONFINED = pytest.mark.parametrize("backend", sorted(hostile.CONFINED))


@pytest.mark.parametrize(("backend", "case"), CASES)
async def test_the_sandbox_holds(backend: str, case: Hostile, host: Host) -> None:
    sandbox, before = opened(backend), host.state()
    result = await host.run(sandbox, case)
    assert case.complaints(result, backend) == []
    await settled(sandbox, host, before)


@CONFINED
async def test_a_forged_report_is_only_text(backend: str, host: Host) -> None:
    result = await host.run(opened(backend), hostile.FORGED)
    assert (result.outcome, result.exit_code) == ("nonzero_exit", 7)
    assert result.files == {}
    assert "forged" in result.stdout
    assert "forged" in result.stderr


@CONFINED
async def test_what_a_program_drops_is_not_imported_by_the_next(backend: str, host: Host) -> None:
    sandbox = opened(backend)
    first, second = [await host.run(sandbox, case) for case in (hostile.DROPS, hostile.IMPORTS)]
    assert (first.outcome, first.stdout) == ("ok", "dropped\n")
    assert (second.outcome, second.stdout) == ("ok", "json shutil struct numpy\n")


@pytest.mark.parametrize("backend", sorted(hostile.WITH_CGROUPS))
async def test_the_result_says_what_was_in_force(backend: str, host: Host) -> None:
    isolation = (await host.run(opened(backend), hostile.IMPORTS)).isolation
    assert isolation == {"docker": "docker", "bubblewrap": "bubblewrap-cgroup"}[backend.removesuffix("-ready")]


async def test_sixty_four_at_eight_a_time_end_as_each_does_alone(host: Host) -> None:
    names = ("network", "thread_bomb", "disk_flood", "kills_wrapper", "crash", "claims_success", "daemons", "inspects")
    cases = [case for case in hostile.TABLE if case.name in names]
    before, doors = host.state(), asyncio.Semaphore(8)
    sandboxes = {backend: opened(backend) for backend in ("bubblewrap", "docker")}

    async def one(number: int) -> list[str]:
        case, backend = cases[number % 8], ("bubblewrap", "docker")[number // 8 % 2]
        async with doors:
            return case.complaints(await host.run(sandboxes[backend], case), backend)

    assert len(cases) == 8
    assert await asyncio.gather(*(one(number) for number in range(64))) == [[]] * 64
    for sandbox in sandboxes.values():
        await settled(sandbox, host, before)


def test_every_program_is_in_the_table() -> None:
    assert {case.name for case in hostile.PROGRAMS} == {
        path.stem for path in Path(hostile.__file__).parent.glob("[a-z]*.py")
    }
