"""What went wrong with a model's server, in our own words: servers echo keys and prompts in theirs."""

from urllib.parse import urlsplit

import openai

from graph.errors import ModelFailed

AGAIN = "`autoiot resume` goes on from here"
RETRIED = (408, 409, 429)


class ToolsRefused(ModelFailed):
    """The server does not take tools."""


def refuses_tools(error: Exception) -> bool:
    """Whether the server has refused a request for the tools in it: there is no code for that, only words."""
    words = str(error).lower()
    return (
        isinstance(error, openai.APIStatusError)
        and error.status_code in (400, 404, 422, 501)
        and ("tool" in words or "function" in words)
    )


def explain(error: Exception, server: str, model: str, option: str = "--model or AUTOIOT_MODEL") -> str:
    """One line; `option` is what chooses another model."""
    server = without_secrets(server)
    if isinstance(error, openai.APIStatusError):
        return explain_status(error.status_code, server, model, option)
    if isinstance(error, openai.APITimeoutError):
        return f"{server} did not answer in time, after all retries; {AGAIN}, AUTOIOT_MODEL_TIMEOUT sets the time"
    if isinstance(error, openai.APIConnectionError):
        return f"{server} cannot be reached, or breaks off: check the address and the network; {AGAIN}"
    return (
        f"{server} answered with something that is not what was asked for ({type(error).__name__}): "
        f"is the address that of an OpenAI-compatible API (often it ends in /v1)? {AGAIN}"
    )


def explain_status(status: int, server: str, model: str, option: str) -> str:
    reasons = {
        400: f"{server} refused the request (400): is {model!r} the right model ({option}), and the prompt within "
        f"its context? {AGAIN}",
        401: f"{server} refused the key (401): check OPENAI_API_KEY; {AGAIN}",
        403: f"{server} does not allow this key to use {model!r} (403); {AGAIN}",
        404: f"{server} has no model {model!r}, or is not the address of an API (404): check {option} and "
        f"OPENAI_BASE_URL; {AGAIN}",
        429: f"{server} still answers 429 (too many requests, or no credit left) after all retries; {AGAIN}",
    }
    if 300 <= status < 400:
        return f"{server} has moved ({status}): set OPENAI_BASE_URL to its new address; {AGAIN}"
    retried = "still answers" if status >= 500 or status in RETRIED else "refused the request:"
    after = " after all retries" if status >= 500 or status in RETRIED else ""
    return reasons.get(status, f"{server} {retried} {status}{after}; {AGAIN}")


def without_secrets(address: str) -> str:
    """An address without the name, the password and the query that it may hold."""
    parts = urlsplit(address)
    if not parts.netloc:
        return address
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
