"""The verbs of a member."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.gateway.access.administrators.actions import require_administrator
from services.gateway.organisations.members.models import Member, MemberStatus
from services.gateway.organisations.members.schemas import MemberBatch, MemberDraft, MemberRevision
from services.gateway.people.people.actions import add as put_into_directory
from services.gateway.people.people.actions import note_membership, require_person
from services.gateway.people.people.models import Person
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.gateway import MemberAdded, MemberChanged, MemberRemoved
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, not_allowed


class MemberAlready(Conflict):
    """The person is already a member."""


class EndsInThePast(Invalid):
    """The membership's end is in the past."""


async def add(session: AsyncSession, *, draft: MemberDraft, by: Actor, at: datetime, below: str = "") -> Member:
    """Let a person act in the organisation, for as long as the roles say; `below` is where the draft stands."""
    if draft.ends_at is not None and draft.ends_at <= at:
        raise EndsInThePast("The end lies in the past.", faults=[Fault(f"{below}/ends_at", "in the past")])
    person = await _person(session, draft, below, by=by, at=at)
    known = select(Member.id).where(Member.person_id == person.id, Member.status == MemberStatus.ACTIVE)
    if (await session.execute(known)).first():
        raise MemberAlready(f"{person.name} is a member already.", faults=[Fault(f"{below}/person", "taken")])
    member = Member(
        person_id=person.id,
        issuer=draft.issuer,
        subject=draft.subject,
        roles=[str(role) for role in draft.roles],
        ends_at=draft.ends_at,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(member)
    announce(session, MemberAdded(**_as_announced(member, person)), about=member, by=by, at=at)
    if draft.new_person is None:
        note_membership(session, person, roles=member.roles, acts_until=member.ends_at, by=by, at=at)
    return member


async def add_all(session: AsyncSession, *, batch: MemberBatch, by: Actor, at: datetime) -> list[Member]:
    """Let many people act, or none of them when one is refused."""
    return [
        await add(session, draft=draft, by=by, at=at, below=f"/members/{place}")
        for place, draft in enumerate(batch.members)
    ]


async def revise(
    session: AsyncSession, member_id: UUID, *, revision: MemberRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a member's roles or end, and withdraw their tokens: they get others with the new roles."""
    member = await locked(session, Member, member_id, noun="member", expected=expected)
    if member.status != MemberStatus.ACTIVE:
        raise not_allowed("revise", member.status, [])
    roles_before = member.roles
    if revision.roles is not None:
        member.roles = [str(role) for role in revision.roles]
    if "ends_at" in revision.model_fields_set:
        member.ends_at = revision.ends_at
    await require_administrator(session, roles_before)
    person = await locked(session, Person, member.person_id, noun="person")
    announce(session, MemberChanged(**_as_announced(member, person)), about=member, by=by, at=at)
    note_membership(session, person, roles=member.roles, acts_until=member.ends_at, by=by, at=at)


async def remove(
    session: AsyncSession, member_id: UUID, *, by: Actor, at: datetime, reason: str, leaves: bool = False
) -> None:
    """Active → removed: the person gets no more tokens, and those they hold are withdrawn.

    Where the person `leaves` by the same request, that news tells that they have no role: two events of one version
    must not tell different things.
    """
    member = await locked(session, Member, member_id, noun="member", expected=ANY_VERSION)
    if member.status != MemberStatus.ACTIVE:
        raise not_allowed("remove", member.status, [])
    member.status = MemberStatus.REMOVED
    await require_administrator(session, member.roles)
    person = await locked(session, Person, member.person_id, noun="person")
    announce(session, MemberRemoved(**_as_announced(member, person)), about=member, by=by, at=at, reason=reason)
    if not leaves:
        note_membership(session, person, roles=[], acts_until=None, by=by, at=at)


async def _person(session: AsyncSession, draft: MemberDraft, below: str, *, by: Actor, at: datetime) -> Person:
    """The person who is to act, locked: one of the directory, or a new one."""
    if draft.new_person is not None:
        return await put_into_directory(
            session,
            draft=draft.new_person,
            below=f"{below}/new_person",
            by=by,
            at=at,
            roles=draft.roles,
            acts_until=draft.ends_at,
        )
    person = await require_person(session, draft.person or "", f"{below}/person")
    return await locked(session, Person, person.id, noun="person")


def _as_announced(member: Member, person: Person) -> dict[str, Any]:
    main_address = next(iter(person.emails), "")
    return {"person_id": person.id, "email": main_address, "roles": member.roles}
