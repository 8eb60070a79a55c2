"""The verbs of a member."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.gateway.access.administrators.actions import require_administrator
from services.gateway.organisations.members.models import Member, MemberStatus
from services.gateway.organisations.members.rules import ends_as_it_must
from services.gateway.organisations.members.schemas import MemberDraft, MemberRevision
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.gateway import MemberAdded, MemberChanged, MemberRemoved
from shared.events.trail import announce
from shared.problems import Conflict, Fault, Invalid, not_allowed


class MemberAlready(Conflict):
    """This person is a member already."""


class EndMissing(Invalid):
    """An auditor's membership ends on a day that is known from the beginning."""


class EndsInThePast(Invalid):
    """A membership cannot begin after its end."""


async def add(session: AsyncSession, *, draft: MemberDraft, by: str, at: datetime) -> Member:
    """Let a person act in the organisation, for as long as the roles say."""
    if draft.ends_at is not None and draft.ends_at <= at:
        raise EndsInThePast("The end lies in the past.", faults=[Fault("/ends_at", "in the past")])
    known = select(Member.id).where(Member.email == draft.email, Member.status == MemberStatus.ACTIVE)
    if (await session.execute(known)).first():
        raise MemberAlready(f"{draft.email} is a member already.", faults=[Fault("/email", "taken")])
    member = Member(
        **draft.model_dump(exclude={"roles"}),
        roles=[str(role) for role in draft.roles],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _require_end(member)
    session.add(member)
    announce(session, MemberAdded(email=member.email, roles=member.roles), about=member, by=by, at=at)
    return member


async def revise(
    session: AsyncSession, member_id: UUID, *, revision: MemberRevision, expected: int, by: str, at: datetime
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
    _require_end(member)
    await require_administrator(session, roles_before)
    announce(session, MemberChanged(email=member.email, roles=member.roles), about=member, by=by, at=at)


async def remove(session: AsyncSession, member_id: UUID, *, by: str, at: datetime, reason: str) -> None:
    """Active → removed: the person gets no more tokens, and those they hold are withdrawn."""
    member = await locked(session, Member, member_id, noun="member", expected=ANY_VERSION)
    if member.status != MemberStatus.ACTIVE:
        raise not_allowed("remove", member.status, [])
    member.status = MemberStatus.REMOVED
    await require_administrator(session, member.roles)
    event = MemberRemoved(email=member.email, roles=member.roles)
    announce(session, event, about=member, by=by, at=at, reason=reason)


def _require_end(member: Member) -> None:
    if not ends_as_it_must(member.roles, member.ends_at):
        raise EndMissing("Say when the auditor's membership ends.", faults=[Fault("/ends_at", "missing")])
