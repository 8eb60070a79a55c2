"""The verbs of an expectation. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.actions import skip_all_of
from services.evidence.collecting.collections.models import Collection
from services.evidence.collecting.expectations import rules
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus, RetiredControl
from services.evidence.collecting.expectations.schemas import CadenceDraft, ExpectationDraft, ExpectationRevision
from services.evidence.items.freshness.actions import reckon_anew, stop_counting
from services.evidence.items.record_schemas.actions import known
from shared.data.records import ANY_VERSION, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ControlRetired
from shared.events.catalogue.evidence import ExpectationDefined, ExpectationWithdrawn
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica
from shared.events.trail import announce
from shared.identity.callers import SYSTEM
from shared.problems import Conflict, Fault, Invalid, not_allowed

RETIRED_CONTROLS = Replica(
    RetiredControl, Facet("version", (ControlRetired,), retired_at=lambda heard: heard.occurred_at)
)
# Every date since the start gets its collection; a daily one of old would bury people in them.
_LONGEST_AGO = timedelta(days=366)


class ControlIsRetired(Conflict):
    """Nothing is expected of a retired control."""


class BeganTooLongAgo(Invalid):
    """Evidence of more than a year ago is not collected any more."""


async def define(session: AsyncSession, *, draft: ExpectationDraft, by: str, at: datetime) -> Expectation:
    """Say what a control needs as proof. `ControlIsRetired` when it was heard to be retired."""
    await one_at_a_time(session, draft.control_id)
    if await session.scalar(select(RetiredControl.id).where(RetiredControl.id == draft.control_id)):
        raise ControlIsRetired(f"The control {draft.control_id} is retired.", faults=[Fault("/control_id", "retired")])
    await _know_schema(session, draft.record_schema_id)
    expectation = Expectation(
        **draft.model_dump(exclude={"cadence"}), org_id=organisation_of(session), created_at=at, updated_at=at
    )
    if draft.cadence is not None:
        await _collect_by(session, expectation, draft.cadence, at=at)
    event = ExpectationDefined(control_id=expectation.control_id, title=expectation.title)
    await announce(session, event, about=expectation, by=by, at=at)
    return expectation


async def revise(
    session: AsyncSession,
    expectation_id: UUID,
    *,
    revision: ExpectationRevision,
    expected: int,
    by: str,
    at: datetime,
) -> None:
    """Change an expectation; what was accepted for it counts by the new days from now on."""
    expectation = await locked(session, Expectation, expectation_id, noun="expectation", expected=expected)
    if expectation.status != ExpectationStatus.ACTIVE:
        raise not_allowed("revise", expectation.status, [])
    await _know_schema(session, revision.record_schema_id)
    for name, value in revision.changes().items():
        setattr(expectation, name, value)
    if "cadence" in revision.model_fields_set:
        await _collect_by(session, expectation, revision.cadence, at=at)
    event = ExpectationDefined(control_id=expectation.control_id, title=expectation.title)
    await announce(session, event, about=expectation, by=by, at=at)
    await reckon_anew(
        session,
        expectation.id,
        freshness_days=expectation.freshness_days,
        expiring_days=expectation.expiring_days,
        by=by,
        at=at,
    )


async def withdraw(session: AsyncSession, expectation_id: UUID, *, reason: str, by: str, at: datetime) -> None:
    """Active → withdrawn: nobody is asked for it any longer, and what was accepted for it no longer counts."""
    expectation = await locked(session, Expectation, expectation_id, noun="expectation", expected=ANY_VERSION)
    if expectation.status != ExpectationStatus.ACTIVE:
        raise not_allowed("withdraw", expectation.status, [])
    await _withdraw(session, [expectation], reason=reason, by=by, at=at)


async def withdraw_all_of_control(session: AsyncSession, heard: Heard[ControlRetired]) -> None:
    """Remember that a control is retired, and withdraw what is expected of it."""
    await one_at_a_time(session, heard.subject)
    await RETIRED_CONTROLS.note(session, [heard])
    active = select(Expectation).where(
        Expectation.control_id == heard.subject, Expectation.status == ExpectationStatus.ACTIVE
    )
    held = active.order_by(col(Expectation.id)).with_for_update().execution_options(populate_existing=True)
    expectations = (await session.scalars(held)).all()
    reason = f"The control {heard.event.code} was retired."
    await _withdraw(session, expectations, reason=reason, by=SYSTEM, at=heard.occurred_at)


async def _withdraw(
    session: AsyncSession, expectations: Sequence[Expectation], *, reason: str, by: str, at: datetime
) -> None:
    for expectation in expectations:
        expectation.status = ExpectationStatus.WITHDRAWN
        expectation.next_on = expectation.next_opens_at = None
        event = ExpectationWithdrawn(control_id=expectation.control_id, title=expectation.title)
        await announce(session, event, about=expectation, by=by, at=at, reason=reason)
    ids = [each.id for each in expectations]
    await stop_counting(session, ids, at=at)
    await skip_all_of(session, ids, reason=reason, by=by, at=at)


async def _know_schema(session: AsyncSession, schema_id: UUID | None) -> None:
    await known(session, {} if schema_id is None else {schema_id: "/record_schema_id"})


async def _collect_by(
    session: AsyncSession, expectation: Expectation, draft: CadenceDraft | None, *, at: datetime
) -> None:
    """Let a cadence say what is collected from now on; dates up to the last that has a collection are done with."""
    if draft is not None and draft.starts_on < (at - _LONGEST_AGO).date():
        raise BeganTooLongAgo(
            "The cadence began more than a year ago.", faults=[Fault("/cadence/starts_on", "more than a year ago")]
        )
    last = select(func.max(Collection.intended_on)).where(Collection.expectation_id == expectation.id)
    after = await session.scalar(last)
    cadence = None if draft is None else draft.cadence()
    expectation.cadence = None if cadence is None else cadence.stored()
    expectation.next_on, expectation.next_opens_at = rules.opening(cadence, after=after)
