"""Datasets that a server knows by name, on either database: whose they are, and what is left after a refusal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.archives import gzipped, tarred, zipped
from fakes.jobs import claimed, make_request
from sqlalchemy import update

from app.datasets.caps import Caps
from app.datasets.errors import DatasetTaken, DatasetUnknown, DiskFull, UploadBroken, UploadTooLarge
from app.datasets.preflight import Findings
from app.datasets.registered import RegisteredDatasets
from app.datasets.uploads import Uploads
from app.db.session import Database
from app.db.tables import HOME, RunRow
from app.jobs.runs import Runs
from graph.errors import AutoiotError, DatasetInvalid

CAPS = Caps(archive=100_000, total=200_000, file=100_000, members=50, slack=50_000)
ARCHIVE = zipped({"all/dataset.yaml": b"name: x\n", "all/a.csv": b"t\n1\n"})
BOMB = gzipped(tarred({"a": bytes(90_000)}))


async def sent(content: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(content), 100):
        yield content[place : place + 100]
        await asyncio.sleep(0)


class Gone(Exception):
    """The client is."""


async def broken(content: bytes) -> AsyncIterator[bytes]:
    async for chunk in sent(content[:-50]):
        yield chunk
    raise Gone


@pytest.fixture
def datasets(database: Database, home: Path, root: Path) -> RegisteredDatasets:
    return RegisteredDatasets(database, home, (root,), CAPS, uploads=Uploads(CAPS, reserve=0))


def kept(home: Path) -> list[str]:
    """All files and folders of uploads, without their drawn names."""
    return sorted(
        "/".join(path.relative_to(home).parts[2:])
        for path in home.rglob("*")
        if path.name != "lock" and len(path.relative_to(home).parts) > 2
    )


def left(home: Path) -> list[Path]:
    return [path for part in ("uploads", "datasets") for path in (home / part).glob("*") if path.name != "lock"]


async def upload(datasets: RegisteredDatasets, name: str = "ecg", content: bytes = ARCHIVE) -> bool:
    return (await datasets.receive("one", name, sent(content), len(content)))[1]


async def uses(database: Database, root: Path, folder: str, workspace: str = "one", run: str = "job") -> None:
    await Runs(database).add(run, replace(make_request(root), dataset=Path(folder)))
    async with database.write.begin() as session:
        await session.execute(update(RunRow).where(RunRow.id == run).values(workspace=workspace))


async def test_an_upload_is_a_dataset_of_its_workspace_alone(datasets: RegisteredDatasets, home: Path) -> None:
    assert await upload(datasets) is True
    row = await datasets.get("one", "ecg")
    assert (row.uploaded, row.files, row.bytes) == (True, 2, 12)
    assert Path(row.folder).is_relative_to(home)
    assert Path(row.folder).name == "ecg"
    assert await datasets.folder("one", "ecg") == Path(row.folder)
    assert [row.name for row in await datasets.all("one")] == ["ecg"]
    assert await datasets.all("two") == []
    for refused in (datasets.get, datasets.delete, datasets.check, datasets.folder):
        with pytest.raises(DatasetUnknown, match=r"^there is no dataset 'ecg' in this workspace$"):
            await refused("two", "ecg")
    assert kept(home) == ["ecg", "ecg/a.csv", "ecg/dataset.yaml"]


async def test_two_workspaces_may_have_one_name(datasets: RegisteredDatasets) -> None:
    await upload(datasets)
    _, is_new = await datasets.receive("two", "ecg", sent(ARCHIVE), None)
    assert is_new
    await datasets.delete("two", "ecg")
    assert (await datasets.folder("one", "ecg")).is_dir()


async def test_another_upload_takes_the_place_of_the_first(datasets: RegisteredDatasets, home: Path) -> None:
    await upload(datasets)
    before = await datasets.folder("one", "ecg")
    assert await upload(datasets, content=zipped({"b.csv": b"12345"})) is False
    assert not before.exists()
    assert (await datasets.get("one", "ecg")).bytes == 5
    assert kept(home) == ["ecg", "ecg/b.csv"]


async def test_two_uploads_at_once(datasets: RegisteredDatasets, home: Path) -> None:
    done = await asyncio.gather(*(upload(datasets) for _ in range(4)), return_exceptions=True)
    assert all(isinstance(one, bool | DatasetTaken) for one in done)
    assert (await datasets.folder("one", "ecg")).is_dir()
    assert kept(home) == ["ecg", "ecg/a.csv", "ecg/dataset.yaml"]


async def test_a_deleted_one_is_gone(datasets: RegisteredDatasets, home: Path) -> None:
    await upload(datasets)
    await datasets.delete("one", "ecg")
    assert left(home) == []
    with pytest.raises(DatasetUnknown):
        await datasets.get("one", "ecg")


@pytest.mark.parametrize(
    ("content", "length", "refusal"),
    [
        (BOMB, len(BOMB), UploadTooLarge),
        (b"no archive", 10, DatasetInvalid),
        (zipped({"../a": b"1"}), None, DatasetInvalid),
        (ARCHIVE[:-5], len(ARCHIVE) - 5, DatasetInvalid),
        (ARCHIVE[:-5], len(ARCHIVE), UploadBroken),
        (bytes(100_001), None, UploadTooLarge),
        (bytes(100_001), 10, UploadTooLarge),
    ],
)
async def test_a_bad_upload_leaves_nothing_and_the_one_before_as_it_was(
    content: bytes, length: int | None, refusal: type[AutoiotError], datasets: RegisteredDatasets, home: Path
) -> None:
    with pytest.raises(refusal, match=r"^[^\n]+$"):
        await datasets.receive("one", "ecg", sent(content), length)
    assert left(home) == []
    assert await datasets.all("one") == []
    await upload(datasets)
    before = left(home)
    with pytest.raises(refusal):
        await datasets.receive("one", "ecg", sent(content), length)
    assert left(home) == before
    assert (await datasets.folder("one", "ecg")) == before[0] / "ecg"


async def test_a_client_that_goes_leaves_nothing(datasets: RegisteredDatasets, home: Path) -> None:
    with pytest.raises(Gone):
        await datasets.receive("one", "ecg", broken(ARCHIVE), len(ARCHIVE))
    assert left(home) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(datasets: RegisteredDatasets, home: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield ARCHIVE
        started.set()
        await asyncio.Event().wait()

    started = asyncio.Event()
    task = asyncio.create_task(datasets.receive("one", "ecg", endless(), None))
    await started.wait()
    assert left(home)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left(home) == []


async def test_one_that_says_it_is_too_large_is_not_read(datasets: RegisteredDatasets, home: Path) -> None:
    read: list[bytes] = []

    async def watched() -> AsyncIterator[bytes]:
        read.append(b"")
        yield b""

    with pytest.raises(UploadTooLarge, match="larger than 100000 bytes"):
        await datasets.receive("one", "ecg", watched(), 10 * 2**30)
    assert read == []
    assert left(home) == []


@pytest.mark.parametrize(
    "name", ["..", ".hidden", "", "a/b", "../x", "a" * 65, "a b", "ä", "a\n", "a\0", "C:x", "a\\b"]
)
async def test_names_that_are_not_taken(name: str, datasets: RegisteredDatasets, home: Path, root: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"^[^\n]*: a dataset's name has letters"):
        await datasets.receive("one", name, sent(ARCHIVE), None)
    with pytest.raises(DatasetInvalid, match="a dataset's name has letters"):
        await datasets.register("one", name, root / "data")
    assert left(home) == []


async def test_a_full_disk_and_a_quota_refuse(database: Database, home: Path) -> None:
    datasets = RegisteredDatasets(database, home, (), CAPS, uploads=Uploads(CAPS, reserve=2**60))
    with pytest.raises(DiskFull, match="no room"):
        await datasets.receive("one", "ecg", sent(ARCHIVE), None)
    asked: list[tuple[str, int]] = []

    async def refuse(workspace: str, more: int) -> None:
        asked.append((workspace, more))
        if more == 12:
            raise UploadTooLarge("the workspace may have 11 bytes")

    datasets = RegisteredDatasets(database, home, (), CAPS, uploads=Uploads(CAPS, reserve=0), refuse_bytes=refuse)
    with pytest.raises(UploadTooLarge, match="11 bytes"):
        await datasets.receive("one", "ecg", sent(ARCHIVE), len(ARCHIVE))
    assert asked == [("one", len(ARCHIVE)), ("one", 12)]
    assert left(home) == []


@pytest.mark.parametrize("state", ["queued", "running", "waiting"])
@pytest.mark.parametrize("uploaded", [True, False])
async def test_what_a_job_uses_stays(
    state: str, uploaded: bool, database: Database, datasets: RegisteredDatasets, root: Path, home: Path
) -> None:
    await (upload(datasets) if uploaded else datasets.register("one", "ecg", root / "data"))
    folder, before = await datasets.folder("one", "ecg"), left(home)
    await uses(database, root, str(folder))
    if state != "queued":
        fence = await claimed(database, "job")
    if state == "waiting":
        await Runs(database).leave(fence, "wait")
    with pytest.raises(DatasetTaken, match=r"^ecg is used by the job job: wait for its end, or cancel it$"):
        await datasets.delete("one", "ecg")
    with pytest.raises(DatasetTaken):
        await upload(datasets)
    assert left(home) == before
    assert folder.is_dir()


async def test_what_an_ended_job_or_that_of_another_workspace_used_may_go(
    database: Database, datasets: RegisteredDatasets, root: Path, home: Path
) -> None:
    await upload(datasets)
    await uses(database, root, str(await datasets.folder("one", "ecg")), workspace="two")
    assert await upload(datasets) is False
    await uses(database, root, str(await datasets.folder("one", "ecg")), run="mine")
    await Runs(database).cancel("mine")
    await datasets.delete("one", "ecg")
    assert left(home) == []


async def test_a_folder_of_the_server(datasets: RegisteredDatasets, home: Path, root: Path) -> None:
    row = await datasets.register("one", "ecg", root / "data")
    assert (row.uploaded, row.files, row.bytes, row.folder) == (False, 1, 4, str(root / "data"))
    with pytest.raises(DatasetTaken, match="delete"):
        await datasets.register("one", "ecg", root / "data")
    with pytest.raises(DatasetTaken, match="is a folder of the server"):
        await upload(datasets)
    await datasets.delete("one", "ecg")
    assert (root / "data" / "a.csv").exists()
    assert left(home) == []


async def test_folders_that_may_not_be_registered(
    database: Database, datasets: RegisteredDatasets, home: Path, root: Path, tmp_path: Path
) -> None:
    (root / "out").symlink_to(tmp_path)
    (root / "file").write_text("")
    inside = RegisteredDatasets(database, home, (tmp_path,), CAPS)
    (home / "mine").mkdir()
    cases = [
        (datasets, tmp_path, "not below"),
        (datasets, root, "not below"),
        (datasets, root / "data" / ".." / ".." / "home", "not below"),
        (datasets, root / "out" / "home", "not below"),
        (datasets, Path("data"), "absolute"),
        (datasets, Path("/\0"), "absolute"),
        (datasets, root / "none", "no such folder"),
        (datasets, root / "file", "no such folder"),
        (datasets, root / ("a" * 300), "no such folder"),
        (inside, home / "mine", "its own files"),
        (inside, home, "its own files"),
        (RegisteredDatasets(database, home, (tmp_path.parent,), CAPS), tmp_path, "its own files"),
        (RegisteredDatasets(database, home, (), CAPS), root / "data", "AUTOIOT_DATASET_ROOTS"),
    ]
    for those, folder, problem in cases:
        with pytest.raises(DatasetInvalid, match=problem):
            await those.register("one", "ecg", folder)
    assert await datasets.all("one") == []


async def test_a_folder_that_has_become_a_link_is_not_read(
    datasets: RegisteredDatasets, root: Path, tmp_path: Path
) -> None:
    await datasets.register("one", "ecg", root / "data")
    (root / "data").rename(root / "old")
    (root / "data").symlink_to(tmp_path)
    with pytest.raises(DatasetInvalid, match="not where it was"):
        await datasets.check("one", "ecg")


async def test_the_check_says_what_the_command_says(datasets: RegisteredDatasets) -> None:
    await upload(datasets, content=zipped({"a.csv": b"t\n1\n"}))
    assert await datasets.check("one", "ecg") == Findings((), ())
    await upload(datasets, "bad", zipped({"dataset.yaml": b"name: [", "a.csv": b"1"}))
    assert "dataset.yaml" in (await datasets.check("one", "bad")).problems[0]
    await upload(datasets, "empty", zipped({"a.csv": b"", "b": b"1"}))
    assert (await datasets.check("one", "empty")).problems == ("a.csv is empty",)


async def test_a_start_clears_up_after_a_killed_server(
    datasets: RegisteredDatasets, database: Database, home: Path
) -> None:
    await upload(datasets)
    (used,) = left(home)
    for part in ("uploads", "datasets"):
        (home / part / "killed" / "x").mkdir(parents=True)
        (home / part / "foreign").mkdir()
    (home / "uploads" / "foreign").rmdir()
    (home / "uploads" / used.name).mkdir()
    await datasets.sweep()
    assert sorted(left(home)) == sorted([used, home / "datasets" / "foreign"])
    assert (await datasets.folder("one", "ecg")).is_dir()


async def test_a_start_leaves_the_uploads_of_others_alone(datasets: RegisteredDatasets, home: Path) -> None:
    async def watched() -> AsyncIterator[bytes]:
        yield ARCHIVE[:50]
        await datasets.sweep()
        yield ARCHIVE[50:]

    await datasets.receive(HOME, "ecg", watched(), len(ARCHIVE))
    assert (await datasets.folder(HOME, "ecg")).is_dir()
