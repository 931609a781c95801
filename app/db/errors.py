"""What can go wrong with the database, each with one line that a user can act on."""

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from graph.errors import AutoiotError, RunFailed

POSTGRES_FAILS = (psycopg.OperationalError, psycopg.InterfaceError)


class DatabaseUnusable(AutoiotError):
    """The database cannot be used."""


class LostJob(RunFailed):
    """Another process has taken the run over."""


def postgres_problem(error: BaseException) -> str | None:
    """What is wrong with the connection to Postgres, if that is what `error` tells of; never the password."""
    if isinstance(error, PoolExhausted):
        return "the database has no connection left for this process; `autoiot resume` tries again"
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.InsufficientPrivilege):
        return f"the database of AUTOIOT_DATABASE_URL does not let us write: {error}"
    if isinstance(error, POSTGRES_FAILS):
        return f"the database of AUTOIOT_DATABASE_URL cannot be used: {error}"
    return None


def database_failure(error: BaseException) -> str | None:
    """That the database failed, if `error` is one of its own: its text may hold an address, a statement or a value."""
    if not isinstance(error, SQLAlchemyError | psycopg.Error):
        return None
    below = error.orig if isinstance(error, DBAPIError) else error
    return f"the database could not be used: {getattr(below, 'sqlite_errorname', type(below).__name__)}"
