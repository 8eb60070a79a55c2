"""The verbs of a team member. The rows are the auditing party's, and so are the transactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.engagements.team_members.models import Independence, TeamMember
from services.audit.engagements.team_members.queries import of_own_work, on_team
from services.audit.engagements.team_members.schemas import TeamMemberDraft
from shared.data.base import table_of
from shared.data.records import ANY_VERSION, found, lock_rows, locked, one_at_a_time
from shared.data.sessions import in_organisation, organisation_of
from shared.data.tables import known_people
from shared.events.catalogue.engagement_teams import (
    AboutTeamMember,
    IndependenceConfirmed,
    IndependenceWithdrawn,
    TeamMemberAssigned,
    TeamMemberReassigned,
    TeamMemberReleased,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, in_person
from shared.identity.team_roles import TeamRole
from shared.people.known import ACTIVE
from shared.people.references import people_with_ids, require_person
from shared.problems import Conflict, Fault, Forbidden, NotFound, not_allowed

_M = table_of(TeamMember).c
_NO_LONGER_PROPOSED = "The engagement is no longer proposed to this firm."


class OnTheTeamAlready(Conflict):
    """The person is on the team of this engagement already."""


class AuditsOwnWork(Conflict):
    """The person owns a control in the scope of the engagement, or performed one in its time."""


class TookPart(Conflict):
    """The quality reviewer of an engagement has no other part in it, before or after."""


class OfBothParties(Conflict):
    """The person belongs to the client of the engagement as well."""


async def assign(
    session: AsyncSession, engagement_id: UUID, *, draft: TeamMemberDraft, by: Actor, at: datetime
) -> TeamMember:
    """Put a person of the auditing party on the team of an engagement that has not ended."""
    engagement = await _conducted_here(session, engagement_id, "assign a person to")
    person_id = await require_person(session, draft.person, "/person")
    person = (await people_with_ids(session, [person_id]))[person_id]
    await one_at_a_time(session, engagement_id)
    if any(member.person_id == person_id for member in await on_team(session, engagement_id)):
        raise OnTheTeamAlready("The person is on the team already.", faults=[Fault("/person", "on the team already")])
    await _require_no_part(session, engagement_id, person_id, draft.role)
    await _require_other_party(session, person.emails, client_id=engagement.org_id)
    if await of_own_work(session, engagement, [person_id]):
        raise AuditsOwnWork(
            "Nobody audits their own work: the person owns or performs a control in scope.",
            faults=[Fault("/person", "owns or performs a control in the scope")],
        )
    member = TeamMember(
        engagement_id=engagement_id,
        client_id=engagement.org_id,
        person_id=person_id,
        person_name=person.name,
        role=draft.role,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(member)
    _announce(session, TeamMemberAssigned, member, by=by, at=at)
    return member


async def reassign(
    session: AsyncSession, member_id: UUID, *, role: TeamRole, expected: int, by: Actor, at: datetime
) -> None:
    """Give a person another role on the team, in which they confirm their independence anew."""
    member = await _on_team(session, member_id, "reassign", expected=expected)
    if member.independence == Independence.WITHDRAWN:
        raise not_allowed("reassign", member.independence, ["release"])
    if member.role == role:
        return
    await _require_no_part(session, member.engagement_id, member.person_id, role)
    member.role, member.independence, member.confirmation = role, Independence.UNCONFIRMED, None
    _announce(session, TeamMemberReassigned, member, by=by, at=at)


async def confirm(session: AsyncSession, member_id: UUID, *, statement: str, by: Actor, at: datetime) -> None:
    """Unconfirmed → confirmed, by the person's own sign-in."""
    member = await _own(session, member_id, "confirm the independence of", by=by)
    if member.independence != Independence.UNCONFIRMED:
        raise not_allowed("confirm", member.independence, ["withdraw", "release"])
    member.independence = Independence.CONFIRMED
    member.confirmation = {"statement": statement, "by": by.recorded, "at": at.isoformat()}
    _announce(session, IndependenceConfirmed, member, by=by, at=at)


async def withdraw(session: AsyncSession, member_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Unconfirmed or confirmed → withdrawn, by the person's own sign-in. The tokens that rest on it end."""
    member = await _own(session, member_id, "withdraw the independence of", by=by)
    if member.independence == Independence.WITHDRAWN:
        raise not_allowed("withdraw", member.independence, ["release"])
    member.independence = Independence.WITHDRAWN
    _announce(session, IndependenceWithdrawn, member, by=by, at=at, reason=reason)


async def release(session: AsyncSession, member_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a person off the team. What they did stays theirs, and their tokens for the engagement end."""
    member = await _on_team(session, member_id, "release")
    member.released_at = at
    _announce(session, TeamMemberReleased, member, by=by, at=at, reason=reason)


async def release_all(session: AsyncSession, engagement_id: UUID, *, firm_id: UUID, at: datetime) -> None:
    """Take everybody of a firm off the team of an engagement that is not proposed to it any longer; tokens end."""
    async with in_organisation(session, firm_id):
        on_it = select(TeamMember).where(_M.engagement_id == engagement_id, _M.released_at.is_(None))
        for member in await lock_rows(session, on_it.order_by(_M.id)):
            member.released_at = at
            _announce(session, TeamMemberReleased, member, by=SYSTEM, at=at, reason=_NO_LONGER_PROPOSED)


async def _conducted_here(session: AsyncSession, engagement_id: UUID, verb: str) -> Engagement:
    """The engagement, of which the session's organisation is the auditing party; `NotFound` for others."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None or engagement.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    if engagement.phase in ENDED:
        raise not_allowed(verb, engagement.phase, [])
    return engagement


async def _require_no_part(session: AsyncSession, engagement_id: UUID, person_id: UUID, role: TeamRole) -> None:
    """`TookPart` for a quality reviewer who was anything else on the team, or the other way round."""
    query = select(_M.role).where(_M.engagement_id == engagement_id, _M.person_id == person_id)
    roles = {*(await session.scalars(query)), role}
    if TeamRole.QUALITY_REVIEWER in roles and len(roles) > 1:
        raise TookPart(
            "The quality reviewer takes no part in the engagement (QM section 20).",
            faults=[Fault("/role", f"the person is or was {', '.join(sorted(roles - {role}))}")],
        )


async def _require_other_party(session: AsyncSession, emails: Sequence[str], *, client_id: UUID) -> None:
    """`OfBothParties` for a person whom the client has in its directory: management does not examine itself."""
    if client_id == organisation_of(session):
        return
    people = known_people.c
    same = exists().where(people.emails.op("&&")(literal([*emails], ARRAY(Text()))), people.status == ACTIVE)
    async with in_organisation(session, client_id):
        belongs = await session.scalar(select(same))
    if belongs:
        raise OfBothParties(
            "The person belongs to the client as well, by an e-mail address.",
            faults=[Fault("/person", "belongs to the client of the engagement as well")],
        )


async def _on_team(session: AsyncSession, member_id: UUID, verb: str, *, expected: int = ANY_VERSION) -> TeamMember:
    member = await locked(session, TeamMember, member_id, noun="team member", expected=expected)
    if member.released_at is not None:
        raise not_allowed(verb, "released", [])
    await _conducted_here(session, member.engagement_id, verb)
    return member


async def _own(session: AsyncSession, member_id: UUID, verb: str, *, by: Actor) -> TeamMember:
    person = in_person(by, f"{verb} a person")
    member = await _on_team(session, member_id, verb)
    if member.person_id != person:
        raise Forbidden(f"Only the person can {verb} themselves.")
    return member


def _announce(
    session: AsyncSession,
    kind: type[AboutTeamMember],
    member: TeamMember,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    names = ("engagement_id", "client_id", "person_id", "role", "independence")
    fields: dict[str, Any] = {name: getattr(member, name) for name in names}
    announce(session, kind(**fields), about=member, by=by, at=at, reason=reason)
