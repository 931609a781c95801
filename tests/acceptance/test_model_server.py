"""A model's server, with all that can go wrong between it and a run; over real HTTP on the loopback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.answers import DESIGN, STEPS
from fakes.command import KEY, Job, begin, finish, start
from fakes.server import HANGS, Behaviour, ModelServer, drops, fails, model_server, replies, says

HTML = Behaviour(body=b"<html>hello</html>", headers={"Content-Type": "text/html"})
STEP = "terms"
"""The first question: what goes wrong with it is soon over."""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def job(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    job.ask(server)
    return job


def test_a_whole_run_asks_each_question_once_and_nobody_else(job: Job, server: ModelServer) -> None:
    assert job.run("--model", "my-model", "--out", "out").code == 0
    assert server.asked == list(STEPS)
    assert {body["model"] for body in server.bodies} == {"my-model"}
    assert set(server.paths) == {"/v1/chat/completions"}
    assert (job.folder / "out/program.py").is_file()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (fails(400), "refused the request (400): is 'gpt-5' the right model"),
        (fails(401, f"wrong key {KEY}"), "refused the key (401): check OPENAI_API_KEY"),
        (fails(403), "does not allow this key to use 'gpt-5' (403)"),
        (fails(404), "has no model 'gpt-5'"),
        (fails(422), "refused the request: 422"),
        (Behaviour(301, headers={"Location": "http://127.0.0.1:9/v1"}), "has moved (301)"),
        (HTML, "is the address that of an OpenAI-compatible API"),
        (replies({"choices": []}), "answered with something that is not what was asked for"),
    ],
)
def test_what_is_not_tried_again(job: Job, server: ModelServer, behaviour: Behaviour, words: str) -> None:
    server.script[STEP] = [behaviour]
    stopped = job.run()
    assert server.asked == [STEP]
    assert stopped.complaint.startswith(server.url) and words in stopped.complaint
    assert f"`autoiot resume {stopped.run}`" in stopped.complaint


@pytest.mark.parametrize("trouble", [fails(429), fails(500), drops(), drops(10)], ids=["429", "500", "drop", "half"])
def test_what_is_tried_again(job: Job, server: ModelServer, trouble: Behaviour) -> None:
    server.script |= {STEP: [trouble], STEPS[1]: [fails(401)]}
    assert "refused the key" in job.run().complaint
    assert server.asked == [STEP, STEP, STEPS[1]]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (fails(429), "still answers 429 (too many requests, or no credit left) after all retries"),
        (fails(500), "still answers 500 after all retries"),
    ],
)
def test_a_server_that_does_not_recover(job: Job, server: ModelServer, trouble: Behaviour, words: str) -> None:
    server.script[STEP] = [trouble, trouble]
    stopped = job.run()
    assert server.asked == [STEP, STEP]
    assert words in stopped.complaint


def test_a_server_that_breaks_off(job: Job, server: ModelServer) -> None:
    job.monkeypatch.setenv("AUTOIOT_MODEL_RETRIES", "0")
    server.script[STEP] = [drops(10)]
    assert "cannot be reached, or breaks off" in job.run().complaint


def test_a_server_that_is_not_there(job: Job, server: ModelServer) -> None:
    job.monkeypatch.setenv("AUTOIOT_MODEL_RETRIES", "0")
    job.monkeypatch.setenv("OPENAI_BASE_URL", "http://me:secret@127.0.0.1:9/v1")
    assert job.run().complaint.startswith("http://127.0.0.1:9/v1 cannot be reached")


def test_a_reply_that_takes_too_long(job: Job, server: ModelServer) -> None:
    job.monkeypatch.setenv("AUTOIOT_MODEL_RETRIES", "0")
    job.monkeypatch.setenv("AUTOIOT_MODEL_TIMEOUT", "0.2")
    server.script[STEP] = [HANGS]
    stopped = job.run()
    assert "did not answer in time" in stopped.complaint and "AUTOIOT_MODEL_TIMEOUT" in stopped.complaint


@pytest.mark.parametrize(
    ("step", "reply", "words"),
    [
        (STEP, says(None), "the reply holds no JSON object"),
        ("outline", says(""), "the reply is empty"),
        (STEP, says("The meth", "length"), "it was cut off at the token limit"),
        ("write_module", says("I cannot."), "the reply holds no Python code in a ```python block"),
    ],
)
def test_a_reply_of_no_use_is_asked_for_again_once(
    job: Job, server: ModelServer, step: str, reply: Behaviour, words: str
) -> None:
    server.script[step] = [reply, reply]
    stopped = job.run()
    assert server.asked[-2:] == [step, step] and server.asked.count(step) == 2
    assert words in server.bodies[-1]["messages"][-1]["content"]
    assert f"is of no use, 2 times: {words}" in stopped.complaint


def test_a_run_that_stopped_goes_on_without_paying_twice(job: Job, server: ModelServer) -> None:
    server.script = {"outline": [fails(401)], "write_module": [says("No."), says("No.")], "document": [says("No.")]}
    stopped = job.run()
    assert f"`autoiot resume {stopped.run}`" in stopped.complaint
    again = job("resume", stopped.run).complaint
    assert f"`autoiot resume {stopped.run}`" in again
    assert job("resume", stopped.run).code == 0
    twice = {"outline": 2, "write_module": 3, "document": 2}
    assert {step: server.asked.count(step) for step in STEPS} == dict.fromkeys(STEPS, 1) | twice


def test_signs_that_a_database_refuses(job: Job, server: ModelServer) -> None:
    server.script = {"outline": [says("A threshold\0 at \ud800 zero.")], "write_module": [fails(401)]}
    assert "refused the key" in job.run().complaint
    design = server.bodies[server.asked.index("design")]
    assert "A threshold at ? zero." in design["messages"][1]["content"]


def test_one_of_two_modules_fails_while_the_other_is_being_written(job: Job, server: ModelServer) -> None:
    other = '{"signature": "def other() -> None", "does": "nothing"}'
    server.answers["design"] = DESIGN.replace('"the class of a level"}', f'"the class of a level"}}, {other}')
    server.script["write_module"] = [HANGS, fails(401)]
    stopped = job.run()
    assert "refused the key" in stopped.complaint
    assert f"`autoiot resume {stopped.run}`" in stopped.complaint


def test_the_key_is_said_to_the_server_and_to_nobody_else(job: Job, server: ModelServer) -> None:
    server.script[STEP] = [fails(401, f"this key is wrong: {KEY}")]
    stopped = job.run("--out", "out", "--record", "recording.jsonl")
    ended = job("resume", stopped.run)
    shown = [job("show", stopped.run), job("show", stopped.run, "--json"), job("doctor")]
    assert all(headers["authorization"] == f"Bearer {KEY}" for headers in server.headers)
    for said in (stopped, ended, *shown):
        assert KEY not in said.out + said.err
    assert (job.folder / "out/result.json").is_file() and (job.folder / "recording.jsonl").is_file()
    assert [path for path, content in job.stored() if KEY.encode() in content] == []


def test_no_tracing_and_no_other_address(job: Job, server: ModelServer) -> None:
    """In a process of its own: what the environment says before the first import counts there."""
    with model_server() as third:
        traced = {
            **dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), "true"),
            **dict.fromkeys(("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "LANGSMITH_GATEWAY"), third.url),
            **dict.fromkeys(("OPENAI_API_BASE", "OPENAI_PROXY", "HTTP_PROXY", "HTTPS_PROXY"), third.url),
            **dict.fromkeys(("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"), "key"),
        }
        (job.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in traced.items()))
        for name, value in {**traced, "NO_PROXY": "127.0.0.1"}.items():
            job.monkeypatch.setenv(name, value)
        said = finish(start("run", job.task))
        assert (said.code, said.err) == (0, "")
        assert third.paths == []
    assert server.asked == list(STEPS)


def test_a_recording_of_it_needs_no_server(job: Job, server: ModelServer) -> None:
    server.answers["outline"] = "A threshold at zero.\u2028And nothing\x85 else."
    assert job.run("--record", "recording.jsonl", "--out", "first").code == 0
    paid = len(server.asked)
    said = job.run("--replay", "recording.jsonl", "--out", "second")
    assert (said.code, len(server.asked)) == (0, paid)
    assert not re.search("differ from the recorded", said.out)
    programs = [(job.folder / name / "program.py").read_bytes() for name in ("first", "second")]
    assert programs[0] == programs[1]
