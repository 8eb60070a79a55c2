from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.known_definitions.models import KnownDefinition
from shared.data.base import table_of

_D = table_of(KnownDefinition).c


async def approved_definition(session: AsyncSession, definition_id: UUID) -> KnownDefinition | None:
    """The definition of this id, once it was heard of as approved; none that was withdrawn before its day."""
    standing = (_D.id == definition_id, _D.version > 0, _D.withdrawn.is_(False))
    return (await session.scalars(select(KnownDefinition).where(*standing))).one_or_none()
