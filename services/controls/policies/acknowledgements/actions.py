"""The verbs of an acknowledgement. Each changes the counts of its campaign too, which is held meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.earlier import Earlier
from services.controls.policies.acknowledgements.queries import asked
from services.controls.policies.acknowledgements.schemas import Excusal, RecordedAcknowledgements
from services.controls.policies.policies.models import PolicyVersion
from services.controls.policies.policy_campaigns.actions import event_fields, open_campaign, outstanding
from services.controls.policies.policy_campaigns.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CampaignStatus,
    PolicyCampaign,
)
from shared.data.base import table_of
from shared.data.records import found, locked
from shared.events.catalogue.policies import PolicyAcknowledged, PolicyCampaignCompleted, PolicyPeopleExcused
from shared.events.event import Event
from shared.events.trail import announce
from shared.identity.callers import Actor, person_of
from shared.people.references import KnownPerson, people_named
from shared.problems import Fault, Forbidden, Invalid, not_allowed

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


async def record_earlier(
    session: AsyncSession,
    campaign_id: UUID,
    *,
    earlier: Earlier,
    statement: str | None,
    evidence_id: UUID | None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Record that a person acknowledged outside Attest on an earlier day; the id of their acknowledgement."""
    campaign = await open_campaign(session, campaign_id, "acknowledge")
    person = person_of(earlier.by)
    (theirs,) = await asked(session, campaign_id, [person] if person else []) or (None,)
    if theirs is None:
        raise Invalid("The campaign does not include this person.")
    if theirs.status == AcknowledgementStatus.ACKNOWLEDGED:
        raise not_allowed("acknowledge", theirs.status, [])
    version = await found(session, PolicyVersion, campaign.version_id)
    assert version, "a campaign is of a version"
    assert version.published_at, "a campaign is of a published version"
    if earlier.on < day_of(version.published_at):
        raise Invalid(f"The version was published on {day_of(version.published_at)}.")
    shown = {"on_behalf": True, "statement": statement or earlier.reason, "evidence_id": evidence_id}
    await _acknowledged(session, campaign, [theirs], shown, by=by, at=at, earlier=earlier)
    return theirs.id


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
    earlier: Earlier | None = None,
) -> None:
    excused = sum(acknowledgement.status == AcknowledgementStatus.EXCUSED for acknowledgement in new)
    done = {
        "status": AcknowledgementStatus.ACKNOWLEDGED,
        "acknowledged_at": earlier.at if earlier else at,
        "recorded_at": at,
        "recorded_by": earlier.recorded_by if earlier else by.recorded,
        "historical_record_id": earlier.record_id if earlier else None,
        "excuse": None,
    }
    await _change(session, new, {**done, **shown}, at=at)
    campaign.acknowledged += len(new)
    campaign.excused -= excused
    ids = [acknowledgement.person_id for acknowledgement in new]
    event = PolicyAcknowledged(
        **event_fields(campaign),
        acknowledged_ids=ids,
        on_behalf=shown["on_behalf"],
        acknowledged_at=earlier.at if earlier else None,
        historical_record_id=done["historical_record_id"],
    )
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
