"""The verbs of an acknowledgement. Each changes the counts of its campaign too, which is held meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.policies.acknowledgements.queries import asked
from services.controls.policies.acknowledgements.schemas import Excusal, RecordedAcknowledgements
from services.controls.policies.policy_campaigns.actions import event_fields, open_campaign, outstanding
from services.controls.policies.policy_campaigns.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CampaignStatus,
    PolicyCampaign,
)
from shared.data.base import table_of
from shared.data.records import locked
from shared.events.catalogue.policies import PolicyAcknowledged, PolicyCampaignCompleted, PolicyPeopleExcused
from shared.events.event import Event
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.people.references import KnownPerson, people_named
from shared.problems import Fault, Forbidden, Invalid

_A = table_of(Acknowledgement).c


class NotAsked(Forbidden):
    """The policy campaign does not include the caller."""


async def acknowledge(session: AsyncSession, campaign_id: UUID, *, by: Actor, at: datetime) -> UUID:
    """Acknowledge for oneself; again is nothing. `NotAsked` when the campaign does not ask one."""
    await locked(session, PolicyCampaign, campaign_id, noun="campaign")
    mine = await asked(session, campaign_id, [by.person] if by.person else [])
    if not mine:
        raise NotAsked("You are not among the people of this campaign.")
    if new := [
        acknowledgement for acknowledgement in mine if acknowledgement.status != AcknowledgementStatus.ACKNOWLEDGED
    ]:
        campaign = await open_campaign(session, campaign_id, "acknowledge")
        await _acknowledged(session, campaign, new, {"on_behalf": False}, by=by, at=at)
    return mine[0].id


async def record(
    session: AsyncSession, campaign_id: UUID, *, draft: RecordedAcknowledgements, by: Actor, at: datetime
) -> None:
    """Record that others have acknowledged, with what shows it. Who has already stays as they are."""
    campaign = await open_campaign(session, campaign_id, "acknowledge")
    people = await people_named(session, draft.people)
    known = await asked(session, campaign_id, {person.id for person in people.values()})
    faults = _unknown_people(draft.people, people, known)
    faults += [
        Fault(f"/people/{place}", "Acknowledge for yourself.")
        for place, reference in enumerate(draft.people)
        if reference in people and people[reference].id == by.person
    ]
    if faults:
        raise Invalid("Some of the acknowledgements cannot be recorded.", faults=faults)
    new = [acknowledgement for acknowledgement in known if acknowledgement.status != AcknowledgementStatus.ACKNOWLEDGED]
    shown = {"on_behalf": True, "statement": draft.statement, "evidence_id": draft.evidence_id}
    if new:
        await _acknowledged(session, campaign, new, shown, by=by, at=at)


async def excuse(session: AsyncSession, campaign_id: UUID, *, draft: Excusal, by: Actor, at: datetime) -> None:
    """Let people not acknowledge, for a reason. Who has, or was excused before, stays as they are."""
    campaign = await open_campaign(session, campaign_id, "excuse")
    people = await people_named(session, draft.people)
    known = await asked(session, campaign_id, {person.id for person in people.values()})
    if faults := _unknown_people(draft.people, people, known):
        raise Invalid("Some of the people cannot be excused.", faults=faults)
    new = [acknowledgement for acknowledgement in known if acknowledgement.status == AcknowledgementStatus.OUTSTANDING]
    if not new:
        return
    changes = {"status": AcknowledgementStatus.EXCUSED, "excuse": draft.reason, "recorded_by": by.recorded}
    await _change(session, new, changes, at=at)
    campaign.excused += len(new)
    event = PolicyPeopleExcused(
        **event_fields(campaign), excused_ids=[acknowledgement.person_id for acknowledgement in new]
    )
    _announce(session, campaign, event, by=by, at=at, reason=draft.reason)


async def _acknowledged(
    session: AsyncSession,
    campaign: PolicyCampaign,
    new: Sequence[Acknowledgement],
    shown: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    excused = sum(acknowledgement.status == AcknowledgementStatus.EXCUSED for acknowledgement in new)
    done = {
        "status": AcknowledgementStatus.ACKNOWLEDGED,
        "acknowledged_at": at,
        "recorded_by": by.recorded,
        "excuse": None,
    }
    await _change(session, new, {**done, **shown}, at=at)
    campaign.acknowledged += len(new)
    campaign.excused -= excused
    ids = [acknowledgement.person_id for acknowledgement in new]
    event = PolicyAcknowledged(**event_fields(campaign), acknowledged_ids=ids, on_behalf=shown["on_behalf"])
    _announce(session, campaign, event, by=by, at=at, reason=shown.get("statement"))


def _announce(
    session: AsyncSession, campaign: PolicyCampaign, event: Event, *, by: Actor, at: datetime, reason: str | None
) -> None:
    """Announce what was done, and that the campaign is complete when nobody is left."""
    happened = [event]
    if outstanding(campaign) == 0:
        campaign.status, campaign.next_reminder_on = CampaignStatus.COMPLETED, None
        campaign.ended_by, campaign.ended_at = by.recorded, at
        happened.append(PolicyCampaignCompleted(**event_fields(campaign)))
    announce(session, *happened, about=campaign, by=by, at=at, reason=reason)


async def _change(
    session: AsyncSession, rows: Collection[Acknowledgement], changes: dict[str, Any], *, at: datetime
) -> None:
    these = _A.id == func.any(literal([row.id for row in rows], ARRAY(Uuid())))
    changed = update(table_of(Acknowledgement)).where(these).values(**changes, updated_at=at, version=_A.version + 1)
    await session.execute(changed)


def _unknown_people(
    references: Sequence[str], people: Mapping[str, KnownPerson], known: Collection[Acknowledgement]
) -> list[Fault]:
    there = {acknowledgement.person_id for acknowledgement in known}
    return [
        Fault(f"/people/{place}", "The campaign does not include this person.")
        for place, reference in enumerate(references)
        if reference not in people or people[reference].id not in there
    ]
