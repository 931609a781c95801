"""A whole job that looks things up: what is found on the web, what is kept of it, and what the result says of it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.answers import DESIGN, DOCUMENT
from fakes.command import Job, begin
from fakes.server import Behaviour, ModelServer, fails, model_server, replies, says, sends

from app.knowledge.splitting import split
from app.providers.recording import write_recording
from app.settings import read_settings
from app.wiring import open_jobs

USEFUL = "# Thresholds\nA threshold at zero divides high levels from low ones, as long as there is no offset."
GUIDE = {"title": "Choosing thresholds", "url": "https://example.org/guide", "content": "", "raw_content": USEFUL}
DOORS = {
    "title": "Door thresholds",
    "url": "https://example.org/doors",
    "content": "We sell wood for doors.",
    "raw_content": None,
}
TERMS = {"terms": [{"term": "threshold", "meaning": "a level"}, {"term": "offset"}, {"term": "Thresholds"}]}
JUDGED = {"pages": [{"number": 1, "keep": True, "reason": "on topic"}, {"number": 2, "keep": False, "reason": "doors"}]}
(PASSAGE,) = split(GUIDE["title"], GUIDE["url"], USEFUL)
INVENTED = DOCUMENT.replace("It classifies.", "It classifies, see [Smith](https://made.up/paper) and www.made.up.")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        server.answers |= {
            "terms": json.dumps(TERMS),
            "judge": json.dumps(JUDGED),
            "design": DESIGN.replace('"does"', f'"rests_on": ["{PASSAGE.id}"], "does"'),
            "document": INVENTED,
        }
        yield server


@pytest.fixture
def job(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    job.ask(server)
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-secret")
    monkeypatch.setenv("TAVILY_API_BASE_URL", server.url)
    return job


def test_what_is_found_is_judged_used_and_named(job: Job, server: ModelServer) -> None:
    together = threading.Barrier(2)
    server.before = lambda step: together.wait(timeout=20) if step == "search" else None
    server.script["search"] = [sends({"results": [GUIDE, DOORS]})] * 2
    server.script["design"] = [says(DESIGN.replace('"does"', '"rests_on": ["abcdef"], "does"'))]
    assert job.run("--out", "out").code == 0
    # Two terms, side by side: the third is the first one once more.
    queries = [body["query"] for body in server.bodies if "query" in body]
    assert sorted(queries) == ["offset", "threshold: a level"]
    assert server.asked.count("judge") == 2
    prompts = {
        step: body["messages"][1]["content"]
        for step, body in zip(server.asked, server.bodies, strict=True)
        if "messages" in body
    }
    assert f"[{PASSAGE.id}] {PASSAGE.title} ({GUIDE['url']})\n{PASSAGE.text}" in prompts["design"]
    assert PASSAGE.text in prompts["write_module"]
    assert "We sell wood" in prompts["judge"]
    assert not any("We sell wood" in text for step, text in prompts.items() if step != "judge")
    # It named a passage that there is not, and was asked once more.
    assert server.asked.count("design") == 2
    assert (
        "rests on [abcdef]"
        in server.bodies[len(server.asked) - server.asked[::-1].index("design") - 1]["messages"][2]["content"]
    )
    readme = (job.folder / "out/README.md").read_text()
    assert readme.endswith("## Sources\n\n- Choosing thresholds (https://example.org/guide): classify\n")
    assert "It classifies, see Smith and ." in readme
    assert "made.up" not in readme
    result = json.loads((job.folder / "out/result.json").read_text())
    assert {(row["title"], row["kept"], row["reason"]) for row in result["looked_up"]} == {
        ("Choosing thresholds", True, "on topic"),
        ("Door thresholds", False, "doors"),
    }
    report = (job.folder / "out/report.html").read_text()
    assert "What was looked up" in report
    assert "tvly-secret" not in report + readme + json.dumps(result)


def test_a_search_that_fails_does_not_end_the_job(job: Job, server: ModelServer) -> None:
    server.script["search"] = [fails(401)] * 2
    server.answers["design"] = DESIGN
    done = job.run("--out", "out")
    assert done.code == 0
    assert "Tavily refuses the key: check TAVILY_API_KEY; looking 'offset' up goes on without it" in done.out
    assert "## Sources" not in (job.folder / "out/README.md").read_text()
    assert json.loads((job.folder / "out/result.json").read_text())["looked_up"] == []


def calling(*wanted: tuple[str, dict[str, str]]) -> Behaviour:
    made = [
        {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for n, (name, arguments) in enumerate(wanted)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": made}
    return replies({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})


def test_a_model_may_call_tools_before_it_answers(job: Job, server: ModelServer) -> None:
    server.script["search"] = [sends({"results": [GUIDE, DOORS]})] * 3
    asked = (
        ("package_docs", {"name": "json.dumps"}),
        ("search_web", {"term": "door"}),
        ("inspect_dataset", {"word": "level"}),
    )
    server.script["design"] = [calling(*asked)]
    done = job.run("--out", "out")
    assert done.code == 0
    first, second = (body for step, body in zip(server.asked, server.bodies, strict=True) if step == "design")
    names = {tool["function"]["name"] for tool in first["tools"]}
    assert names == {"search_web", "search_knowledge", "inspect_dataset", "package_docs"}
    docs, found, data = (message["content"] for message in second["messages"] if message["role"] == "tool")
    assert docs.startswith("json.dumps(obj, *, skipkeys=False")
    assert "We sell wood for doors." in found
    assert "level" in data
    assert [body["query"] for body in server.bodies if "query" in body][-1] == "door"
    rows = json.loads(job("privacy", done.run, "--json").out)
    assert ["design", ""] in [[row["node"], row["item"]] for row in rows]
    assert ["design", "+1"] in [[row["node"], row["item"]] for row in rows]
    recorded = job.run("--out", "again", "--replay", record(job, done.run))
    assert recorded.code == 0
    assert server.asked.count("design") == 2


def record(job: Job, run: str) -> Path:
    """The recording of a run that has ended."""

    async def write() -> None:
        async with open_jobs(read_settings()) as jobs:
            write_recording(job.folder / "recording.jsonl", "tiny", None, await jobs.calls(run).rows())

    asyncio.run(write())
    return job.folder / "recording.jsonl"


def test_a_server_that_does_not_know_tools_still_works(job: Job, server: ModelServer) -> None:
    server.script["search"] = [sends({"results": [GUIDE, DOORS]})] * 2
    server.script["outline"] = [fails(400, "unknown parameter: tools")]
    assert job.run("--out", "out").code == 0
    assert ["tools" in body for step, body in zip(server.asked, server.bodies, strict=True) if step == "outline"] == [
        True,
        False,
    ]
    assert not any("tools" in body for body in server.bodies[server.asked.index("outline") + 1 :])
