"""The real source over real HTTP on the loopback, each call on an event loop of its own."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from fakes.answers import MARKS
from fakes.server import Behaviour, ModelServer, fails, model_server, replies, sends
from langchain_core.messages import HumanMessage, SystemMessage

from app.knowledge.search.searching import Searching
from app.providers.ledger import Key
from app.providers.live import LiveSource, Searcher
from app.providers.model import open_chat_model, open_embeddings
from app.settings import Settings
from graph.errors import ModelFailed

ASKED = [SystemMessage("You."), HumanMessage(MARKS["outline"])]
KEY = Key("chat", "outline")
NOTHING = Searching()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


def source(server: ModelServer, searcher: Searcher = NOTHING) -> LiveSource:
    given = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-1", "AUTOIOT_MODEL_RETRIES": 0}
    settings = Settings.model_validate(given)
    return LiveSource(
        open_chat_model(settings, "chatty"), server.url, searcher, embeddings=open_embeddings(settings, "vectors")
    )


def vectors(*found: list[float]) -> Behaviour:
    rows = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(found)]
    return sends({"object": "list", "data": rows, "model": "vectors", "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def test_one_source_on_two_event_loops(server: ModelServer) -> None:
    live = source(server)
    replies = [asyncio.run(live.chat(KEY, ASKED)) for _ in range(2)]
    assert [reply.text for reply in replies] == ["A threshold at zero."] * 2
    assert (replies[0].model, replies[0].input_tokens, replies[0].output_tokens) == ("chatty", 7, 3)


@pytest.mark.parametrize(
    "behaviour",
    [
        sends({"hello": 1}),
        sends(["hello"]),
        sends({"error": {"message": "sk-1"}}),
        replies({"choices": None}),
        replies({"choices": ["hello"]}),
        replies({"choices": [{"message": None}]}),
        replies({"choices": [{"index": 0, "message": {"role": "assistant", "content": 5}}]}),
        Behaviour(body=b"{", headers={"Content-Type": "application/json"}),
        Behaviour(body=b"\xff\x00", headers={"Content-Type": "application/json"}),
    ],
)
async def test_a_reply_of_another_shape(server: ModelServer, behaviour: Behaviour) -> None:
    server.script["outline"] = [behaviour]
    with pytest.raises(ModelFailed, match="not what was asked for") as caught:
        await source(server).chat(KEY, ASKED)
    assert "sk-1" not in str(caught.value) and "\n" not in str(caught.value)


async def test_vectors(server: ModelServer) -> None:
    server.script["embed"] = [vectors([1.0, 0.0], [0.0, 1.0])]
    reply = await source(server).embed(KEY, ["a", "b"])
    assert json.loads(reply.text) == [[1.0, 0.0], [0.0, 1.0]]
    assert (server.paths, server.bodies[0]["input"]) == (["/v1/embeddings"], ["a", "b"])


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (fails(404), "AUTOIOT_EMBEDDING_MODEL"),
        (vectors([1.0]), "not what was asked for"),
        (vectors([1.0], [1.0, 2.0]), "not what was asked for"),
        (sends({}), "not what was asked for"),
    ],
)
async def test_vectors_that_are_none(server: ModelServer, behaviour: Behaviour, words: str) -> None:
    server.script["embed"] = [behaviour]
    with pytest.raises(ModelFailed, match=words):
        await source(server).embed(KEY, ["a", "b"])
