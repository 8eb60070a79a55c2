"""The verbs of an engagement. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementPhase,
    TrustServicesCategory,
)
from services.audit.engagements.engagements.rules import (
    allowed_from,
    categories_of,
    faults_of_dates,
    is_earlier,
    report_type_of,
    since,
    span_of,
)
from services.audit.engagements.engagements.schemas import EngagementDraft, EngagementRevision
from services.audit.engagements.known_programmes.queries import known_programme
from shared.data.records import ANY_VERSION, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.audit import EngagementMoved, EngagementPlanned, EngagementRevised
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, Stale, not_allowed


class ScopeFrozen(Conflict):
    """The scope can no longer be changed."""


async def plan(session: AsyncSession, *, draft: EngagementDraft, by: Actor, at: datetime) -> Engagement:
    """Take on an engagement. Which controls it examines is set next."""
    engagement = Engagement(
        **draft.model_dump(exclude={"categories"}),
        categories=_categories(draft.kind, draft.categories),
        control_ids=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _check_dates(engagement)
    await _check_programme(session, engagement)
    session.add(engagement)
    event = EngagementPlanned(**_event_fields(engagement))
    announce(session, event, about=engagement, by=by, at=at)
    return engagement


async def revise(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    revision: EngagementRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what was agreed, while it is planned. Other dates may make a failure that is known already count."""
    scope = await _scope_of(session, engagement_id)
    await one_at_a_time(session, *scope)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=expected)
    if engagement.control_ids != scope:
        raise Stale("The scope of this engagement was changed at the same time; read it again.")
    if engagement.phase != EngagementPhase.PLANNED:
        raise not_allowed("revise", engagement.phase, _phases(allowed_from(EngagementPhase(engagement.phase))))
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(engagement, name, value)
    if revision.categories is not None:
        engagement.categories = _categories(EngagementKind(engagement.kind), revision.categories)
    _check_dates(engagement)
    await _check_programme(session, engagement)
    _announce_revised(session, engagement, by=by, at=at)
    touched(session, *scope, at=at)


async def set_scope(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    control_ids: Iterable[UUID],
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Say which controls are examined, while it is planned. Those that are failing already get their candidates."""
    scope = sorted(set(control_ids))
    await one_at_a_time(session, *scope)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=expected)
    if engagement.phase != EngagementPhase.PLANNED:
        raise ScopeFrozen(f"The engagement is in {engagement.phase}; its scope can be set while it is planned.")
    engagement.control_ids = scope
    _announce_revised(session, engagement, by=by, at=at)
    touched(session, *scope, at=at)


async def move(
    session: AsyncSession, engagement_id: UUID, *, to: EngagementPhase, reason: str | None, by: Actor, at: datetime
) -> None:
    """One phase on, or back with a reason. What follows from its phase is recomputed."""
    await one_at_a_time(session, engagement_id)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=ANY_VERSION)
    phase = EngagementPhase(engagement.phase)
    if to not in (allowed := allowed_from(phase)):
        raise not_allowed(f"move to '{to}'", phase, _phases(allowed))
    if reason is None and is_earlier(phase, to):
        raise Invalid("Going back needs a reason.", faults=[Fault("/reason", f"required to go back to {to}")])
    engagement.phase = to
    engagement.fieldwork_at = since(EngagementPhase.FIELDWORK, to, engagement.fieldwork_at, at)
    engagement.issued_at = since(EngagementPhase.ISSUED, to, engagement.issued_at, at)
    event = EngagementMoved(**_event_fields(engagement))
    announce(session, event, about=engagement, by=by, at=at, reason=reason)
    touched(session, engagement_id, at=at, by=by, reason=reason)


def _announce_revised(session: AsyncSession, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    event = EngagementRevised(**_event_fields(engagement))
    announce(session, event, about=engagement, by=by, at=at)


def _event_fields(engagement: Engagement) -> dict[str, Any]:
    span = span_of(engagement)
    return {
        "title": engagement.title,
        "kind": engagement.kind,
        "phase": engagement.phase,
        "firm": engagement.firm,
        "programme_id": engagement.programme_id,
        "categories": engagement.categories,
        "planned_at": engagement.created_at,
        "fieldwork_at": engagement.fieldwork_at,
        "issued_at": engagement.issued_at,
        "control_ids": engagement.control_ids,
        "covers_from": span.start,
        "covers_until": span.end,
    }


def _check_dates(engagement: Engagement) -> None:
    faults = faults_of_dates(
        EngagementKind(engagement.kind),
        as_of_date=engagement.as_of_date,
        period_start=engagement.period_start,
        period_end=engagement.period_end,
    )
    if faults:
        reasons = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
        raise Invalid(f"The dates do not fit the engagement: {reasons}.", faults=faults)


def _categories(kind: EngagementKind, given: Sequence[TrustServicesCategory] | None) -> list[str]:
    try:
        return list(categories_of(kind, given))
    except ValueError as wrong:
        raise Invalid(f"The categories do not fit: {wrong}.", faults=[Fault("/categories", str(wrong))]) from wrong


async def _check_programme(session: AsyncSession, engagement: Engagement) -> None:
    """`Invalid` when it is for a programme that is unknown, has ended, or aims at something else.

    News of a programme may be on its way: the request waits a second for it.
    """
    if engagement.programme_id is None:
        return
    programme = await known_programme(session, engagement.programme_id)
    kind = EngagementKind(engagement.kind)
    wrong = None
    if programme is None:
        wrong = f"unknown: {engagement.programme_id}"
    elif programme.ended:
        wrong = "the programme was completed or withdrawn"
    elif programme.report_type != report_type_of(kind):
        wrong = f"the programme aims at {programme.report_type}, and {kind} does not lead there"
    if wrong is not None:
        faults = [Fault("/programme_id", wrong)]
        raise Invalid("The engagement cannot be for this programme.", faults=faults, may_be_late=True)


async def _scope_of(session: AsyncSession, engagement_id: UUID) -> list[UUID]:
    query = select(Engagement.control_ids).where(col(Engagement.id) == engagement_id)
    return list((await session.execute(query)).scalar_one_or_none() or [])


def _phases(phases: Iterable[EngagementPhase]) -> list[str]:
    return [str(phase) for phase in phases]
