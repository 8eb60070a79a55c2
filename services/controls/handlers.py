"""What this service hears, and does about it.

Of evidence, by which controls are reassessed; of its own controls and tests that fail; and what it only takes note of:
teams, risks, assets and engagements. What other systems report of checks that are linked to controls becomes test
results.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.known_evidence.actions import (
    COLLECTIONS,
    EXPECTATIONS,
    PROOFS,
    note_collections,
    note_expectations,
    note_proofs,
)
from services.controls.history.known_items.actions import ITEMS
from services.controls.issues.recurrences.actions import FailedTest, Failing, note_failed_tests, note_failing_controls
from services.controls.policies.known_teams.actions import TEAMS
from services.controls.programmes.known_assets.actions import ASSETS
from services.controls.programmes.known_engagements.actions import ENGAGEMENTS
from services.controls.programmes.known_risks.actions import RISKS
from services.controls.reported.reported_checks.actions import record
from services.controls.testing.check_links.rules import Report
from shared.data.sessions import instant_of
from shared.events.catalogue.controls import ControlFailing
from shared.events.catalogue.evidence import AboutExpectation, AboutItem
from shared.events.catalogue.evidence_collections import CollectionEvent
from shared.events.catalogue.facts import CheckReported
from shared.events.catalogue.testing import Outcome, TestRecorded
from shared.events.event import Event, Heard, hears_at_once, hears_in_batches


@hears_at_once(*EXPECTATIONS.events)
async def reassess_controls_by_what_is_expected(
    session: AsyncSession, heard: Sequence[Heard[AboutExpectation]]
) -> None:
    await note_expectations(session, heard, at=heard[0].occurred_at)


@hears_at_once(*COLLECTIONS.events)
async def reassess_controls_by_overdue_evidence(session: AsyncSession, heard: Sequence[Heard[CollectionEvent]]) -> None:
    await note_collections(session, heard, at=heard[0].occurred_at)


@hears_at_once(*PROOFS.events)
async def reassess_controls_by_their_evidence(session: AsyncSession, heard: Sequence[Heard[AboutItem]]) -> None:
    await note_proofs(session, heard, at=heard[0].occurred_at)


@hears_at_once(ControlFailing)
async def put_failing_controls_on_record(session: AsyncSession, heard: Sequence[Heard[ControlFailing]]) -> None:
    """In a transaction of its own, since an issue may be about other controls too, which are held with it."""
    failing = [
        Failing(message.subject, message.event.reasons, message.event.reason_codes, message.id) for message in heard
    ]
    await note_failing_controls(session, failing, failed_at=heard[0].occurred_at, at=instant_of(session))


@hears_at_once(TestRecorded)
async def bring_back_issues_whose_test_fails_again(session: AsyncSession, heard: Sequence[Heard[TestRecorded]]) -> None:
    failed = [
        FailedTest(
            message.event.control_id,
            message.event.standing_id,
            message.event.title,
            message.event.observed_at,
            message.id,
        )
        for message in heard
        if message.event.outcome == Outcome.FAIL
    ]
    await note_failed_tests(session, failed, at=instant_of(session))


@hears_at_once(CheckReported)
async def record_linked_checks_as_test_results(session: AsyncSession, heard: Sequence[Heard[CheckReported]]) -> None:
    """By whoever reported them: the client that sent a file, and Attest itself for what came by webhook."""
    for actor, messages in groupby(heard, key=attrgetter("actor")):
        reports = [Report(message.subject, message.event) for message in messages]
        await record(session, reports, by=actor, at=instant_of(session))


@hears_in_batches(*ITEMS.events)
async def know_items_of_evidence(session: AsyncSession, heard: Sequence[Heard[AboutItem]]) -> None:
    await ITEMS.note(session, heard)


@hears_in_batches(*TEAMS.events)
async def know_teams(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await TEAMS.note(session, heard)


@hears_in_batches(*RISKS.events)
async def know_risks(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await RISKS.note(session, heard)


@hears_in_batches(*ASSETS.events)
async def know_assets(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ASSETS.note(session, heard)


@hears_in_batches(*ENGAGEMENTS.events)
async def know_engagements(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ENGAGEMENTS.note(session, heard)
