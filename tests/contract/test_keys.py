"""Keys on either database: who comes in, until when, and who may be put out."""

import asyncio

import pytest
from sqlalchemy import update

from app.db.session import Database
from app.db.tables import KeyRow
from app.keys.errors import KeyInvalid, KeyUnknown, LastAdminKey
from app.keys.secret import digest, new_secret
from app.keys.service import Keys

PAST = "2026-01-01T23:59:59.999+00:00"


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


async def end_it(keys: Keys, key: str) -> None:
    async with keys.database.write.begin() as session:
        await session.execute(update(KeyRow).where(KeyRow.id == key).values(expires=PAST))


async def test_a_key_lets_in_and_is_kept_nowhere(keys: Keys) -> None:
    assert not await keys.any()
    made, secret = await keys.create("Ann's laptop", "lab", "admin", "30")
    found = await keys.check(secret)
    assert found and (found.id, found.name, found.workspace, found.role) == (made.id, "Ann's laptop", "lab", "admin")
    assert await keys.any()
    (row,) = await keys.all()
    assert row.digest == digest(secret) and row.expires
    assert not any(secret in str(getattr(row, column.name)) for column in KeyRow.__table__.columns)


async def test_any_other_key_does_not(keys: Keys) -> None:
    row, secret = await keys.create("ann", "lab")
    last = "A" if secret[-1] != "A" else "B"
    for wrong in ("", "x", secret[:-1], secret[:-1] + last, secret + "x", new_secret("0" * 12), new_secret(row.id)):
        assert await keys.check(wrong) is None
    assert await keys.check(secret)


async def test_one_that_has_ended_does_not_either_but_counts(keys: Keys) -> None:
    row, secret = await keys.create("ann", "lab", "admin", "1")
    await end_it(keys, row.id)
    assert await keys.check(secret) is None
    assert await keys.any()


async def test_each_workspace_has_its_keys(keys: Keys) -> None:
    for name, workspace in (("a", "one"), ("b", "two"), ("c", "one")):
        await keys.create(name, workspace)
    assert sorted(row.name for row in await keys.all("one")) == ["a", "c"]
    assert len(await keys.all()) == 3 and await keys.all("%") == []


async def test_a_revoked_key_opens_nothing(keys: Keys) -> None:
    row, secret = await keys.create("ann", "lab")
    await keys.revoke(row.id)
    assert await keys.check(secret) is None
    for unknown in (row.id, "", "\0", "\ud800", "x' OR 1=1"):
        with pytest.raises(KeyUnknown):
            await keys.revoke(unknown)


async def test_the_last_valid_key_of_an_admin_stays(keys: Keys) -> None:
    ended, _ = await keys.create("old", "lab", "admin", "1")
    last, _ = await keys.create("ann", "lab", "admin")
    member, _ = await keys.create("bob", "lab")
    await end_it(keys, ended.id)
    with pytest.raises(LastAdminKey, match=rf"^{last.id} is the last valid key of an admin: [^\n]+$"):
        await keys.revoke(last.id)
    await keys.revoke(ended.id)
    await keys.revoke(member.id)
    await keys.revoke(last.id, force=True)
    assert not await keys.any()


async def test_two_admins_who_put_each_other_out_at_once(keys: Keys) -> None:
    made = [await keys.create(name, "lab", "admin") for name in "ab"]
    done = await asyncio.gather(*(keys.revoke(row.id) for row, _ in made), return_exceptions=True)
    assert sorted(type(one) for one in done if one is not None) == [LastAdminKey]
    assert len(await keys.all()) == 1


async def test_what_cannot_be_a_key_is_not_made(keys: Keys) -> None:
    for name, workspace, expires in (("", "lab", None), ("ann", "../lab", None), ("ann", "lab", "2020-01-01")):
        with pytest.raises(KeyInvalid):
            await keys.create(name, workspace, "member", expires)
    assert await keys.all() == []
