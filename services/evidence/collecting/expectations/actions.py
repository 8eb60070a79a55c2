"""The verbs of an expectation. Each changes its row and adds the event, in the caller's transaction."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.expectations import rules
from services.evidence.collecting.expectations.models import (
    EvidenceKind,
    Expectation,
    ExpectationStatus,
    RetiredControl,
)
from services.evidence.collecting.expectations.schemas import OWNERS, CadenceDraft, ExpectationDraft
from services.evidence.collecting.record_schemas.actions import known
from shared.data.base import table_of
from shared.data.records import lock_rows, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ControlRetired
from shared.events.catalogue.evidence import ExpectationDefined
from shared.events.replicas import Facet, Replica
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover, handed_over
from shared.people.references import keep_backup_apart, people_columns
from shared.problems import Conflict, Fault, Invalid

RETIRED_CONTROLS = Replica(
    RetiredControl, Facet("version", (ControlRetired,), retired_at=lambda heard: heard.occurred_at)
)
_C = table_of(Expectation).c
# Every date since the start gets its collection; a daily one of old would bury people in them.
_LONGEST_AGO = timedelta(days=366)


class ControlIsRetired(Conflict):
    """The control is retired."""


class BeganTooLongAgo(Invalid):
    """The cadence began more than a year ago."""


async def define(session: AsyncSession, *, draft: ExpectationDraft, by: Actor, at: datetime) -> Expectation:
    """Say what a control needs as proof. `ControlIsRetired` when it was heard to be retired."""
    owners = await people_columns(session, draft, "owner", nullable={"backup_owner"})
    await one_at_a_time(session, draft.control_id)
    if await session.scalar(select(RetiredControl.id).where(RetiredControl.id == draft.control_id)):
        raise ControlIsRetired(f"The control {draft.control_id} is retired.", faults=[Fault("/control_id", "retired")])
    await require_schema(session, draft.record_schema_id)
    expectation = Expectation(
        **draft.model_dump(exclude={"cadence", *OWNERS}),
        **owners,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    keep_backup_apart(expectation.owner_id, expectation.backup_owner_id)
    fits_result_files(expectation)
    if draft.cadence is not None:
        collect_by(expectation, draft.cadence, after=None, at=at)
    session.add(expectation)
    event = ExpectationDefined(**told_of(expectation))
    announce(session, event, about=expectation, by=by, at=at)
    return expectation


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Let another person be asked for what a leaver is asked for, as owner or as backup."""
    asked = or_(*(column == handover.from_person for column in (_C.owner_id, _C.backup_owner_id)))
    theirs = select(Expectation).where(Expectation.status == ExpectationStatus.ACTIVE, asked)
    for expectation in await lock_rows(session, theirs.order_by(col(Expectation.id))):
        expectation.owner_id, expectation.backup_owner_id = handed_over(
            expectation.owner_id, expectation.backup_owner_id, handover
        )
        event = ExpectationDefined(**told_of(expectation))
        announce(session, event, about=expectation, by=SYSTEM, at=handover.at, reason=handover.reason)


def told_of(expectation: Expectation) -> dict[str, Any]:
    """What every event says of an expectation."""
    return {
        "control_id": expectation.control_id,
        "title": expectation.title,
        "expected_since": expectation.created_at,
        "freshness_days": expectation.freshness_days,
    }


def fits_result_files(expectation: Expectation) -> None:
    """`Invalid` when result files are to be evidence for an expectation that asks for something else."""
    if expectation.result_source is None:
        return
    faults = []
    if expectation.kind != EvidenceKind.RECORD:
        faults.append(Fault("/kind", "is record where result files are handed in"))
    if expectation.record_schema_id is not None:
        faults.append(Fault("/record_schema_id", "is none where result files are handed in"))
    if faults:
        raise Invalid("What result files come to is handed in as records of their own form.", faults=faults)


async def require_schema(session: AsyncSession, schema_id: UUID | None) -> None:
    """`UnknownRecordSchema` when there is none of this id."""
    await known(session, {} if schema_id is None else {schema_id: "/record_schema_id"})


def collect_by(expectation: Expectation, draft: CadenceDraft | None, *, after: date | None, at: datetime) -> None:
    """Let a cadence say what is collected from now on; dates up to `after` are done with: they have a collection."""
    if draft is not None and draft.starts_on < (at - _LONGEST_AGO).date():
        raise BeganTooLongAgo(
            "The cadence began more than a year ago.", faults=[Fault("/cadence/starts_on", "more than a year ago")]
        )
    cadence = None if draft is None else draft.cadence()
    expectation.cadence = None if cadence is None else cadence.stored()
    expectation.next_on, expectation.next_opens_at = rules.opening(cadence, after=after)
