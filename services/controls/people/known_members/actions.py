"""The verb of what is known of members."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.people.known_members.models import KnownMember
from shared.data.base import table_of


async def note_member(session: AsyncSession, *, member_id: UUID, org_id: UUID, email: str, version: int) -> None:
    """Take in a member's address; what is older than what is known is dropped. Who was removed keeps their name."""
    row = {"email": email, "version": version}
    statement = insert(KnownMember).values(id=member_id, org_id=org_id, **row)
    newer = table_of(KnownMember).c.version < version
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row, where=newer))
