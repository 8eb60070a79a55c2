"""What was heard of controls and risks: the verbs that take it in and recall it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, column, func, literal, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.facts.models import (
    KnownControl,
    KnownHealth,
    KnownMiss,
    KnownPerformance,
    KnownPerformer,
    KnownRisk,
)
from services.audit.engagements.facts.rules import (
    Exceedance,
    Facts,
    Failure,
    HealthChange,
    Miss,
    Performance,
    failing_by_misses,
    failures,
)
from shared.data.base import table_of
from shared.data.bulk import document, inserting
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import (
    AboutControl,
    AboutHealth,
    ControlApproved,
    ControlAtRisk,
    ControlDefined,
    ControlFailing,
    ControlImplemented,
    ControlProven,
    ControlRecovered,
    ControlRetired,
    ControlRevised,
    ControlUnproven,
    HealthState,
)
from shared.events.catalogue.definitions import ControlReassigned
from shared.events.catalogue.occurrences import OccurrenceMissed, OccurrenceRecorded, OccurrenceWithdrawn
from shared.events.catalogue.risk import RatedRisk, RiskExceededAppetite
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica, Row

CONTROLS = Replica(
    KnownControl,
    Facet(
        "control_version",
        (ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired),
        "code",
        "title",
    ),
    Facet(
        "health_version",
        (ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven),
        "code",
        "title",
        "health",
    ),
    Facet("owner_version", (ControlDefined, ControlReassigned), "code", "title", "owner_id", "backup_owner_id"),
)


def _misses(heard: Heard[OccurrenceMissed]) -> Iterable[Row]:
    told = heard.event
    yield {
        "control_id": told.control_id,
        "due_on": told.due_on,
        "code": told.control_code,
        "title": told.control_title,
        "missed_at": told.missed_at,
    }


def _late_performances(heard: Heard[OccurrenceRecorded | OccurrenceWithdrawn]) -> Iterable[Row]:
    """What was recorded in time is no news of a miss; when it is withdrawn, that may be heard first."""
    told = heard.event
    if told.due_on is not None and (isinstance(told, OccurrenceWithdrawn) or told.missed_at is not None):
        yield {
            "id": heard.subject,
            "control_id": told.control_id,
            "due_on": told.due_on,
            "performed_at": told.performed_at,
            "recorded_at": heard.occurred_at,
            "withdrawn": isinstance(told, OccurrenceWithdrawn),
        }


def _performers(heard: Heard[OccurrenceRecorded | OccurrenceWithdrawn]) -> Iterable[Row]:
    """Who is known by name only is no person of the directory."""
    told = heard.event
    withdrawn = isinstance(told, OccurrenceWithdrawn)
    person_id = None if isinstance(told, OccurrenceWithdrawn) else told.performed_by_id
    if withdrawn or person_id is not None:
        yield {
            "id": heard.subject,
            "control_id": told.control_id,
            "person_id": person_id,
            "performed_at": told.performed_at,
            "withdrawn": withdrawn,
        }


MISSES = Replica(
    KnownMiss,
    Facet("version", (OccurrenceMissed,), "code", "title", "missed_at", rows=_misses),
    key=("control_id", "due_on"),
)
PERFORMANCES = Replica(
    KnownPerformance,
    Facet(
        "version",
        (OccurrenceRecorded, OccurrenceWithdrawn),
        "control_id",
        "due_on",
        "performed_at",
        "recorded_at",
        "withdrawn",
        rows=_late_performances,
    ),
)

PERFORMERS = Replica(
    KnownPerformer,
    Facet(
        "version",
        (OccurrenceRecorded, OccurrenceWithdrawn),
        "control_id",
        "person_id",
        "performed_at",
        "withdrawn",
        rows=_performers,
    ),
)

_HEALTH, _RISK = table_of(KnownHealth), table_of(KnownRisk)
_NOTE_CHANGES = inserting(_HEALTH, _HEALTH.columns.keys()).on_conflict_do_nothing()
_NOTE_RISKS = inserting(_RISK, _RISK.columns.keys()).on_conflict_do_nothing()
_GIVEN = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid())), bindparam("since", type_=ARRAY(DateTime(timezone=True))))
    .table_valued(column("id", Uuid()), column("since", DateTime(timezone=True)))
    .render_derived(name="given")
)
_CONTROL = table_of(KnownControl)
_NOTE_FAILING = (
    update(_CONTROL)
    .where(_CONTROL.c.id == _GIVEN.c.id, _CONTROL.c.failing_since.is_distinct_from(_GIVEN.c.since))
    .values(failing_since=_GIVEN.c.since)
)


async def note_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> dict[UUID, UUID]:
    """Take in what controls are called and how their health changed. The caller has the controls one at a time.

    Returns the controls whose health changed, each with the event that told it last.
    """
    await CONTROLS.note(session, heard)
    changes: list[Heard[Any]] = [change for change in heard if isinstance(change.event, AboutHealth)]
    changes.sort(key=attrgetter("subject", "version"))
    if changes:
        await session.execute(_NOTE_CHANGES, document([_change(session, change) for change in changes]))
        await _note_failing(session, {change.subject for change in changes})
    return {change.subject: change.id for change in changes}


def _change(session: AsyncSession, heard: Heard[AboutHealth]) -> dict[str, Any]:
    return {
        "control_id": heard.subject,
        "org_id": organisation_of(session),
        "version": heard.version,
        "code": heard.event.code,
        "title": heard.event.title,
        "health": heard.event.health,
        "before": heard.event.before,
        "reasons": heard.event.reasons,
        "reason_codes": heard.event.reason_codes,
        "failing_since": heard.event.failing_since,
        "at": heard.occurred_at,
    }


async def _note_failing(session: AsyncSession, control_ids: Collection[UUID]) -> None:
    """Say of each control since when it fails, as all that is known of its health has it; null when it does not."""
    known = await _health_of(session, control_ids)
    since = {
        control_id: failed[-1].since if (failed := failures(known[control_id])) and failed[-1].ended is None else None
        for control_id in sorted(control_ids)
    }
    await session.execute(_NOTE_FAILING, {"ids": [*since], "since": [*since.values()]})


async def note_risks(session: AsyncSession, heard: Sequence[Heard[RatedRisk]]) -> None:
    """Take in that risks went above appetite, or back within it. The caller has their controls one at a time."""
    rows = [
        {
            "org_id": organisation_of(session),
            "control_id": control_id,
            "risk_id": event.subject,
            "version": event.version,
            "title": event.event.title,
            "level": event.event.current,
            "above": isinstance(event.event, RiskExceededAppetite),
            "at": event.occurred_at,
        }
        for event in heard
        for control_id in sorted(set(event.event.controls))
    ]
    if rows:
        await session.execute(_NOTE_RISKS, document(rows))


async def facts_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """What is known of those of these controls that ever failed or missed an occurrence."""
    health, missed = await _health_of(session, control_ids), await _misses_of(session, control_ids)
    failed: dict[UUID, list[Failure]] = {control_id: failures(changes) for control_id, changes in health.items()}
    concerned = [control_id for control_id in control_ids if failed.get(control_id) or control_id in missed]
    exceedances = await _exceedances_of(session, concerned) if concerned else {}
    return {
        control_id: Facts(
            failures=failed.get(control_id, []),
            misses=missed.get(control_id, []),
            failing_by_misses=failing_by_misses(health.get(control_id, ())),
            exceedances=exceedances.get(control_id, []),
        )
        for control_id in concerned
    }


async def named_in(session: AsyncSession, texts: Sequence[str]) -> Sequence[KnownControl]:
    """The controls whose code or title stands in one of these texts, as far as they were heard of."""
    if not texts:
        return []
    words, known = literal("\n".join(texts).lower(), Text()), table_of(KnownControl).c
    stands = or_(*(func.strpos(words, func.lower(name)) > 0 for name in (known.code, known.title)))
    return (await session.scalars(select(KnownControl).where(stands))).all()


async def _misses_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[Miss]]:
    """What these controls missed, oldest first, each with what was recorded of it afterwards."""
    recorded = select(KnownPerformance).where(
        col(KnownPerformance.control_id).in_(control_ids), ~col(KnownPerformance.withdrawn)
    )
    performances: dict[tuple[UUID, date], list[Performance]] = defaultdict(list)
    for row in (await session.execute(recorded)).scalars():
        performances[row.control_id, row.due_on].append(Performance(row.performed_at, row.recorded_at))
    missed = select(KnownMiss).where(col(KnownMiss.control_id).in_(control_ids)).order_by(col(KnownMiss.due_on))
    found: dict[UUID, list[Miss]] = defaultdict(list)
    for miss in (await session.execute(missed)).scalars():
        later = tuple(performances[miss.control_id, miss.due_on])
        found[miss.control_id].append(Miss(miss.code, miss.title, miss.due_on, miss.missed_at, later))
    return found


async def _exceedances_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[Exceedance]]:
    """When risks that these controls answer went above appetite, oldest first."""
    query = (
        select(KnownRisk)
        .where(col(KnownRisk.control_id).in_(control_ids), col(KnownRisk.above))
        .order_by(col(KnownRisk.at), col(KnownRisk.risk_id), col(KnownRisk.version))
    )
    found: dict[UUID, list[Exceedance]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.control_id].append(Exceedance(row.risk_id, row.version, row.title, row.level, row.at))
    return found


async def _health_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[HealthChange]]:
    query = (
        select(KnownHealth)
        .where(col(KnownHealth.control_id).in_(control_ids))
        .order_by(col(KnownHealth.control_id), col(KnownHealth.version))
    )
    found: dict[UUID, list[HealthChange]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.control_id].append(
            HealthChange(
                row.version,
                row.code,
                row.title,
                HealthState(row.health),
                HealthState(row.before),
                tuple(row.reasons),
                frozenset(row.reason_codes),
                row.at,
                row.failing_since,
            )
        )
    return found
