"""The only place where ports meet adapters."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path

from app.db.session import open_sessions
from app.jobs.request import RunRequest
from app.jobs.service import Jobs
from app.knowledge.documents import DocumentSearch, list_documents
from app.knowledge.tavily import TavilySearch
from app.providers.live import LiveSource
from app.providers.model import OPENAI, open_chat_model, open_embeddings
from app.providers.prices import read_prices
from app.providers.recording import read_recording
from app.providers.source import Source
from app.settings import Settings
from sandbox.base import Sandbox
from sandbox.registry import open_sandbox
from sandbox.store import Store


@contextlib.asynccontextmanager
async def open_jobs(settings: Settings) -> AsyncGenerator[Jobs]:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    async with open_sessions(home / "autoiot.db") as sessions:
        yield Jobs(
            home=home,
            sessions=sessions,
            open_source=lambda request: open_source(settings, request),
            open_sandbox=lambda request: open_requested_sandbox(settings, request),
            embedding_model=settings.embedding_model,
        )


def open_home_sandbox(settings: Settings, name: str, packages: tuple[str, ...] = ()) -> Sandbox:
    """The backend called `name`, with what was built in this installation; raises SandboxUnavailable."""
    home = settings.home.resolve()
    return open_sandbox(name, owner(home), packages=packages, store=Store(home))


def open_requested_sandbox(settings: Settings, request: RunRequest) -> Sandbox:
    return open_home_sandbox(settings, request.sandbox, request.task.constraints.packages)


def owner(home: Path) -> str:
    """Marks the containers of this installation, so that no other one's are ever swept."""
    return hashlib.sha256(str(home).encode()).hexdigest()[:12]


def open_source(settings: Settings, request: RunRequest) -> Source:
    """Raises ModelFailed or TaskInvalid when no reply could ever come from it."""
    if request.replay:
        return read_recording(request.replay)
    embedding = settings.embedding_model
    return LiveSource(
        model=open_chat_model(settings, request.model),
        server=settings.base_url or OPENAI,
        searcher=open_search(settings, request),
        embeddings=open_embeddings(settings, embedding) if embedding else None,
        prices=read_prices(settings.prices),
        slots=asyncio.Semaphore(settings.parallel_calls),
    )


def open_search(settings: Settings, request: RunRequest) -> DocumentSearch | TavilySearch:
    """The task's own documents go first; the web only where a key is set and the task brings none."""
    key = settings.tavily_api_key
    if key and key.get_secret_value() and not request.task.knowledge:
        return TavilySearch(key.get_secret_value(), settings.tavily_url)
    return DocumentSearch(list_documents(request.task.knowledge, request.base))
