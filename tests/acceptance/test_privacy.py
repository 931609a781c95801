"""Neither values of the data nor paths of the machine leave it; what leaves is listed, with its words."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.answers import MAIN
from fakes.command import Job, begin
from fakes.server import ModelServer, model_server, sends
from fakes.tiny import DESCRIPTION

VALUES = ("31415.92653", "27182.81828")
WORD = "Xylophonist"
FOLDER = "Quagmire"
LEAKING = MAIN.replace(
    "    options = parser.parse_args()\n",
    """    options = parser.parse_args()
    for file in sorted((Path(options.i) / "labelled").glob("*.csv")):
        print(file, file.read_text())
    print(Path(options.i).resolve(), Path(__file__).resolve())
    files = sorted((Path(options.i) / "unlabelled").glob("*.csv"))
    table = [row for file in files for row in csv.DictReader(file.open())]
    for row in table:
        print("row", row["level"])
    print([float(row["level"]) for row in table])
    float(table[0]["note"])
""",
)
"""Prints all it can get at, and fails with a cell of the data in its error."""
REPAIR = """<<<<<<< SEARCH
    float(table[0]["note"])
=======
    print(table[0]["level"])
>>>>>>> REPLACE
"""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        server.answers |= {"integrate": LEAKING, "debug": REPAIR}
        yield server


@pytest.fixture
def job(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Job:
    (tmp_path / FOLDER).mkdir()
    job = begin(tmp_path / FOLDER, monkeypatch, capsys)
    job.ask(server)
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-secret")
    monkeypatch.setenv("TAVILY_API_BASE_URL", server.url)
    plant(job.task.parent / "data")
    return job


def plant(data: Path) -> None:
    for place, file in enumerate(sorted(data.glob("*.csv"))):
        rows = file.read_text().splitlines()
        cells = [f"{row},{WORD}" for row in rows[1:]]
        cells += [f"{value},{'high'},{WORD}" for value in VALUES] * (1 + place)
        cells += [f"-{value},{'low'},{WORD}" for value in VALUES]
        file.write_text("\n".join([f"{rows[0]},note", *cells]) + "\n")
    (data / "dataset.yaml").write_text(DESCRIPTION)


def sent(server: ModelServer) -> str:
    """All that the server was sent, bodies and headers."""
    return json.dumps([server.bodies, server.headers, server.paths])


def planted(job: Job) -> list[str]:
    return [*VALUES, *(value[:7] for value in VALUES), WORD, FOLDER, str(job.home), str(Path.home())]


def test_no_value_and_no_path_leaves_whatever_a_program_prints(job: Job, server: ModelServer) -> None:
    server.script["search"] = [sends({"results": []})]
    assert job.run("--out", "out").code == 0
    assert "debug" in server.asked and "improve" in server.asked
    assert [mark for mark in planted(job) if mark in sent(server)] == []
    improving = next(body for step, body in zip(server.asked, server.bodies, strict=True) if step == "improve")
    assert "numbers left out]" in improving["messages"][1]["content"]
    # What helps to repair it did leave.
    repair = next(body for step, body in zip(server.asked, server.bodies, strict=True) if step == "debug")
    assert "ValueError: could not convert string to float: [a text of" in repair["messages"][1]["content"]


def test_a_task_may_have_all_of_it_told(job: Job, server: ModelServer) -> None:
    server.script["search"] = [sends({"results": []})]
    job.task.write_text(job.task.read_text() + "output_filter: false\n")
    assert job.run("--out", "out").code == 0
    assert [mark for mark in (*VALUES, WORD) if mark not in sent(server)] == []
    assert [mark for mark in (FOLDER, str(job.home)) if mark in sent(server)] == []


def test_all_that_left_is_listed_with_its_words(job: Job, server: ModelServer) -> None:
    page = {"title": "Thresholds", "url": "https://a.org", "content": "A threshold divides.", "raw_content": None}
    server.answers["judge"] = '{"pages": [{"number": 1, "keep": true, "reason": "yes"}]}'
    server.script["search"] = [sends({"results": [page]})]
    done = job.run("--out", "out")
    rows = json.loads(job("privacy", done.run, "--json").out)
    assert len(rows) == len(server.bodies)
    assert {row["to"] for row in rows} == {server.url.removesuffix("/v1"), server.url}
    assert {row["kind"] for row in rows} == {"chat", "search"}
    bodies = [body for body in server.bodies if "messages" in body]
    chats = [row for row in rows if row["kind"] == "chat"]
    for row, body in zip(chats, bodies, strict=True):
        assert [words for _, words in json.loads(row["text"])] == [m["content"] for m in body["messages"]]
    lengths = [int(headers["Content-Length"]) for headers in server.headers]
    assert sum(row["bytes"] for row in chats) == sum(
        length for length, body in zip(lengths, server.bodies, strict=True) if "query" not in body
    )
    assert "tvly-secret" not in json.dumps(rows)
    shown = job("privacy", done.run).out
    assert f"to {server.url.removesuffix('/v1')}" in shown
    assert "threshold: a level that divides classes" in job("privacy", done.run, "--text").out


def test_nothing_left_for_what_was_replayed(job: Job, server: ModelServer) -> None:
    server.script["search"] = [sends({"results": []})]
    assert job.run("--out", "out", "--record", "recording.jsonl").code == 0
    count = len(server.bodies)
    replayed = job.run("--out", "again", "--replay", "recording.jsonl")
    assert job("privacy", replayed.run).out == "nothing left this machine for it\n"
    assert len(server.bodies) == count
    assert "there is no run" in job("privacy", "nobody").complaint
