from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.register.controls.models import ControlFrequency, ControlStatus
from services.controls.register.occurrences import actions, queries
from services.controls.register.occurrences.queries import ControlRow, ControlRows
from services.controls.register.occurrences.rules import LONGEST_PERIOD, period_of
from services.controls.register.occurrences.schemas import (
    BatchOut,
    ControlPeriod,
    OccurrenceBatch,
    OccurrenceDraft,
    OccurrenceOut,
    OccurrenceWithdrawal,
    PeriodSummary,
)
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import Fault, Invalid, NotFound

routes = Routes("control occurrences")

Day = Annotated[date, Query(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]
FirstDay = Annotated[Day, Query(alias="from", examples=["2026-01-01"], description="The first day of the period")]
LastDay = Annotated[Day, Query(alias="to", examples=["2026-03-31"], description="Its last day, which is in it")]
AsOf = Annotated[Instant | None, Query(description="What was open or missed then; now when left out")]


class PeriodRefused(Invalid):
    """The period ends before it begins, or is longer than three years."""


@routes.get(
    "/v1/controls/{control_id}/occurrences",
    permission=P.CONTROLS_READ,
    response_model=ControlPeriod,
    refuses=(NotFound, PeriodRefused),
)
async def get_occurrences_of_control(
    control_id: UUID, read: Read, first_day: FirstDay, last_day: LastDay, as_of: AsOf = None
) -> Response:
    """What was expected of a control in a period, day by day and by the definition in force on it, and what was done.

    The days are those of the control's time zone. Nothing is expected of a control that waits for what happens: it has
    no occurrence, which is neither pass nor fail, until one is recorded.
    """
    end = _end(first_day, last_day)
    values = queries.values_of(first_day, end)
    body, _ = await queries.in_period.read(read.platform.database.reads, read.caller.org_id, control_id, **values)
    row = ControlRow.model_validate_json(body)
    found = period_of(row.facts, row.performances, start=first_day, end=end, as_of=as_of or now())
    return read.computed(
        ControlPeriod(
            **_named(row),
            outcome=found.outcome,
            counts=found.counts,
            next_due_on=found.next_due_on,
            period_start=first_day,
            period_end=last_day,
            parts=found.parts,
            expected=found.expected,
            additional=found.additional,
        )
    )


@routes.get(
    "/v1/control-occurrences",
    permission=P.CONTROLS_READ,
    response_model=Page[PeriodSummary],
    refuses=(PeriodRefused,),
)
async def list_control_occurrences(
    read: Read,
    first_day: FirstDay,
    last_day: LastDay,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code"] = "code",
    status: ControlStatus | None = None,
    owner: Annotated[Owner | None, Query()] = None,
    frequency: ControlFrequency | None = None,
    as_of: AsOf = None,
) -> Response:
    """How often each control was expected to be performed in a period, and was: what a Type 2 examination asks."""
    end = _end(first_day, last_day)
    values = {**queries.values_of(first_day, end), "status": status, "owner": owner, "frequency": frequency}
    page = PageRequest(limit, cursor, sort)
    body = await queries.all_in_period.read(read.platform.database.reads, read.caller.org_id, page, values)
    rows = ControlRows.model_validate_json(body)
    items = [_summary(row, first_day, end, as_of or now()) for row in rows.items]
    return read.computed(Page[PeriodSummary](items=items, next_cursor=rows.next_cursor))


@routes.get("/v1/occurrences", permission=P.CONTROLS_READ, response_model=Page[OccurrenceOut])
async def list_occurrences(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["performed_at", "-performed_at", "updated_at", "-updated_at"] = "-performed_at",
    control_id: UUID | None = None,
    performed_from: Annotated[Instant | None, Query(description="Performed then or later")] = None,
    performed_until: Annotated[Instant | None, Query(description="Performed before then")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """What was recorded, the latest performed first; what was withdrawn stays, and says so."""
    return await read.page(
        queries.occurrences,
        PageRequest(limit, cursor, sort),
        control_id=control_id,
        performed_from=performed_from,
        performed_until=performed_until,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/occurrences/{occurrence_id}", permission=P.CONTROLS_READ, response_model=OccurrenceOut, refuses=(NotFound,)
)
async def get_occurrence(occurrence_id: UUID, read: Read) -> Response:
    """One occurrence."""
    return await read.one(queries.occurrence, occurrence_id)


@routes.post(
    "/v1/controls/{control_id}/occurrences",
    permission=P.CONTROLS_PERFORM,
    status_code=201,
    response_model=OccurrenceOut,
    refuses=(NotFound,),
)
async def record_occurrence(control_id: UUID, draft: OccurrenceDraft, write: Write) -> Response:
    """Record that a control was performed, when and by whom, and what shows it."""
    occurrence = await actions.record(write.session, control_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.occurrence, occurrence, f"/v1/occurrences/{occurrence}")


@routes.post(
    "/v1/occurrences/batch", permission=P.CONTROLS_PERFORM, response_model=BatchOut, refuses=(actions.BatchRefused,)
)
async def record_occurrences(
    batch: OccurrenceBatch,
    write: Write,
    atomic: Annotated[bool, Query(description="Record all of them, or none if any is refused")] = False,
) -> BatchOut:
    """Record up to 1,000 occurrences of any controls, each answered by itself."""
    return await actions.record_batch(
        write.session, drafts=batch.occurrences, atomic=atomic, by=write.caller.actor, at=write.at
    )


@routes.post(
    "/v1/occurrences/{occurrence_id}/withdrawals",
    permission=P.CONTROLS_PERFORM,
    response_model=OccurrenceOut,
    refuses=(NotFound,),
)
async def withdraw_occurrence(occurrence_id: UUID, withdrawal: OccurrenceWithdrawal, write: Write) -> Response:
    """Say that what was recorded was not so, and why."""
    await actions.withdraw(write.session, occurrence_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.occurrence, occurrence_id)


def _end(first_day: date, last_day: date) -> date:
    """The first day after the period: inclusive on the wire, half-open from here on."""
    end = last_day + timedelta(days=1)
    if last_day < first_day:
        raise PeriodRefused("The period ends before it begins.", faults=[Fault("query/to", "before its first day")])
    if end - first_day > LONGEST_PERIOD:
        raise PeriodRefused("The period is too long.", faults=[Fault("query/to", "more than three years")])
    return end


def _summary(row: ControlRow, start: date, end: date, as_of: datetime) -> PeriodSummary:
    found = period_of(row.facts, row.performances, start=start, end=end, as_of=as_of)
    return PeriodSummary(**_named(row), outcome=found.outcome, counts=found.counts, next_due_on=found.next_due_on)


def _named(row: ControlRow) -> dict[str, object]:
    return {"control_id": row.id, "code": row.code, "title": row.title, "status": row.status}
