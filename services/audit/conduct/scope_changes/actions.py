"""Changing the scope after fieldwork has begun: the engagement partner's, told to both parties."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.scope_changes.models import ScopeChange
from services.audit.conduct.scope_changes.rules import CHANGED_IN, completed, is_another_time, is_other_type
from services.audit.conduct.scope_changes.schemas import ChangedScope, ScopeChangeDraft
from services.audit.engagements.engagements.actions import change_frozen
from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.engagements.parties.queries import at_client, role_of
from services.audit.judgement.conclusions.actions import void_all
from services.audit.papers.papers.actions import edited
from services.audit.papers.papers.models import Paper
from services.audit.papers.papers.queries import papers_of
from services.audit.papers.papers.rules import is_unsigned
from services.audit.reporting.audit_reports.actions import back_to_draft
from services.audit.reporting.audit_reports.queries import reports_under_review
from shared.data.records import ANY_VERSION, found, lock_by_id, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.conduct import EngagementScopeChanged
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller, in_person
from shared.identity.team_roles import TeamRole
from shared.problems import Fault, Forbidden, Invalid, NotFound, not_allowed


async def change(
    session: AsyncSession, engagement_id: UUID, *, draft: ScopeChangeDraft, caller: Caller, at: datetime
) -> ScopeChange:
    """Change type, period, categories, controls or assets, with the justification.

    The engagement goes back to fieldwork.

    `Forbidden` for all but the engagement partner. `Invalid` for what does not fit, and where nothing changes.
    """
    in_person(caller.actor, "change the scope of an engagement")
    await one_at_a_time(session, engagement_id)
    if await role_of(session, engagement_id, caller) != TeamRole.ENGAGEMENT_PARTNER:
        raise Forbidden("On the team, this is for: engagement_partner.")
    seen = await found(session, Engagement, engagement_id)
    if seen is None or seen.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    given = draft.model_dump(exclude={"justification"}, exclude_unset=True, exclude_none=True)
    async with at_client(session, engagement_id):
        await one_at_a_time(session, engagement_id, *seen.control_ids, *given.get("control_ids", ()))
        engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=ANY_VERSION)
        before = _scope_of(engagement)
        after = _changed(engagement, given)
        await change_frozen(session, engagement, after, reason=draft.justification, by=caller.actor, at=at)
    names = [name for name, value in _scope_of(engagement).items() if value != before[name]]
    if not names:
        raise Invalid("Nothing of the scope changes.", faults=[Fault("", "is as it was")])
    voided = await _void(session, engagement_id, papers=is_another_time(dict.fromkeys(names)), by=caller.actor, at=at)
    made = ScopeChange(
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        client_id=engagement.org_id,
        before=_told({name: before[name] for name in names}),
        after=_told({name: getattr(engagement, name) for name in names}),
        justification=draft.justification,
        voided=voided,
        changed_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    event = EngagementScopeChanged(engagement_id=engagement_id, before=made.before, after=made.after)
    announce(session, event, about=made, by=caller.actor, at=at, reason=draft.justification)
    touched(session, engagement_id, at=at)
    return made


def _changed(engagement: Engagement, given: dict[str, Any]) -> dict[str, Any]:
    """What of the engagement becomes what; refused unless it is in fieldwork or later, and of the same examination."""
    if engagement.phase not in CHANGED_IN:
        raise not_allowed("change the scope", engagement.phase, [])
    kind = EngagementKind(given.get("kind", engagement.kind))
    if kind != engagement.kind and not is_other_type(EngagementKind(engagement.kind), kind):
        fault = Fault("/kind", f"{engagement.kind} does not become {kind}")
        raise Invalid("Only the type of the examination can change.", faults=[fault])
    after = completed(given, kind)
    for name in ("control_ids", "asset_ids"):
        if name in after:
            after[name] = sorted(set(after[name]))
    return after


async def _void(session: AsyncSession, engagement_id: UUID, *, papers: bool, by: Actor, at: datetime) -> dict[str, int]:
    """What rested on the scope before: signatures where the time is another, every conclusion, reports in review."""
    tested = await papers_of(session, engagement_id) if papers else []
    signed = [each.id for each in tested if not is_unsigned(each.status)]
    for paper in await lock_by_id(session, Paper, signed):
        edited(session, paper, by=by, at=at)
    concluded = await void_all(session, engagement_id, at=at)
    reports = await reports_under_review(session, engagement_id)
    for report in reports:
        await back_to_draft(session, report, by=by, at=at, reason="The scope of the engagement changed.")
    return {"papers": len(signed), "conclusions": concluded, "reports": len(reports)}


def _scope_of(engagement: Engagement) -> dict[str, Any]:
    return {name: getattr(engagement, name) for name in ChangedScope.model_fields}


def _told(members: dict[str, Any]) -> dict[str, Any]:
    """The members as JSON has them."""
    return ChangedScope.model_validate(members).model_dump(mode="json", include=set(members))
