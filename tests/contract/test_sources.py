"""One contract for every source of replies: the real world (with a model that is scripted) and a recording of it."""

import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fakes.books import Account
from langchain_core.embeddings import Embeddings
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from app.db.tables import CallRow
from app.providers.ledger import Key, Reply
from app.providers.live import Found, LiveSource
from app.providers.prices import Prices
from app.providers.recording import digest, read_recording, write_recording
from app.providers.request import to_messages, to_request
from app.providers.source import Books, Source
from graph.errors import ModelFailed, RecordingMiss, RunFailed, TaskInvalid

OUTLINE = Key("chat", "outline")
IMPROVE = Key("chat", "improve", 2)
MODULE = Key("chat", "write_module", item="decide")
TERM = Key("search", "search", item="R peak")
TEXTS = Key("embedding", "library", item="f00d")
UNKNOWN = Key("chat", "improve", 3)
WORDS = ["first text", "zweiter Text \N{SNOWMAN}"]
SAID = 'What was said: \N{SNOWMAN}\n\twith "quotes" and a \\ back-slash.'
FOUND: Found = [{"title": "R peaks", "source": "a.md", "text": "They are high.\n\N{SNOWMAN}"}]


class Scripted(BaseChatModel):
    """Says one thing; fails when it is asked for the unknown."""

    model_name: str = "scripted"
    finish_reason: str = "stop"

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        if "unknown" in messages[-1].text:
            raise ConnectionError("sk-secret at 10.0.0.1")
        usage = {"input_tokens": 12, "output_tokens": 5, "total_tokens": 17}
        reply = AIMessage(SAID, usage_metadata=usage, response_metadata={"finish_reason": self.finish_reason})
        return ChatResult(generations=[ChatGeneration(message=reply)])


class Letters(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(len(text)), 0.1] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@dataclass
class Shelf:
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, term: str, books: Books) -> Found:
        self.asked.append(term)
        return FOUND


def opener(value: Any) -> Any:
    """As a connection is opened for each call."""

    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Any]:
        yield value

    return opened


def live(folder: Path) -> Source:
    return LiveSource(opener(Scripted()), "the server", Shelf(), opener(Letters()), Prices())


def row(key: Key, request: str, reply: Reply, status: str = "finished", attempt: int = 1) -> CallRow:
    return CallRow(
        run="r",
        kind=key.kind,
        node=key.node,
        iteration=key.iteration,
        item=key.item,
        attempt=attempt,
        status=status,
        request=request,
        reply=reply.text,
        model=reply.model,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        usd=reply.usd,
        outside=reply.outside,
    )


def rows() -> list[CallRow]:
    said = Reply(SAID, "scripted", 12, 5)
    words = json.dumps(WORDS, ensure_ascii=False)
    vectors = json.dumps(Letters().embed_documents(WORDS))
    return [
        *(row(key, to_request(to_messages(key.node)), said) for key in (OUTLINE, IMPROVE, MODULE)),
        row(TERM, "R peak", Reply(json.dumps(FOUND, ensure_ascii=False), outside=False)),
        row(TEXTS, words, Reply(vectors)),
    ]


def recorded(folder: Path) -> Source:
    write_recording(folder / "recording.jsonl", "a task", None, rows())
    return read_recording(folder / "recording.jsonl")


@pytest.fixture(params=[live, recorded], ids=["live", "recording"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    opened: Callable[[Path], Source] = request.param
    return opened(tmp_path)


@pytest.mark.parametrize("key", [OUTLINE, IMPROVE, MODULE], ids=str)
async def test_a_chat_is_answered_with_text_and_tokens(source: Source, key: Key) -> None:
    reply = await source.chat(key, to_messages(key.node))
    assert reply == Reply(SAID, "scripted", 12, 5, usd=None, cut_off=False, outside=True)


async def test_a_search_is_answered_with_documents(source: Source) -> None:
    reply = await source.search(TERM, "R peak", Account().books)
    assert json.loads(reply.text) == FOUND
    assert not reply.outside


async def test_texts_are_answered_with_a_vector_each(source: Source) -> None:
    reply = await source.embed(TEXTS, WORDS)
    assert json.loads(reply.text) == [[10.0, 0.1], [14.0, 0.1]]


async def test_a_call_that_cannot_be_answered_is_one_line_of_ours(source: Source) -> None:
    with pytest.raises(RunFailed) as failure:
        await source.chat(UNKNOWN, to_messages("unknown"))
    assert len(str(failure.value).splitlines()) == 1
    assert "secret" not in str(failure.value)


async def test_asking_twice_gives_the_same(source: Source) -> None:
    first, second = [await source.chat(OUTLINE, to_messages("outline")) for _ in range(2)]
    assert first == second


# What only one of them has


async def test_live_says_when_a_reply_was_cut_off() -> None:
    source = LiveSource(opener(Scripted(finish_reason="length")), "the server", Shelf(), None, Prices())
    assert (await source.chat(OUTLINE, to_messages("outline"))).cut_off


async def test_live_fails_as_the_model_does() -> None:
    with pytest.raises(ModelFailed, match="the server"):
        await live(Path()).chat(UNKNOWN, to_messages("unknown"))


async def test_a_miss_names_the_call_and_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(RecordingMiss, match=r"no chat call of improve, iteration 3; the nearest is the chat"):
        await recorded(tmp_path).chat(UNKNOWN, to_messages("unknown"))
    with pytest.raises(RecordingMiss, match="none of that node at all"):
        await recorded(tmp_path).chat(Key("chat", "terms"), to_messages("terms"))


def test_only_finished_calls_are_recorded(tmp_path: Path) -> None:
    file = tmp_path / "recording.jsonl"
    unfinished = [row(UNKNOWN, "q", Reply("a"), status) for status in ("started", "failed", "rejected")]
    write_recording(file, "a task", "an-embedding-model", [*rows(), *unfinished])
    recording = read_recording(file)
    assert list(recording.calls) == [OUTLINE, IMPROVE, MODULE, TERM, TEXTS]
    assert recording.embedding_model == "an-embedding-model"


def test_requests_that_are_no_more_the_recorded_ones_are_told_in_order(tmp_path: Path) -> None:
    write_recording(tmp_path / "r.jsonl", "a task", None, rows())
    recording = read_recording(tmp_path / "r.jsonl")
    assert recording.changed(rows()) == []
    now = [row(IMPROVE, "other words", Reply("")), row(OUTLINE, "other words", Reply("")), *rows()[2:]]
    assert recording.changed(now) == [OUTLINE, IMPROVE]
    # Only a call that was answered has been replayed.
    assert recording.changed([row(OUTLINE, "other words", Reply(""), "started")]) == []


def test_a_second_try_is_recorded_under_the_first_question(tmp_path: Path) -> None:
    plain, complaint = to_request(to_messages("outline")), to_request(to_messages("outline", "it was empty"))
    tries = [row(OUTLINE, plain, Reply(""), "rejected", 1), row(OUTLINE, complaint, Reply("good"), "finished", 2)]
    write_recording(tmp_path / "r.jsonl", "a task", None, tries)
    recording = read_recording(tmp_path / "r.jsonl")
    assert recording.calls[OUTLINE]["text"] == "good"
    assert recording.calls[OUTLINE]["request_sha256"] == digest(plain)
    assert recording.changed([row(OUTLINE, plain, Reply("good"))]) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("no json\n", 1),
        ("[]\n", 1),
        ('{"autoiot_recording": 99}\n', 1),
        ('{"autoiot_recording": 1}\n{"kind": "chat"}\n', 2),
        ('{"autoiot_recording": 1}\nnull\n', 2),
        ('{"autoiot_recording": 1}\n\n', 2),
    ],
)
def test_a_file_that_is_no_recording_is_refused_by_line(text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(text)
    with pytest.raises(TaskInvalid, match=f"line {line} is not a line of a recording"):
        read_recording(tmp_path / "r.jsonl")


def test_a_recording_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(TaskInvalid, match="No such file"):
        read_recording(tmp_path / "none.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TaskInvalid, match="not a text file"):
        read_recording(tmp_path / "binary")
