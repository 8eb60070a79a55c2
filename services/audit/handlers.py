"""What this service hears of controls, programmes, risks, assets, evidence, organisations and firms, and does about it.

Instants of what happened are those of the events; the record is kept by this service's own clock, so that
`updated_since` misses nothing that is heard late.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.known_commitments.actions import COMMITMENTS
from services.audit.description.known_vendors.actions import VENDORS
from services.audit.engagements.engagement_history.actions import RECORDS
from services.audit.engagements.facts.actions import (
    CONTROLS,
    MISSES,
    PERFORMANCES,
    PERFORMERS,
    note_controls,
    note_risks,
)
from services.audit.engagements.known_assets.actions import ASSETS
from services.audit.engagements.known_definitions.actions import DEFINITIONS
from services.audit.engagements.known_firms.actions import FIRMS, LICENCES
from services.audit.engagements.known_organisations.actions import ORGANISATIONS
from services.audit.engagements.known_programmes.actions import PROGRAMMES
from services.audit.planning.audit_calendar_feeds.actions import FEEDS
from services.audit.requests.known_evidence.actions import EVIDENCE
from services.audit.requests.request_answers.actions import submit_collected
from shared.data.records import one_at_a_time
from shared.data.sessions import instant_of
from shared.data.transactions import touched
from shared.events.catalogue.controls import AboutControl
from shared.events.catalogue.evidence_collections import CollectionAccepted
from shared.events.catalogue.history import AboutHistoricalRecord
from shared.events.catalogue.people import PersonLeft
from shared.events.catalogue.risk import RatedRisk, RiskBackWithinAppetite, RiskExceededAppetite
from shared.events.event import Event, Heard, hears, hears_in_batches
from shared.identity.callers import SYSTEM


@hears_in_batches(*CONTROLS.events)
async def keep_candidates_in_step_with_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> None:
    await one_at_a_time(session, *(event.subject for event in heard))
    causes = await note_controls(session, heard)
    for control_id, cause in causes.items():
        touched(session, control_id, at=instant_of(session), cause=cause)


@hears_in_batches(*MISSES.events, *PERFORMANCES.events)
async def keep_candidates_in_step_with_missed_occurrences(session: AsyncSession, heard: Sequence[Heard[Any]]) -> None:
    await one_at_a_time(session, *{event.event.control_id for event in heard})
    await PERFORMERS.note(session, heard)
    for news in [*await MISSES.note(session, heard), *await PERFORMANCES.note(session, heard)]:
        touched(session, news.row["control_id"], at=instant_of(session), cause=news.heard.id)


@hears_in_batches(*DEFINITIONS.events)
async def know_definitions(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await DEFINITIONS.note(session, heard)


@hears_in_batches(*PROGRAMMES.events)
async def know_programmes(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await PROGRAMMES.note(session, heard)


@hears_in_batches(*ASSETS.events)
async def know_assets(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ASSETS.note(session, heard)


@hears_in_batches(*COMMITMENTS.events)
async def know_commitments(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await COMMITMENTS.note(session, heard)


@hears_in_batches(*VENDORS.events)
async def know_vendors(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await VENDORS.note(session, heard)


@hears_in_batches(*RECORDS.events)
async def know_what_was_told_of_earlier_days(
    session: AsyncSession, heard: Sequence[Heard[AboutHistoricalRecord]]
) -> None:
    await RECORDS.note(session, heard)


@hears_in_batches(*ORGANISATIONS.events)
async def know_organisations(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ORGANISATIONS.note(session, heard)


@hears_in_batches(*FIRMS.events, *LICENCES.events)
async def know_firms_and_their_licences(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await FIRMS.note(session, heard)
    await LICENCES.note(session, heard)


@hears_in_batches(*EVIDENCE.events)
async def know_what_an_answer_may_name(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await EVIDENCE.note(session, heard)


@hears(PersonLeft)
async def revoke_the_calendar_feeds_of_who_left(session: AsyncSession, heard: Heard[PersonLeft]) -> None:
    reason = f"{heard.event.display_name} has left."
    await FEEDS.revoke_all_of(session, heard.subject, reason=reason, by=SYSTEM, at=heard.occurred_at)


@hears(CollectionAccepted)
async def answer_requests_with_what_was_collected(session: AsyncSession, heard: Heard[CollectionAccepted]) -> None:
    await submit_collected(session, heard)


@hears_in_batches(RiskExceededAppetite, RiskBackWithinAppetite)
async def note_risks_above_appetite(session: AsyncSession, heard: Sequence[Heard[RatedRisk]]) -> None:
    await one_at_a_time(session, *{control_id for event in heard for control_id in event.event.controls})
    await note_risks(session, heard)
    for event in heard:
        touched(session, *event.event.controls, at=instant_of(session), cause=event.id)
