from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.people.known_members.models import KnownMember

_MEMBER = "person:"
_NOBODY = UUID(int=0)


def member_id_of(actor: str) -> UUID:
    """The id of the member that an actor is; that of nobody for a client."""
    return UUID(actor.removeprefix(_MEMBER)) if actor.startswith(_MEMBER) else _NOBODY


async def names_of(session: AsyncSession, actors: Iterable[str]) -> frozenset[str]:
    """By which names these actors may be listed, in lower case: the trail's, and members' e-mail addresses."""
    named = frozenset(actors)
    ids = sorted({member_id_of(each) for each in named} - {_NOBODY})
    query = select(KnownMember.email).where(col(KnownMember.id).in_(ids))
    emails = (await session.execute(query)).scalars().all() if ids else []
    return frozenset(each.lower() for each in (*named, *emails))
