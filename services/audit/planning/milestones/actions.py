"""The verbs of a milestone. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.planning.milestones.models import Milestone, MilestoneKind, MilestoneStatus
from services.audit.planning.milestones.queries import has_kind
from services.audit.planning.milestones.rules import (
    SHOWN_BY_ENGAGEMENT,
    day_of,
    faults_of_completion,
    shown_on,
    title_of,
)
from services.audit.planning.milestones.schemas import MilestoneDraft, MilestoneRevision
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import ANY_VERSION, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Touch
from shared.events.catalogue.planning import (
    MilestonePlanned,
    MilestoneReached,
    MilestoneReopened,
    MilestoneRevised,
    MilestoneWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import Conflict, Fault, Invalid, not_allowed


class MilestonePlannedAlready(Conflict):
    """The engagement has a milestone of this kind already."""


class ShownByEngagement(Conflict):
    """The phase of the engagement shows whether the milestone was reached; nobody else says so."""


async def plan(
    session: AsyncSession, engagement_id: UUID, *, draft: MilestoneDraft, by: Actor, at: datetime
) -> Milestone:
    """Plan a milestone; done from the start where the engagement shows that it was reached.

    `MilestonePlannedAlready` when the engagement has one of its kind; `Invalid` for a custom one without a title.
    """
    title = title_of(draft.kind, draft.title)
    if title is None:
        raise Invalid("A custom milestone needs a title.", faults=[Fault("/title", "required for a custom milestone")])
    owner_id = await require_person(session, draft.owner, "/owner")
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=ANY_VERSION)
    if draft.kind != MilestoneKind.CUSTOM and await has_kind(session, engagement_id, draft.kind):
        raise MilestonePlannedAlready(f"It has a milestone '{draft.kind}'; revise its plan, or withdraw it first.")
    milestone = Milestone(
        engagement_id=engagement_id,
        kind=draft.kind,
        title=title,
        owner_id=owner_id,
        planned_on=draft.planned_on,
        due_on=draft.planned_on,
        plan_revisions=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    if draft.kind in SHOWN_BY_ENGAGEMENT:
        _reach(milestone, shown_on(draft.kind, engagement))
    session.add(milestone)
    announce(session, MilestonePlanned(**_event_fields(milestone)), about=milestone, by=by, at=at)
    return milestone


async def revise(
    session: AsyncSession, milestone_id: UUID, *, revision: MilestoneRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what it is called or who answers for it."""
    owners = await people_columns(session, revision, "owner")
    milestone = await _locked(session, milestone_id, "revise", expected=expected)
    for name, value in (revision.model_dump(exclude_none=True, exclude={"owner"}) | owners).items():
        setattr(milestone, name, value)
    announce(session, MilestoneRevised(**_event_fields(milestone)), about=milestone, by=by, at=at)


async def revise_plan(
    session: AsyncSession, milestone_id: UUID, *, due_on: date, reason: str, by: Actor, at: datetime
) -> None:
    """Have an open milestone due on another day. What was due before stays, with the reason."""
    milestone = await _locked(session, milestone_id, "revise the plan of")
    if milestone.status != MilestoneStatus.OPEN:
        raise not_allowed("revise the plan", milestone.status, ["reopen"])
    if due_on == milestone.due_on:
        raise Invalid("It is due on that day already.", faults=[Fault("/due_on", "the day on which it is due already")])
    told = {"due_before": milestone.due_on.isoformat(), "due_on": due_on.isoformat(), "reason": reason}
    milestone.plan_revisions = [*milestone.plan_revisions, {**told, "by": by.recorded, "at": at.isoformat()}]
    milestone.due_on = due_on
    announce(session, MilestoneRevised(**_event_fields(milestone)), about=milestone, by=by, at=at, reason=reason)


async def complete(session: AsyncSession, milestone_id: UUID, *, done_on: date, by: Actor, at: datetime) -> None:
    """Open → done. `ShownByEngagement` where the engagement shows it; `Invalid` for a day that lies ahead."""
    milestone = await _locked(session, milestone_id, "complete")
    _said_by_people(milestone)
    if milestone.status != MilestoneStatus.OPEN:
        raise not_allowed("complete", milestone.status, ["reopen", "withdraw"])
    if faults := faults_of_completion(done_on, today=day_of(at)):
        raise Invalid("A milestone is reached today or before.", faults=faults)
    _reach(milestone, done_on)
    announce(session, MilestoneReached(**_event_fields(milestone)), about=milestone, by=by, at=at)


async def reopen(session: AsyncSession, milestone_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Done → open: it was not reached after all. `ShownByEngagement` where the engagement shows it."""
    milestone = await _locked(session, milestone_id, "reopen")
    _said_by_people(milestone)
    if milestone.status != MilestoneStatus.DONE:
        raise not_allowed("reopen", milestone.status, ["complete", "withdraw"])
    _reach(milestone, None)
    announce(session, MilestoneReopened(**_event_fields(milestone)), about=milestone, by=by, at=at, reason=reason)


async def withdraw(session: AsyncSession, milestone_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Open or done → withdrawn. It stays on record."""
    milestone = await _locked(session, milestone_id, "withdraw")
    milestone.status = MilestoneStatus.WITHDRAWN
    announce(session, MilestoneWithdrawn(**_event_fields(milestone)), about=milestone, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a leaver's open milestones of engagements that are not closed to another person."""
    owned = (
        select(Milestone)
        .join(Engagement, col(Engagement.id) == col(Milestone.engagement_id))
        .where(
            Milestone.owner_id == handover.from_person,
            Milestone.status == MilestoneStatus.OPEN,
            col(Engagement.phase).not_in(ENDED),
        )
    )
    for milestone in await lock_rows(session, owned.order_by(col(Milestone.id))):
        milestone.owner_id = handover.to_person
        event = MilestoneRevised(**_event_fields(milestone))
        announce(session, event, about=milestone, by=SYSTEM, at=handover.at, reason=handover.reason)


async def follow_engagements(session: AsyncSession, touched: Mapping[UUID, Touch]) -> None:
    """Bring the milestones that engagements show into line with their phases; other ids are passed over."""
    shown = select(Milestone).where(
        among(table_of(Milestone).c.engagement_id, touched.keys()),
        col(Milestone.kind).in_(SHOWN_BY_ENGAGEMENT),
        Milestone.status != MilestoneStatus.WITHDRAWN,
    )
    for milestone in await lock_rows(session, shown.order_by(col(Milestone.id))):
        touch = touched[milestone.engagement_id]
        engagement = await locked(session, Engagement, milestone.engagement_id, noun="engagement")
        reached = shown_on(MilestoneKind(milestone.kind), engagement)
        if reached == milestone.done_on:
            continue
        _reach(milestone, reached)
        fields = _event_fields(milestone)
        event = MilestoneReopened(**fields) if reached is None else MilestoneReached(**fields)
        announce(session, event, about=milestone, by=touch.by, at=touch.at, reason=touch.reason)


async def _locked(session: AsyncSession, milestone_id: UUID, verb: str, *, expected: int = ANY_VERSION) -> Milestone:
    milestone = await locked(session, Milestone, milestone_id, noun="milestone", expected=expected)
    if milestone.status == MilestoneStatus.WITHDRAWN:
        raise not_allowed(verb, milestone.status, [])
    return milestone


def _said_by_people(milestone: Milestone) -> None:
    if milestone.kind in SHOWN_BY_ENGAGEMENT:
        raise ShownByEngagement(f"'{milestone.title}' follows from the phase of the engagement.")


def _reach(milestone: Milestone, on: date | None) -> None:
    milestone.done_on = on
    milestone.status = MilestoneStatus.OPEN if on is None else MilestoneStatus.DONE


def _event_fields(milestone: Milestone) -> dict[str, Any]:
    names = ("engagement_id", "kind", "title", "owner_id", "planned_on", "due_on", "done_on")
    return {name: getattr(milestone, name) for name in names}
