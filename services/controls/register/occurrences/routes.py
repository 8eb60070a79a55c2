from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

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
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.pages import Page
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import Fault, Invalid, NotFound

routes = Routes("control occurrences")


class PeriodRefused(Invalid):
    """The period is not valid."""


@routes.get(
    "/v1/controls/{control_id}/occurrences",
    permission=P.CONTROLS_READ,
    response_model=ControlPeriod,
    refuses=(NotFound, PeriodRefused),
)
async def get_occurrences_of_control(
    control_id: UUID, read: Read, query: Annotated[queries.PeriodQuery, Query()]
) -> Response:
    """What was expected of a control in a period, day by day and by the definition in force on it, and what was done.

    The days are those of the control's time zone. Nothing is expected of a control that waits for what happens: it has
    no occurrence, which is neither pass nor fail, until one is recorded.
    """
    first_day, last_day = query.first_day, query.last_day
    end = _end(first_day, last_day)
    values = {"first_day": first_day, "last_day": last_day, **queries.bounds_of(first_day, last_day)}
    body, _ = await read.body(queries.in_period, control_id, **values)
    row = ControlRow.model_validate_json(body)
    found = period_of(row.facts, row.performances, start=first_day, end=end, as_of=query.as_of)
    return await read.computed(
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
async def list_control_occurrences(read: Read, query: Annotated[queries.ControlPeriodQuery, Query()]) -> Response:
    """How often each control was expected to be performed in a period, and was: what a Type 2 examination asks."""
    end = _end(query.first_day, query.last_day)
    bounds = queries.bounds_of(query.first_day, query.last_day)
    body = await read.items(queries.all_in_period, query, **bounds)
    rows = ControlRows.model_validate_json(body)
    items = [_summary(row, query.first_day, end, query.as_of) for row in rows.items]
    return await read.computed(Page[PeriodSummary](items=items, next_cursor=rows.next_cursor))


routes.list(
    "list_occurrences",
    "/v1/occurrences",
    queries.occurrences,
    OccurrenceOut,
    permission=P.CONTROLS_READ,
    description="What was recorded, the latest performed first; what was withdrawn stays, and says so.",
    auditors=True,
)


routes.one(
    "get_occurrence",
    "/v1/occurrences/{occurrence_id}",
    queries.occurrence,
    OccurrenceOut,
    permission=P.CONTROLS_READ,
    description="One occurrence.",
    auditors=True,
)


@routes.post(
    "/v1/controls/{control_id}/occurrences",
    permission=P.CONTROLS_PERFORM,
    status_code=201,
    response_model=OccurrenceOut,
    refuses=(NotFound, *PERSON_REFUSALS),
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
        raise PeriodRefused(
            "The period is longer than three years.", faults=[Fault("query/to", "more than three years")]
        )
    return end


def _summary(row: ControlRow, start: date, end: date, as_of: datetime) -> PeriodSummary:
    found = period_of(row.facts, row.performances, start=start, end=end, as_of=as_of)
    return PeriodSummary(**_named(row), outcome=found.outcome, counts=found.counts, next_due_on=found.next_due_on)


def _named(row: ControlRow) -> dict[str, object]:
    return {"control_id": row.id, "code": row.code, "title": row.title, "status": row.status}
