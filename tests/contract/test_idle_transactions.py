"""A process that is stopped in the midst of a transaction must not hold up everybody else for ever."""

import pytest
from sqlalchemy import text

from app.db.session import Database


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_postgres_ends_transactions_that_idle(database: Database) -> None:
    async with database.write.begin() as session:
        assert await session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5s"
