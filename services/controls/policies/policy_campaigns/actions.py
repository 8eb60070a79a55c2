"""The verbs of a campaign. Its counts change under its lock, by whoever acknowledges too."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.days import day_of
from services.controls.policies.policies.models import PolicyVersion, VersionStatus
from services.controls.policies.policy_campaigns.models import CampaignStatus, PolicyCampaign
from services.controls.policies.policy_campaigns.queries import ask, people_of, unannounced_overdue, with_reminders_due
from services.controls.policies.policy_campaigns.rules import next_reminder
from services.controls.policies.policy_campaigns.schemas import Audience, PolicyCampaignDraft, PolicyCampaignRevision
from shared.data.records import ANY_VERSION, found, lock_free, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.policies import (
    PolicyAudienceExtended,
    PolicyCampaignClosed,
    PolicyCampaignOverdue,
    PolicyCampaignReminded,
    PolicyCampaignRevised,
    PolicyCampaignStarted,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import Fault, Invalid, not_allowed


async def start(session: AsyncSession, *, draft: PolicyCampaignDraft, by: Actor, at: datetime) -> PolicyCampaign:
    """Ask people to acknowledge a version that is published."""
    person_ids = await people_of(session, draft.audience, "/audience")
    version, today = await found(session, PolicyVersion, draft.version_id), day_of(at)
    published = version is not None and version.status == VersionStatus.PUBLISHED
    faults = [] if published else [Fault("/version_id", "The published version does not exist.")]
    if draft.due_on < today:
        faults.append(Fault("/due_on", "in the past"))
    if version is None or faults:
        raise Invalid("The campaign is not valid.", faults=faults)
    campaign = PolicyCampaign(
        **draft.model_dump(exclude={"audience"}),
        policy_id=version.policy_id,
        next_reminder_on=next_reminder(draft.due_on, draft.reminder_days, after=today),
        people=len(person_ids),
        org_id=organisation_of(session),
        started_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(campaign)
    announce(session, PolicyCampaignStarted(**event_fields(campaign)), about=campaign, by=by, at=at)
    await ask(session, campaign.id, person_ids, at=at)
    return campaign


async def revise(
    session: AsyncSession,
    campaign_id: UUID,
    *,
    revision: PolicyCampaignRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change an open campaign's title, due date or reminders."""
    campaign = await open_campaign(session, campaign_id, "revise", expected=expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(campaign, name, value)
    campaign.next_reminder_on = next_reminder(campaign.due_on, campaign.reminder_days, after=day_of(at))
    announce(session, PolicyCampaignRevised(**event_fields(campaign)), about=campaign, by=by, at=at)


async def extend(session: AsyncSession, campaign_id: UUID, *, audience: Audience, by: Actor, at: datetime) -> None:
    """Ask more people; who is asked already stays as they are."""
    person_ids = await people_of(session, audience)
    campaign = await open_campaign(session, campaign_id, "extend")
    added = await ask(session, campaign.id, person_ids, at=at)
    if added:
        campaign.people += added
        event = PolicyAudienceExtended(**event_fields(campaign), added=added)
        announce(session, event, about=campaign, by=by, at=at)


async def close(session: AsyncSession, campaign_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """End an open campaign with people outstanding."""
    campaign = await open_campaign(session, campaign_id, "close")
    campaign.status, campaign.next_reminder_on = CampaignStatus.CLOSED, None
    campaign.ended_by, campaign.ended_at, campaign.closing_reason = by.recorded, at, reason
    announce(session, PolicyCampaignClosed(**event_fields(campaign)), about=campaign, by=by, at=at, reason=reason)


async def remind(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce whose people are to be reminded, each of the days once; how many it was."""
    today = day_of(as_of)
    due = with_reminders_due(today).with_only_columns(PolicyCampaign).order_by(col(PolicyCampaign.id)).limit(limit)
    campaigns = await lock_free(session, due)
    for campaign in campaigns:
        campaign.next_reminder_on = next_reminder(campaign.due_on, campaign.reminder_days, after=today)
        event = PolicyCampaignReminded(**event_fields(campaign), outstanding=outstanding(campaign))
        announce(session, event, about=campaign, by=SYSTEM, at=as_of)
    return len(campaigns)


async def announce_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which campaigns are overdue, each once for a due date; how many it was."""
    late = (
        unannounced_overdue(day_of(as_of))
        .with_only_columns(PolicyCampaign)
        .order_by(col(PolicyCampaign.id))
        .limit(limit)
    )
    campaigns = await lock_free(session, late)
    for campaign in campaigns:
        campaign.overdue_told_for = campaign.due_on
        event = PolicyCampaignOverdue(**event_fields(campaign), outstanding=outstanding(campaign))
        announce(session, event, about=campaign, by=SYSTEM, at=as_of)
    return len(campaigns)


async def open_campaign(
    session: AsyncSession, campaign_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> PolicyCampaign:
    """The campaign, locked, as long as it is open."""
    campaign = await locked(session, PolicyCampaign, campaign_id, noun="campaign", expected=expected)
    if campaign.status != CampaignStatus.OPEN:
        raise not_allowed(verb, campaign.status, [])
    return campaign


def outstanding(campaign: PolicyCampaign) -> int:
    """How many of its people have neither acknowledged nor been excused."""
    return campaign.people - campaign.acknowledged - campaign.excused


def event_fields(campaign: PolicyCampaign) -> dict[str, Any]:
    """What every event about a campaign says."""
    names = {"policy_id", "version_id", "title", "due_on", "people", "acknowledged", "excused"}
    return campaign.model_dump(include=names)
