from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

_CALLER = text("""
    select organisations.id, organisations.title, caller.client_title, caller.roles, caller.ends_at,
           people.id as person_id, people.name as person_name
    from organisations, (
        select null as client_title, person_id, roles, ends_at from members where id = :id
        union all select title, responsible_id, roles, null from api_clients where id = :id
    ) as caller left join people on people.id = caller.person_id
""")


async def caller_named(session: AsyncSession, caller_id: UUID) -> Row[Any]:
    """The member or API client that a token speaks for, with its organisation; neither is ever deleted."""
    return (await session.execute(_CALLER, {"id": caller_id})).one()
