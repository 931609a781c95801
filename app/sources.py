"""Where replies come from when they are not replayed, wired."""

import asyncio
from functools import cache

from app.jobs.request import RunRequest
from app.knowledge.search import arxiv, wikipedia
from app.knowledge.search.arxiv import ArXiv, Pace
from app.knowledge.search.asking import Asking
from app.knowledge.search.engine import Engine
from app.knowledge.search.folder import Folder, list_documents
from app.knowledge.search.searching import Searching
from app.knowledge.search.searxng import SearxNG
from app.knowledge.search.tavily import Tavily
from app.knowledge.search.wikipedia import Wikipedia
from app.pages.fetching import Fetcher
from app.providers.live import LiveSource
from app.providers.model import OPENAI, open_chat_model, open_embeddings
from app.providers.prices import read_prices
from app.settings import Settings, SettingsInvalid
from graph.errors import TaskInvalid


def open_live_source(settings: Settings, request: RunRequest) -> LiveSource:
    """Raises ModelFailed, SettingsInvalid or TaskInvalid when no reply could ever come from it."""
    embedding, prices = settings.embedding_model, read_prices(settings.prices)
    if request.task.budget.usd is not None and not prices.may_know(request.model):
        raise TaskInvalid(
            f"budget.usd: what {request.model} costs is not known; add it to the table that AUTOIOT_PRICES names"
        )
    return LiveSource(
        model=open_chat_model(settings, request.model),
        server=settings.base_url or OPENAI,
        searcher=open_search(settings, request),
        embeddings=open_embeddings(settings, embedding) if embedding else None,
        prices=prices,
        slots=asyncio.Semaphore(settings.parallel_calls),
    )


def open_search(settings: Settings, request: RunRequest) -> Searching:
    """Raises SettingsInvalid, or TaskInvalid for documents that are not there."""
    names = engines_for(settings, request)
    return Searching(
        own=Folder(list_documents(beside(request), request.base)) if "folder" in names else None,
        engines=tuple(open_engine(name, settings) for name in names if name != "folder"),
        fetcher=open_fetcher(settings),
        slots=asyncio.Semaphore(settings.parallel_calls),
    )


def beside(request: RunRequest) -> tuple[str, ...]:
    """The files and folders among the task's knowledge."""
    return tuple(name for name in request.task.knowledge if name not in request.kept)


def engines_for(settings: Settings, request: RunRequest) -> tuple[str, ...]:
    """Unless it is said otherwise the task's own documents alone; the web where a key is set and it brings none."""
    if settings.search == ("auto",):
        return ("tavily",) if has_tavily_key(settings) and not request.task.knowledge else ("folder",)
    return () if settings.search == ("off",) else settings.search


def open_engine(name: str, settings: Settings) -> Engine:
    """Raises SettingsInvalid where it needs what is not set."""
    match name:
        case "tavily":
            if not (settings.tavily_api_key and has_tavily_key(settings)):
                raise SettingsInvalid("AUTOIOT_SEARCH: tavily needs a key in TAVILY_API_KEY")
            return Tavily(settings.tavily_api_key.get_secret_value(), settings.tavily_url)
        case "searxng":
            if not settings.searxng_url:
                raise SettingsInvalid("AUTOIOT_SEARCH: searxng needs its address in AUTOIOT_SEARXNG_URL")
            return SearxNG(Asking("SearxNG", f"{settings.searxng_url.rstrip('/')}/search"))
        case "wikipedia":
            return Wikipedia(Asking("Wikipedia", settings.wikipedia_url or wikipedia.URL))
        case _:
            return ArXiv(Asking("arXiv", settings.arxiv_url or arxiv.URL), pace_of_this_process())


def open_fetcher(settings: Settings) -> Fetcher:
    return Fetcher(frozenset(settings.fetch_hosts))


def has_tavily_key(settings: Settings) -> bool:
    return bool(settings.tavily_api_key and settings.tavily_api_key.get_secret_value())


@cache
def pace_of_this_process() -> Pace:
    return Pace()
