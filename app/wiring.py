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
from graph.task import Constraints
from sandbox.base import Sandbox
from sandbox.registry import Options, open_sandbox
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
            open_sandbox=lambda request: open_confinement(settings, request.sandbox, request.task.constraints),
            embedding_model=settings.embedding_model,
        )


def owner(home: Path) -> str:
    """Marks the containers of this installation, so that no other one's are ever swept."""
    return hashlib.sha256(str(home).encode()).hexdigest()[:12]


def open_confinement(settings: Settings, name: str, constraints: Constraints | None = None) -> Sandbox:
    """The sandbox called `name`, for programs that keep to `constraints`; raises SandboxUnavailable."""
    options = Options(
        packages=constraints.packages if constraints else (),
        store=Store(settings.home.resolve()),
        ready=settings.sandbox_ready,
        idle_seconds=settings.sandbox_idle,
        at_once=settings.sandbox_at_once,
        runtime=settings.sandbox_runtime,
        gpu=constraints is not None and constraints.device == "gpu",
    )
    return open_sandbox(name, owner(settings.home.resolve()), options)


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
