"""What a workspace keeps to look things up in, on either database, by its own functions and over HTTP."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api
from fakes.jobs import make_request, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script, make_task
from sqlalchemy import URL

from app.db.session import Database
from app.knowledge.documents import Documents
from app.knowledge.errors import KnowledgeInvalid, KnowledgeUnknown
from app.knowledge.shelf import Shelf
from app.pages.document import Document
from graph.errors import AutoiotError
from sandbox.process import ProcessSandbox

BEATS = Document("Beats", "beats.md", "# Beats\nAn R peak is the top of a QRS complex.")
HUM = Document("Hum", "hum.md", "# Hum\nA notch filter removes the hum of the mains.")


@pytest.fixture
def shelf(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(Documents(database), tmp_path / "knowledge")


async def sources(shelf: Shelf, query: str, workspace: str = "one") -> list[str]:
    return [passage.source for passage in await shelf.search(workspace, ["notes"], query, 5)]


async def test_what_is_kept_is_found_by_its_own_workspace_alone(shelf: Shelf) -> None:
    for document in (BEATS, HUM):
        row, new = await shelf.add("one", "notes", document)
        assert (row.passages, new) == (1, True)
    assert (await sources(shelf, "R peak"))[0] == "beats.md"
    assert await sources(shelf, "R peak", "two") == []
    assert await shelf.documents.collections("two") == []
    assert await shelf.search("one", ["other"], "R peak", 5) == []


async def test_a_change_is_seen_also_by_another_process(shelf: Shelf) -> None:
    other = Shelf(shelf.documents, shelf.folder)
    await shelf.add("one", "notes", BEATS)
    assert await sources(other, "hum") == await sources(shelf, "hum")
    assert not (await shelf.add("one", "notes", BEATS))[1]
    await shelf.add("one", "notes", HUM)
    assert (await sources(other, "hum of the mains"))[0] == "hum.md"
    changed = Document("Beats", "beats.md", "# Beats\nThis tells of glucose now, not of the heart.")
    assert (await shelf.add("one", "notes", changed))[1]
    assert (await sources(other, "glucose"))[0] == "beats.md"
    assert [row.source for row in await shelf.documents.all("one")] == ["beats.md", "hum.md"]
    assert await shelf.documents.remove("one", "notes", "beats.md") == 1
    assert await sources(other, "glucose") in ([], ["hum.md"])


async def test_an_index_that_is_lost_or_damaged_is_made_anew(shelf: Shelf) -> None:
    await shelf.add("one", "notes", BEATS)
    await sources(shelf, "R peak")
    (numbers,) = shelf.folder.rglob("numbers.json")
    numbers.write_text("[1, 2, 3]")
    assert await sources(Shelf(shelf.documents, shelf.folder), "R peak") == ["beats.md"]
    shutil.rmtree(shelf.folder)
    assert await sources(Shelf(shelf.documents, shelf.folder), "R peak") == ["beats.md"]


async def test_what_is_not_there_and_what_cannot_be_taken_is_said(shelf: Shelf) -> None:
    with pytest.raises(KnowledgeUnknown, match="no collection 'notes'"):
        await shelf.documents.remove("one", "notes")
    await shelf.add("one", "notes", BEATS)
    with pytest.raises(KnowledgeUnknown, match="no document 'x' in 'notes'"):
        await shelf.documents.remove("one", "notes", "x")
    with pytest.raises(KnowledgeInvalid, match="no text"):
        await shelf.add("one", "notes", Document("t", "t.md", "1"))
    for name in ("", "..", "a/b", "A", "x" * 65):
        with pytest.raises(KnowledgeInvalid, match="a collection has small letters"):
            await shelf.add("one", name, BEATS)


async def test_what_would_be_too_much_is_refused(database: Database, tmp_path: Path) -> None:
    async def refuse(workspace: str, more: int) -> None:
        raise AutoiotError(f"{workspace}: {more}")

    shelf = Shelf(Documents(database), tmp_path, refuse)
    with pytest.raises(AutoiotError, match=f"one: {len(BEATS.text)}"):
        await shelf.add("one", "notes", BEATS)
    assert await shelf.documents.all("one") == []


def send(api: Api, path: str, content: Any, status: int) -> Any:
    answer = api.client.put(f"/v1/knowledge/{path}", content=content)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_documents_are_kept_found_and_removed_over_http(api: Api) -> None:
    assert send(api, "notes/beats.md", BEATS.text.encode(), 201)["passages"] == 1
    send(api, "notes/beats.md", BEATS.text.encode(), 200)
    assert [row["source"] for row in api.get("/v1/knowledge")] == ["beats.md"]
    assert "QRS" in api.get("/v1/knowledge/search?q=R+peak")[0]["text"]
    assert api.get("/v1/knowledge/search?q=R+peak&collection=other") == []
    api.as_workspace("another")
    assert api.get("/v1/knowledge") == []
    assert api.get("/v1/knowledge/search?q=R+peak") == []
    assert api.client.delete("/v1/knowledge/notes").status_code == 404
    api.as_workspace("default")
    assert api.client.delete("/v1/knowledge/notes/nope.md").status_code == 404
    assert api.client.delete("/v1/knowledge/notes/beats.md").status_code == 204
    assert api.get("/v1/knowledge") == []


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("notes/a.pdf", b"no pdf", 422),
        ("notes/a.exe", b"MZ", 422),
        ("notes/a.md", b"", 422),
        ("notes/a.md", b"words that are kept\0", 201),
        ("Notes/a.md", BEATS.text.encode(), 422),
        ("notes/..%2fa.md", BEATS.text.encode(), 404),
        ("notes/" + "a" * 201, BEATS.text.encode(), 422),
        ("notes/a.md", b"x" * 20_000_001, 413),
    ],
    ids=["pdf", "kind", "empty", "nul", "collection", "path", "name", "large"],
)
def test_what_cannot_be_taken_is_refused_in_one_line(api: Api, path: str, content: bytes, status: int) -> None:
    said = send(api, path, content, status)
    assert "\n" not in said.get("detail", "")
    assert len(api.get("/v1/knowledge")) == (status == 201)


def test_a_job_may_name_what_its_workspace_keeps_and_nothing_else(api: Api) -> None:
    task = make_task(0).model_dump(mode="json", exclude_unset=True) | {"knowledge": ["notes"]}
    body = {"task": task, "dataset": "numbers"}
    assert "there is no collection 'notes'" in api.post("/v1/jobs", body, 422)["detail"]
    send(api, "notes/border.md", b"# Border\nThe border between low and high is at five.", 201)
    job = api.post("/v1/jobs", body)["id"]
    api.wait_for(job, "finished")
    calls = api.get(f"/v1/jobs/{job}/calls")
    asked = next(call for call in calls if call["node"] == "outline")
    assert "The border between low and high is at five." in asked["request"]
    assert "(border.md)" in asked["request"]


async def test_a_task_on_the_command_line_names_files_or_what_is_kept(url: URL, tmp_path: Path) -> None:
    make_dataset(tmp_path / "data")
    (tmp_path / "mine").mkdir()
    source = ScriptedSource(make_script(), tmp_path / "calls")
    async with opened_jobs(tmp_path / "home", source, ProcessSandbox(), url) as jobs:
        for name in ("notes", "mine"):
            await jobs.shelf.add("default", name, BEATS)
        request = make_request(tmp_path)
        task = request.task.model_copy(update={"knowledge": ("notes", "mine", "nope")})
        run, _ = await jobs.submit(replace(request, task=task))
        assert (await jobs.runs.get(run)).request["kept"] == ["notes"]
