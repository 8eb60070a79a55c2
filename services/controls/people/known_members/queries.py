from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.people.known_members.models import KnownMember
from shared.identity.callers import Actor
from shared.problems import SeparationOfDuties

_MEMBER = "person:"
_NOBODY = UUID(int=0)


def member_id_of(actor: str) -> UUID:
    """The id of the member that an actor is; that of nobody for a client."""
    return UUID(actor.removeprefix(_MEMBER)) if actor.startswith(_MEMBER) else _NOBODY


async def names_of(session: AsyncSession, actors: Iterable[str]) -> frozenset[str]:
    """By which names these actors may be listed, in lower case: the trail's, and members' e-mail addresses."""
    named = frozenset(actors)
    ids = sorted({member_id_of(name) for name in named} - {_NOBODY})
    query = select(KnownMember.email).where(col(KnownMember.id).in_(ids))
    emails = (await session.execute(query)).scalars().all() if ids else []
    return frozenset(name.lower() for name in (*named, *emails))


async def keep_owner_apart(session: AsyncSession, refusal: str, *, owner: str, second: Actor | str) -> None:
    """Refuse when the owner and `second` are the same person, also where an e-mail address names the owner.

    Addresses are compared without case. Known is the main address of each person that the gateway has announced.
    """
    other = second.text if isinstance(second, Actor) else second
    if (await names_of(session, [owner])).isdisjoint(await names_of(session, [other])):
        return
    person = f"another person than {second.label}" if isinstance(second, Actor) else "another person"
    raise SeparationOfDuties(f"{refusal}; this needs {person}.")
