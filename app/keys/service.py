"""Keys of the server: who may come in, as a member or as an admin, and until when."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, or_, select

from app.db.session import Database
from app.db.tables import KeyRow, Role, now
from app.keys.errors import KeyUnknown, LastAdminKey
from app.keys.names import check_name, check_workspace, end
from app.keys.secret import digest, id_of, new_id, new_secret


@dataclass(frozen=True)
class Keys:
    database: Database

    async def create(
        self, name: str, workspace: str, role: Role = "member", expires: str | None = None
    ) -> tuple[KeyRow, str]:
        """The key and its secret, which nobody can ever read again; KeyInvalid for what cannot be.

        It ends after `expires`: a number of days, or a date.
        """
        key = new_id()
        secret = new_secret(key)
        row = KeyRow(
            id=key,
            digest=digest(secret),
            name=check_name(name),
            workspace=check_workspace(workspace),
            role=role,
            expires=None if expires is None else end(expires.strip(), datetime.now(UTC).date()),
        )
        async with self.database.write.begin() as session:
            session.add(row)
        return row, secret

    async def check(self, secret: str) -> KeyRow | None:
        """None for a key that is wrong, revoked or past its end: whoever asks is not told which."""
        key = id_of(secret)
        if key is None:
            return None
        async with self.database.read() as session:
            row = await session.get(KeyRow, key)
        if row is None or not secrets.compare_digest(row.digest, digest(secret)):
            return None
        return row if is_valid(row) else None

    async def all(self, workspace: str | None = None) -> list[KeyRow]:
        query = select(KeyRow).order_by(KeyRow.created, KeyRow.id)
        if workspace is not None:
            query = query.where(KeyRow.workspace == workspace)
        async with self.database.read() as session:
            return list(await session.scalars(query))

    async def any(self) -> bool:
        """One that has ended counts: a door does not open again because a day has passed."""
        async with self.database.read() as session:
            return await session.scalar(select(KeyRow.id).limit(1)) is not None

    async def revoke(self, key: str, *, force: bool = False) -> None:
        """From now on the key opens nothing.

        Raises:
            KeyUnknown: there is none.
            LastAdminKey: nobody could manage keys any more; `force` revokes it all the same.
        """
        async with self.database.write.begin() as session:
            # Locked on Postgres: two who revoke each other's key at once must not both succeed.
            held = select(KeyRow.id).where(KeyRow.role == "admin", valid()).order_by(KeyRow.id).with_for_update()
            admins = list(await session.scalars(held))
            if await session.get(KeyRow, key) is None:
                raise KeyUnknown("there is no such key: `autoiot keys list` shows the ids of all")
            if admins == [key] and not force:
                raise LastAdminKey(
                    f"{key} is the last valid key of an admin: create another one first,"
                    f" or run: autoiot keys revoke {key} --force"
                )
            await session.execute(delete(KeyRow).where(KeyRow.id == key))


def is_valid(row: KeyRow) -> bool:
    return row.expires is None or row.expires > now()


def valid() -> ColumnElement[bool]:
    return or_(KeyRow.expires.is_(None), KeyRow.expires > now())
