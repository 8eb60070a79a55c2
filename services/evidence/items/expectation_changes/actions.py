"""The verbs by which an expectation changes or ends, with what was accepted for it and what is asked for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.actions import skip_all_of
from services.evidence.collecting.collections.models import Collection
from services.evidence.collecting.expectations.actions import (
    RETIRED_CONTROLS,
    collect_by,
    fits_result_files,
    require_schema,
    told_of,
)
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.items.expectation_changes.schemas import ExpectationRevision
from services.evidence.items.freshness.actions import recalculate, stop_counting
from shared.data.records import ANY_VERSION, lock_rows, locked, one_at_a_time
from shared.events.catalogue.controls import ControlRetired
from shared.events.catalogue.evidence import ExpectationDefined, ExpectationWithdrawn
from shared.events.event import Heard
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.references import keep_backup_apart, people_columns
from shared.problems import not_allowed


async def revise(
    session: AsyncSession,
    expectation_id: UUID,
    *,
    revision: ExpectationRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change an expectation; what was accepted for it counts by the new days from now on."""
    owners = await people_columns(session, revision, "owner", nullable={"backup_owner"})
    expectation = await locked(session, Expectation, expectation_id, noun="expectation", expected=expected)
    if expectation.status != ExpectationStatus.ACTIVE:
        raise not_allowed("revise", expectation.status, [])
    await require_schema(session, revision.record_schema_id)
    for name, value in (revision.changes() | owners).items():
        setattr(expectation, name, value)
    keep_backup_apart(expectation.owner_id, expectation.backup_owner_id)
    fits_result_files(expectation)
    if "cadence" in revision.model_fields_set:
        last = select(func.max(Collection.intended_on)).where(Collection.expectation_id == expectation.id)
        collect_by(expectation, revision.cadence, after=await session.scalar(last), at=at)
    event = ExpectationDefined(**told_of(expectation))
    announce(session, event, about=expectation, by=by, at=at)
    await recalculate(
        session,
        expectation.id,
        freshness_days=expectation.freshness_days,
        expiring_days=expectation.expiring_days,
        by=by,
        at=at,
    )


async def withdraw(session: AsyncSession, expectation_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
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
    expectations = await lock_rows(session, active.order_by(col(Expectation.id)))
    reason = f"The control {heard.event.code} was retired."
    await _withdraw(session, expectations, reason=reason, by=SYSTEM, at=heard.occurred_at)


async def _withdraw(
    session: AsyncSession, expectations: Sequence[Expectation], *, reason: str, by: Actor, at: datetime
) -> None:
    for expectation in expectations:
        expectation.status = ExpectationStatus.WITHDRAWN
        expectation.next_on = expectation.next_opens_at = None
        event = ExpectationWithdrawn(**told_of(expectation))
        announce(session, event, about=expectation, by=by, at=at, reason=reason)
    ids = [expectation.id for expectation in expectations]
    await stop_counting(session, ids, at=at)
    await skip_all_of(session, ids, reason=reason, by=by, at=at)
