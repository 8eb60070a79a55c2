"""The verbs of an engagement. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    BEFORE_FIELDWORK,
    READABLE,
    can_follow,
    categories_of,
    faults_of_dates,
    report_type_of,
    since,
    span_of,
)
from services.audit.engagements.engagements.schemas import EngagementDraft, EngagementRevision
from services.audit.engagements.known_assets.queries import faults_of_assets
from services.audit.engagements.known_programmes.queries import known_programme
from shared.data.records import found, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.audit import EngagementMoved, EngagementProposed, EngagementRevised
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, Stale, not_allowed

# When an engagement reached these phases is kept.
_REACHED = {
    EngagementPhase.ACCEPTED: "accepted_at",
    EngagementPhase.FIELDWORK: "fieldwork_at",
    EngagementPhase.ISSUED: "issued_at",
}


class ScopeFrozen(Conflict):
    """The scope can no longer be changed."""


async def plan(session: AsyncSession, *, draft: EngagementDraft, by: Actor, at: datetime) -> Engagement:
    """Plan an engagement. Which controls it examines is set next, and to which firm it is proposed."""
    engagement = Engagement(
        **draft.model_dump(exclude={"categories"}),
        categories=_categories(draft.kind, draft.categories),
        control_ids=[],
        asset_ids=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _check_dates(engagement)
    await _check_programme(session, engagement)
    await _check_followed(session, engagement)
    session.add(engagement)
    event = EngagementProposed(**_event_fields(engagement))
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
    """Change what is agreed, before fieldwork. Other dates may make a failure that is known already count."""
    scope = await scope_of(session, engagement_id)
    await one_at_a_time(session, *scope)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=expected)
    if engagement.control_ids != scope:
        raise Stale("The scope of this engagement was changed at the same time; read it again.")
    if engagement.phase not in BEFORE_FIELDWORK:
        raise not_allowed("revise", engagement.phase, [])
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(engagement, name, value)
    if revision.categories is not None:
        engagement.categories = _categories(EngagementKind(engagement.kind), revision.categories)
    _check_dates(engagement)
    await _check_programme(session, engagement)
    await _check_followed(session, engagement)
    announce_revised(session, engagement, by=by, at=at)
    touched(session, *scope, at=at)


async def set_scope(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    control_ids: Iterable[UUID],
    asset_ids: Sequence[UUID] | None = None,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Say which controls are examined, and of which assets, before fieldwork.

    Controls that are failing already get their candidates. Assets stay as they are when None.
    """
    scope = sorted(set(control_ids))
    await one_at_a_time(session, *scope)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=expected)
    if engagement.phase not in BEFORE_FIELDWORK:
        raise ScopeFrozen(f"The engagement is in {engagement.phase}; its scope can be set before fieldwork.")
    engagement.control_ids = scope
    if asset_ids is not None:
        await _require_assets(session, asset_ids, before=engagement.asset_ids)
        engagement.asset_ids = sorted(asset_ids)
    announce_revised(session, engagement, by=by, at=at)
    touched(session, *scope, at=at)


async def change_frozen(
    session: AsyncSession, engagement: Engagement, changes: Mapping[str, Any], *, reason: str, by: Actor, at: datetime
) -> None:
    """Change a locked engagement after fieldwork has begun, and have it in fieldwork again."""
    before = engagement.control_ids
    await _require_assets(session, changes.get("asset_ids", ()), before=engagement.asset_ids)
    for name, value in changes.items():
        setattr(engagement, name, value)
    kind = EngagementKind(engagement.kind)
    engagement.categories = _categories(kind, [TrustServicesCategory(each) for each in engagement.categories] or None)
    _check_dates(engagement)
    await _check_programme(session, engagement)
    if engagement.phase == EngagementPhase.FIELDWORK:
        announce_revised(session, engagement, by=by, at=at, reason=reason)
    else:
        enter(session, engagement, EngagementPhase.FIELDWORK, reason=reason, by=by, at=at)
    touched(session, *before, *engagement.control_ids, at=at)


def enter(
    session: AsyncSession, engagement: Engagement, to: EngagementPhase, *, reason: str | None, by: Actor, at: datetime
) -> None:
    """Have a locked engagement in another phase. What follows from its phase is recomputed."""
    engagement.phase = to
    for phase, name in _REACHED.items():
        setattr(engagement, name, since(phase, to, getattr(engagement, name), at))
    event = EngagementMoved(**_event_fields(engagement))
    announce(session, event, about=engagement, by=by, at=at, reason=reason)
    touched(session, engagement.id, at=at, by=by, reason=reason)


def announce_revised(
    session: AsyncSession, engagement: Engagement, *, by: Actor, at: datetime, reason: str | None = None
) -> None:
    """Say that what is agreed of a locked engagement changed."""
    event = EngagementRevised(**_event_fields(engagement))
    announce(session, event, about=engagement, by=by, at=at, reason=reason)


def _event_fields(engagement: Engagement) -> dict[str, Any]:
    span = span_of(engagement)
    return {
        "title": engagement.title,
        "kind": engagement.kind,
        "phase": engagement.phase,
        "firm_id": engagement.firm_id,
        "readable": engagement.phase in READABLE,
        "programme_id": engagement.programme_id,
        "categories": engagement.categories,
        "proposed_at": engagement.created_at,
        "accepted_at": engagement.accepted_at,
        "fieldwork_at": engagement.fieldwork_at,
        "issued_at": engagement.issued_at,
        "control_ids": engagement.control_ids,
        "asset_ids": engagement.asset_ids,
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
    elif report_type_of(kind) not in {None, programme.report_type}:
        wrong = f"the programme aims at {programme.report_type}, and {kind} does not lead there"
    if wrong is not None:
        faults = [Fault("/programme_id", wrong)]
        raise Invalid("The engagement cannot be for this programme.", faults=faults, may_be_late=True)


async def _require_assets(session: AsyncSession, asset_ids: Sequence[UUID], *, before: Collection[UUID]) -> None:
    """`Invalid` for assets that cannot come into scope. News of one may be on its way: the request waits for it."""
    if faults := await faults_of_assets(session, asset_ids, before=before):
        raise Invalid("The scope cannot name these assets.", faults=faults, may_be_late=True)


async def _check_followed(session: AsyncSession, engagement: Engagement) -> None:
    """`Invalid` when the engagement that it follows is unknown, or none that this kind takes up."""
    if engagement.follows_id is None:
        return
    followed = await found(session, Engagement, engagement.follows_id)
    wrong = None
    if followed is None or followed.id == engagement.id or followed.org_id != engagement.org_id:
        wrong = f"unknown: {engagement.follows_id}"
    elif not can_follow(EngagementKind(engagement.kind), EngagementKind(followed.kind)):
        wrong = f"{engagement.kind} does not follow {followed.kind}"
    if wrong is not None:
        raise Invalid("The engagement cannot follow that one.", faults=[Fault("/follows_id", wrong)])


async def scope_of(session: AsyncSession, engagement_id: UUID) -> list[UUID]:
    """The controls that an engagement examines; lock them one at a time before it is locked itself."""
    query = select(Engagement.control_ids).where(col(Engagement.id) == engagement_id)
    return list((await session.execute(query)).scalar_one_or_none() or [])
