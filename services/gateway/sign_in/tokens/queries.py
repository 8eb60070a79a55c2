from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.catalogue.gateway import WITHDRAWS_TOKENS

_LOCK = text("""
    with locked_members as (select id from members where id = any(:things) for share),
    locked_clients as (select id from api_clients where id = any(:things) for share)
    select (select count(*) from locked_members) + (select count(*) from locked_clients)
""").bindparams(bindparam("things", type_=ARRAY(Uuid())))
_WITHDRAWN = text("""
    select exists (
        select from events e join unnest(:things, :versions) as rests_on (thing, version)
        on e.subject = rests_on.thing and e.version > rests_on.version where e.type = any(:types)
    )
""").bindparams(
    bindparam("things", type_=ARRAY(Uuid())),
    bindparam("versions", type_=ARRAY(Integer())),
    bindparam("types", type_=ARRAY(Text())),
)


async def lock_callers(session: AsyncSession, rests_on: Mapping[UUID, int]) -> None:
    """Let nobody change the member or client that a token speaks for until this transaction ends."""
    await session.execute(_LOCK, {"things": list(rests_on)})


async def was_withdrawn(session: AsyncSession, rests_on: Mapping[UUID, int]) -> bool:
    """Whether something that the token rests on was taken away or changed after the token was granted."""
    types = [kind.name for kind in WITHDRAWS_TOKENS]
    values = {"things": list(rests_on), "versions": list(rests_on.values()), "types": types}
    return bool(await session.scalar(_WITHDRAWN, values))
