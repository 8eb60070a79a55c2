"""The verbs of an expectation. Each changes its row and adds the event, in the caller's transaction."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.evidence.collecting.expectations import rules
from services.evidence.collecting.expectations.models import Expectation, RetiredControl
from services.evidence.collecting.expectations.schemas import CadenceDraft, ExpectationDraft
from services.evidence.collecting.record_schemas.actions import known
from shared.data.records import one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ControlRetired
from shared.events.catalogue.evidence import ExpectationDefined
from shared.events.replicas import Facet, Replica
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid

RETIRED_CONTROLS = Replica(
    RetiredControl, Facet("version", (ControlRetired,), retired_at=lambda heard: heard.occurred_at)
)
# Every date since the start gets its collection; a daily one of old would bury people in them.
_LONGEST_AGO = timedelta(days=366)


class ControlIsRetired(Conflict):
    """The control is retired."""


class BeganTooLongAgo(Invalid):
    """The cadence began more than a year ago."""


async def define(session: AsyncSession, *, draft: ExpectationDraft, by: Actor, at: datetime) -> Expectation:
    """Say what a control needs as proof. `ControlIsRetired` when it was heard to be retired."""
    await one_at_a_time(session, draft.control_id)
    if await session.scalar(select(RetiredControl.id).where(RetiredControl.id == draft.control_id)):
        raise ControlIsRetired(f"The control {draft.control_id} is retired.", faults=[Fault("/control_id", "retired")])
    await require_schema(session, draft.record_schema_id)
    expectation = Expectation(
        **draft.model_dump(exclude={"cadence"}), org_id=organisation_of(session), created_at=at, updated_at=at
    )
    if draft.cadence is not None:
        collect_by(expectation, draft.cadence, after=None, at=at)
    session.add(expectation)
    event = ExpectationDefined(control_id=expectation.control_id, title=expectation.title)
    announce(session, event, about=expectation, by=by, at=at)
    return expectation


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
