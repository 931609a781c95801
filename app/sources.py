"""Where replies come from when they are not replayed, wired."""

import asyncio

from app.jobs.request import RunRequest
from app.knowledge.documents import DocumentSearch, list_documents
from app.knowledge.tavily import TavilySearch
from app.providers.live import LiveSource
from app.providers.model import OPENAI, open_chat_model, open_embeddings
from app.providers.prices import read_prices
from app.settings import Settings


def open_live_source(settings: Settings, request: RunRequest) -> LiveSource:
    """Raises ModelFailed or TaskInvalid when no reply could ever come from it."""
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
