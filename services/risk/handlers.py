"""What this service hears of controls, evidence, issues, findings, programmes and engagements, and does about it.

A rating is found when its news is heard, not when it happened: who syncs by `updated_since` would miss it otherwise.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicator_definitions.actions import count, wait_for_turn
from services.risk.indicators.indicators.models import Metric
from services.risk.indicators.known_collections.actions import COLLECTIONS
from services.risk.indicators.known_findings.actions import FINDINGS
from services.risk.indicators.known_issues.actions import ISSUES
from services.risk.register.known_controls.actions import CONTROLS
from services.risk.register.known_engagements.actions import ENGAGEMENTS
from services.risk.register.known_programmes.actions import PROGRAMMES
from services.risk.register.ratings.actions import note_controls
from services.risk.vendors.known_evidence.actions import EVIDENCE
from shared.events.catalogue.controls import AboutControl
from shared.events.event import Event, Heard, hears_in_batches


@hears_in_batches(*CONTROLS.events)
async def rate_risks_by_their_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> None:
    await wait_for_turn(session, heard)
    await note_controls(session, heard)
    await count(session, Metric.FAILING_CONTROLS, heard)


@hears_in_batches(*COLLECTIONS.events)
async def count_overdue_collections(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await wait_for_turn(session)
    await COLLECTIONS.note(session, heard)
    await count(session, Metric.OVERDUE_COLLECTIONS, heard)


@hears_in_batches(*ISSUES.events)
async def count_open_issues(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await wait_for_turn(session)
    await ISSUES.note(session, heard)
    await count(session, Metric.OPEN_ISSUES, heard)


@hears_in_batches(*FINDINGS.events)
async def count_open_findings(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await wait_for_turn(session)
    await FINDINGS.note(session, heard)
    await count(session, Metric.OPEN_FINDINGS, heard)


@hears_in_batches(*ENGAGEMENTS.events)
async def know_engagements(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ENGAGEMENTS.note(session, heard)


@hears_in_batches(*PROGRAMMES.events)
async def know_programmes(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await PROGRAMMES.note(session, heard)


@hears_in_batches(*EVIDENCE.events)
async def know_evidence(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await EVIDENCE.note(session, heard)
