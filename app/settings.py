"""What the environment and `.env` say: the only place that reads them."""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph.errors import AutoiotError

ENGINES = ("folder", "tavily", "searxng", "wikipedia", "arxiv")


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or any(char.isspace() for char in given):
        # One with a password in it is not shown.
        shown = "what is given" if "@" in given else repr(given)
        raise ValueError(f"{shown} is not an address such as http://127.0.0.1:8000/v1")
    return given


Address = Annotated[str, AfterValidator(_address)]


class SettingsInvalid(AutoiotError):
    """A setting is wrong."""

    def __init__(self, line: str, *others: str) -> None:
        super().__init__(line)
        self.others = others


class Settings(BaseSettings):
    """Every setting is an environment variable of the same name in capitals; `.env.example` lists them.

    One that is empty counts as not set.
    """

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Annotated[Path, Field(alias="AUTOIOT_HOME")] = Path(".autoiot")
    """Artifacts, inputs of runs, fetched wheels and environments; with SQLite also runs, ledger and checkpoints."""
    database_url: Annotated[SecretStr | None, Field(alias="AUTOIOT_DATABASE_URL")] = None
    """Postgres for a team; unset: SQLite in the home."""
    model: Annotated[str, Field(alias="AUTOIOT_MODEL")] = "gpt-5"
    api_key: Annotated[SecretStr | None, Field(alias="OPENAI_API_KEY")] = None
    base_url: Annotated[Address | None, Field(alias="OPENAI_BASE_URL")] = None
    timeout: Annotated[float, Field(alias="AUTOIOT_MODEL_TIMEOUT", gt=0, le=86_400)] = 300.0
    """Seconds that one reply of the model may take."""
    retries: Annotated[int, Field(alias="AUTOIOT_MODEL_RETRIES", ge=0, le=20)] = 4
    max_output_tokens: Annotated[int | None, Field(alias="AUTOIOT_MAX_OUTPUT_TOKENS", ge=256)] = None
    tools: Annotated[Literal["auto", "off"], Field(alias="AUTOIOT_TOOLS")] = "auto"
    """Whether the model may call tools while it works on a step."""
    parallel_calls: Annotated[int, Field(alias="AUTOIOT_PARALLEL_CALLS", ge=1)] = 8
    embedding_model: Annotated[str | None, Field(alias="AUTOIOT_EMBEDDING_MODEL")] = None
    """Unset: passages are found by the words they share, without any call."""
    embedding_url: Annotated[Address | None, Field(alias="AUTOIOT_EMBEDDING_BASE_URL")] = None
    """Where that model is served; unset: where the chat model is."""
    embedding_key: Annotated[SecretStr | None, Field(alias="AUTOIOT_EMBEDDING_API_KEY")] = None
    tavily_api_key: Annotated[SecretStr | None, Field(alias="TAVILY_API_KEY")] = None
    tavily_url: Annotated[Address | None, Field(alias="TAVILY_API_BASE_URL")] = None
    search: Annotated[tuple[str, ...], NoDecode, Field(alias="AUTOIOT_SEARCH")] = ("auto",)
    """`auto`, `off`, or the engines that are asked side by side."""
    searxng_url: Annotated[Address | None, Field(alias="AUTOIOT_SEARXNG_URL")] = None
    wikipedia_url: Annotated[Address | None, Field(alias="AUTOIOT_WIKIPEDIA_URL")] = None
    """The api.php of another language, or of a mirror; unset: the English one."""
    arxiv_url: Annotated[Address | None, Field(alias="AUTOIOT_ARXIV_URL")] = None
    fetch_hosts: Annotated[tuple[str, ...], NoDecode, Field(alias="AUTOIOT_FETCH_HOSTS")] = ()
    """Of the own network, as `host` or `host:port`, that pages may be fetched from nevertheless."""
    prices: Annotated[Path | None, Field(alias="AUTOIOT_PRICES")] = None
    """A YAML file: model name -> {input, output}, in USD per million tokens."""
    replay: Annotated[Path | None, Field(alias="AUTOIOT_REPLAY")] = None
    """A recording that a server takes every reply from, instead of a model."""
    log_format: Annotated[Literal["auto", "text", "json"], Field(alias="AUTOIOT_LOG_FORMAT")] = "auto"
    """Of servers and workers; auto: text on a terminal, else JSON."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Field(alias="AUTOIOT_LOG_LEVEL")] = "info"
    metrics_port: Annotated[int | None, Field(alias="AUTOIOT_METRICS_PORT", ge=1, le=65_535)] = None
    """Where a worker shows what it has counted; unset: nowhere. A server does so at `/metrics`."""
    metrics_host: Annotated[str, Field(alias="AUTOIOT_METRICS_HOST")] = "127.0.0.1"
    otlp_endpoint: Annotated[Address | None, Field(alias="AUTOIOT_OTLP_ENDPOINT")] = None
    """Where servers and workers send spans to, as OTLP over HTTP; unset: nowhere."""
    otlp_prompts: Annotated[bool, Field(alias="AUTOIOT_OTLP_PROMPTS")] = False
    """Put the text of calls to models into spans."""
    keep_checkpoints_days: Annotated[float | None, Field(alias="AUTOIOT_KEEP_CHECKPOINTS_DAYS", ge=0, le=36_500)] = 30.0
    """After the end of a job; it stays readable without them."""
    keep_jobs_days: Annotated[float | None, Field(alias="AUTOIOT_KEEP_JOBS_DAYS", ge=0, le=36_500)] = None
    """After its end a job goes as a whole, with its files; unset: never."""
    host: Annotated[str, Field(alias="AUTOIOT_HOST")] = "127.0.0.1"
    port: Annotated[int, Field(alias="AUTOIOT_PORT", ge=0, le=65_535)] = 8000
    jobs_at_once: Annotated[int, Field(alias="AUTOIOT_JOBS_AT_ONCE", ge=0, le=256)] = 2
    """How many jobs a server runs itself at the same time; 0: none."""
    server: Annotated[str | None, Field(alias="AUTOIOT_SERVER")] = None
    """The server that `submit`, `list`, `show`, `watch` and their like ask."""
    key: Annotated[SecretStr | None, Field(alias="AUTOIOT_KEY")] = None
    """What it lets this user in with."""
    sandbox: Annotated[
        Literal["auto", "docker", "bubblewrap", "process"],
        Field(alias="AUTOIOT_SANDBOX"),
    ] = "auto"
    sandbox_ready: Annotated[int, Field(alias="AUTOIOT_SANDBOX_READY", ge=0, le=64)] = 1
    """How many are kept started before there is a program for them; 0 switches that off."""
    sandbox_idle: Annotated[float, Field(alias="AUTOIOT_SANDBOX_IDLE", gt=0, le=86_400)] = 900.0
    """Seconds that one is kept for nothing."""
    sandbox_at_once: Annotated[int | None, Field(alias="AUTOIOT_SANDBOX_AT_ONCE", ge=1, le=256)] = None
    """How many programs run at once in Docker; unset: twice as many as there are CPUs."""
    sandbox_runtime: Annotated[str | None, Field(alias="AUTOIOT_SANDBOX_RUNTIME", pattern=r"^[\w.-]+$")] = None
    """Of Docker Engine, e.g. `runsc` (gVisor)."""
    rate_limit: Annotated[int, Field(alias="AUTOIOT_RATE_LIMIT", ge=0, le=1_000_000)] = 600
    """Requests a minute of one key, or of one address without a key; 0: as many as they like."""
    quota_jobs_running: Annotated[int | None, Field(alias="AUTOIOT_QUOTA_JOBS_RUNNING", ge=0)] = None
    """Of each workspace, as all quotas; unset: no limit. `autoiot keys quota` sets others for one workspace."""
    quota_jobs_a_day: Annotated[int | None, Field(alias="AUTOIOT_QUOTA_JOBS_A_DAY", ge=0)] = None
    quota_tokens: Annotated[int | None, Field(alias="AUTOIOT_QUOTA_TOKENS", ge=0)] = None
    quota_usd: Annotated[float | None, Field(alias="AUTOIOT_QUOTA_USD", ge=0, allow_inf_nan=False)] = None
    quota_disk_mb: Annotated[int | None, Field(alias="AUTOIOT_QUOTA_DISK_MB", ge=0)] = None

    dataset_roots: Annotated[tuple[Path, ...], NoDecode, Field(alias="AUTOIOT_DATASET_ROOTS")] = ()
    """Folders below which an admin may register datasets with a server; unset: none may be."""
    upload_max_mb: Annotated[int, Field(alias="AUTOIOT_UPLOAD_MAX_MB", ge=1, le=1_000_000)] = 4096
    """The largest archive that a server takes; it may unpack to four times as much."""

    @field_validator("search", "fetch_hosts", mode="before")
    @classmethod
    def _is_a_list(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(filter(None, (name.strip().lower() for name in given.split(","))))

    @field_validator("search")
    @classmethod
    def _must_be_engines(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if given not in (("auto",), ("off",)) and (not given or set(given) - set(ENGINES)):
            raise ValueError(f"give auto, off, or some of {', '.join(ENGINES)} with ',' between them")
        return tuple(dict.fromkeys(given))

    @property
    def searches_web(self) -> bool:
        """Whether a term is ever asked of anybody else."""
        if self.search == ("auto",):
            return bool(self.tavily_api_key and self.tavily_api_key.get_secret_value())
        return bool(set(self.search) - {"off", "folder"})

    @field_validator("dataset_roots", mode="before")
    @classmethod
    def _must_be_folders(cls, given: object) -> object:
        roots = given.split(":") if isinstance(given, str) else given
        if isinstance(roots, list) and not all(str(root).startswith("/") for root in roots):
            raise ValueError("give absolute paths, with ':' between them")
        return roots

    @field_validator("database_url")
    @classmethod
    def _must_name_a_database(cls, given: SecretStr | None) -> SecretStr | None:
        if given:
            from app.db.address import postgres_address  # noqa: PLC0415 (drivers, which most commands do without)

            postgres_address(given.get_secret_value())
        return given


def read_settings() -> Settings:
    """Raises SettingsInvalid, naming each variable that is wrong."""
    switch_tracing_off()
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsInvalid(*map(_line, error.errors())) from error
    except UnicodeDecodeError as error:
        raise SettingsInvalid(".env: not a UTF-8 text file") from error
    if settings.home.exists() and not settings.home.is_dir():
        raise SettingsInvalid(f"AUTOIOT_HOME: {settings.home}: it is a file; name a folder")
    return settings


def _line(error: ErrorDetails) -> str:
    problem = " ".join(error["msg"].removeprefix("Value error, ").split())
    return f"{error['loc'][0]}: {problem}"


def switch_tracing_off() -> None:
    """Tracing would send every prompt to a third party as soon as somebody's shell has these set."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
        os.environ[name] = "false"
    os.environ.pop("LANGSMITH_GATEWAY", None)
