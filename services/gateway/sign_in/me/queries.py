from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

_CALLER = text("""
    select organisations.id, organisations.title, caller.name, caller.roles, caller.ends_at
    from organisations, (
        select email as name, roles, ends_at from members where id = :id
        union all select title, roles, null from api_clients where id = :id
    ) as caller
""")


async def caller_named(session: AsyncSession, caller_id: UUID) -> Row[Any]:
    """The member or API client that a token speaks for, with its organisation; neither is ever deleted."""
    return (await session.execute(_CALLER, {"id": caller_id})).one()
