"""What this service hears of controls, engagements, requests, result files and people who leave, and does about it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.calendar_feeds.actions import FEEDS
from services.evidence.collecting.request_collections.actions import follow
from services.evidence.intake.storage.actions import QUOTAS
from services.evidence.items.expectation_changes.actions import withdraw_all_of_control
from services.evidence.items.result_records.actions import hand_in
from services.evidence.keeping.answered_items.actions import ANSWERED
from services.evidence.keeping.engagements.actions import ENGAGEMENTS
from services.evidence.keeping.known_controls.actions import CONTROLS
from shared.events.catalogue.audit import AboutEngagement
from shared.events.catalogue.controls import ControlRetired
from shared.events.catalogue.gateway import StorageQuotaSet
from shared.events.catalogue.integrations import ResultFileReceived
from shared.events.catalogue.people import PersonLeft
from shared.events.catalogue.requests import RELEASED_EVENTS, RequestAnswered, RequestEvent
from shared.events.event import Event, Heard, hears, hears_in_batches
from shared.identity.callers import SYSTEM


@hears(ControlRetired)
async def stop_asking_for_evidence_of_a_retired_control(session: AsyncSession, heard: Heard[ControlRetired]) -> None:
    await withdraw_all_of_control(session, heard)


@hears_in_batches(*ENGAGEMENTS.events)
async def know_what_engagements_examine(session: AsyncSession, heard: Sequence[Heard[AboutEngagement]]) -> None:
    await ENGAGEMENTS.note(session, heard)


@hears_in_batches(*CONTROLS.events)
async def know_what_controls_are_called(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await CONTROLS.note(session, heard)


@hears_in_batches(*QUOTAS.events)
async def know_storage_quotas(session: AsyncSession, heard: Sequence[Heard[StorageQuotaSet]]) -> None:
    await QUOTAS.note(session, heard)


@hears(ResultFileReceived)
async def hand_in_result_files_as_evidence(session: AsyncSession, heard: Heard[ResultFileReceived]) -> None:
    await hand_in(session, heard)


@hears(*RELEASED_EVENTS)
async def collect_what_an_auditor_asks_for(session: AsyncSession, heard: Heard[RequestEvent]) -> None:
    await follow(session, heard)


@hears_in_batches(*ANSWERED.events)
async def know_what_requests_were_answered_with(session: AsyncSession, heard: Sequence[Heard[RequestAnswered]]) -> None:
    await ANSWERED.note(session, heard)


@hears(PersonLeft)
async def revoke_the_calendar_feeds_of_who_left(session: AsyncSession, heard: Heard[PersonLeft]) -> None:
    reason = f"{heard.event.display_name} has left."
    await FEEDS.revoke_all_of(session, heard.subject, reason=reason, by=SYSTEM, at=heard.occurred_at)
