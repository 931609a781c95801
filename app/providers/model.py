"""A chat model behind any OpenAI-compatible server."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from langchain_core.embeddings import Embeddings
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr

from app.providers.client import WholeReplyClient
from app.providers.failures import ToolsRefused, explain, refuses_tools
from app.providers.ledger import Reply
from app.providers.prices import Prices
from app.providers.tool_calls import to_specification, to_text
from app.settings import Settings, SettingsInvalid
from graph.errors import ModelFailed
from graph.ports import Tool

OPENAI = "the OpenAI API"
OPENAI_URL = "https://api.openai.com/v1"

T = TypeVar("T")
Opener = Callable[[], AbstractAsyncContextManager[T]]


def open_chat_model(settings: Settings, model: str) -> Opener[BaseChatModel]:
    """Raises ModelFailed when no key is set, SettingsInvalid when it cannot be right."""
    shared = connection(settings)

    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[BaseChatModel]:
        async with WholeReplyClient(settings.timeout) as client:
            # `use_responses_api=False`: generic servers have chat completions only. The client retries 408, 409,
            # 429 (honouring Retry-After), 5xx, timeouts and dropped connections with backoff, and nothing else.
            yield ChatOpenAI(
                model=model,
                http_async_client=client,
                use_responses_api=False,
                max_completion_tokens=settings.max_output_tokens,
                # Empty: otherwise it says on stderr what it thinks of HTTPS_PROXY, which our own client keeps to.
                http_socket_options=(),
                **shared,
            )

    return opened


def open_embeddings(settings: Settings, model: str) -> Opener[Embeddings]:
    """Raises as `open_chat_model` does."""
    shared = connection(of_embeddings(settings))

    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Embeddings]:
        async with WholeReplyClient(settings.timeout) as client:
            yield OpenAIEmbeddings(
                model=model,
                http_async_client=client,
                check_embedding_ctx_length=False,
                chunk_size=128,
                model_kwargs={"encoding_format": "float"},
                **shared,
            )

    return opened


def of_embeddings(settings: Settings) -> Settings:
    """With the server of the embedding model in the place of the other; the key of one is never sent to the other."""
    if not settings.embedding_url:
        return settings
    return settings.model_copy(update={"base_url": settings.embedding_url, "api_key": settings.embedding_key})


def connection(settings: Settings) -> dict[str, Any]:
    return {
        "api_key": api_key(settings),
        # Always said: the libraries would take OPENAI_API_BASE or OPENAI_PROXY from the environment instead.
        "base_url": settings.base_url or OPENAI_URL,
        "openai_proxy": None,
        "timeout": settings.timeout,
        "max_retries": settings.retries,
    }


def api_key(settings: Settings) -> SecretStr:
    """Raises ModelFailed or SettingsInvalid."""
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if key:
        if not key.isascii() or not key.isprintable():
            raise SettingsInvalid("OPENAI_API_KEY: it holds characters that no key has; copy it again")
        return SecretStr(key)
    if settings.base_url:
        # Servers of one's own often want none; the client insists on some text.
        return SecretStr("none")
    raise ModelFailed(
        "no key: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, or use --replay with a recording"
    )


async def ask(
    model: BaseChatModel, messages: list[BaseMessage], server: str, prices: Prices, tools: Sequence[Tool] = ()
) -> Reply:
    """Raises ModelFailed with one line, in our own words: servers echo keys and prompts in theirs."""
    name = str(getattr(model, "model_name", ""))
    asked: Any = model.bind_tools([to_specification(tool) for tool in tools]) if tools else model
    try:
        message: AIMessage = await asked.ainvoke(messages)
    except Exception as error:
        if tools and refuses_tools(error):
            raise ToolsRefused(f"{server} does not take tools") from error
        raise ModelFailed(explain(error, server, name)) from error
    usage: dict[str, Any] = dict(message.usage_metadata or {}) if hasattr(message, "usage_metadata") else {}
    tokens = int(usage.get("input_tokens") or 0), int(usage.get("output_tokens") or 0)
    return Reply(
        text=to_text(message) if tools and (message.tool_calls or message.invalid_tool_calls) else message.text,
        model=name,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        usd=prices.usd(name, *tokens),
        cut_off=message.response_metadata.get("finish_reason") == "length",
    )
