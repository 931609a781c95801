"""A chat model behind any OpenAI-compatible server, and its failures in words."""

from typing import Any

import openai
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr

from app.providers.ledger import Reply
from app.providers.prices import Prices
from app.settings import Settings
from graph.errors import ModelFailed

OPENAI = "the OpenAI API"


def open_chat_model(settings: Settings, model: str) -> BaseChatModel:
    """Raises ModelFailed when no key is set."""
    # `use_responses_api=False`: generic servers have chat completions only. The client retries 408, 409, 429
    # (honouring Retry-After), 5xx, timeouts and dropped connections with backoff, and nothing else.
    return ChatOpenAI(
        model=model,
        api_key=api_key(settings),
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=settings.retries,
        use_responses_api=False,
        max_completion_tokens=settings.max_output_tokens,
    )


def open_embeddings(settings: Settings, model: str) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(
        model=model,
        api_key=api_key(settings),
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=settings.retries,
        check_embedding_ctx_length=False,
        chunk_size=128,
        model_kwargs={"encoding_format": "float"},
    )


def api_key(settings: Settings) -> SecretStr:
    if settings.api_key and settings.api_key.get_secret_value().strip():
        return settings.api_key
    if settings.base_url:
        # Servers of one's own often want none; the client insists on some text.
        return SecretStr("none")
    raise ModelFailed(
        "no key: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, or use --replay with a recording"
    )


async def ask(model: BaseChatModel, messages: list[BaseMessage], server: str, prices: Prices) -> Reply:
    """Raises ModelFailed with one line, in our own words: servers echo keys and prompts in theirs."""
    name = str(getattr(model, "model_name", ""))
    try:
        message = await model.ainvoke(messages)
    except Exception as error:
        raise ModelFailed(explain(error, server, name)) from error
    usage: dict[str, Any] = dict(message.usage_metadata or {}) if hasattr(message, "usage_metadata") else {}
    tokens = int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0))
    return Reply(
        text=message.text,
        model=name,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        usd=prices.usd(name, *tokens),
        cut_off=message.response_metadata.get("finish_reason") == "length",
    )


def explain(error: Exception, server: str, model: str) -> str:
    again = "`autoiot resume` goes on from here"
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        reasons = {
            400: f"{server} refused the request (400): is {model!r} a chat model, and the prompt within its context?",
            401: f"{server} refused the key (401): check OPENAI_API_KEY",
            403: f"{server} does not allow this key to use {model!r} (403)",
            404: f"{server} has no model {model!r} (404): choose another with --model or AUTOIOT_MODEL",
            429: f"{server} still answers 429 (too many requests, or no credit left) after all retries; {again}",
        }
        return reasons.get(status, f"{server} still answers {status} after all retries; {again}")
    if isinstance(error, openai.APITimeoutError):
        return f"{server} did not answer in time, after all retries; {again}, AUTOIOT_MODEL_TIMEOUT sets the time"
    if isinstance(error, openai.APIConnectionError):
        return f"{server} cannot be reached: check the address and the network; {again}"
    return f"{server} answered with something that is not a chat completion ({type(error).__name__}); {again}"
