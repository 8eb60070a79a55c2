from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.controls.days import AsOfDay, AsOfDayQuery, day_of
from services.controls.issues.issues.models import Issue, IssueControl, IssueSource, IssueStatus
from services.controls.issues.issues.rules import UNRESOLVED
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.data.records import lock_rows
from shared.data.scopes import only_shown
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import Severity
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_I = table_of(Issue).c
_L = table_of(IssueControl).c

# As constants, so that the planner sees that the index of what is unresolved will do.
_UNRESOLVED = _I.status.in_([literal_column(f"'{status}'") for status in sorted(UNRESOLVED)])


def overdue(today: ColumnElement[date]) -> ColumnElement[bool]:
    """It should have been resolved by now: from the day after its due date, while nobody claims that it is."""
    return and_(_UNRESOLVED, _I.due_on < today)


_OVERDUE = overdue(bindparam("as_of", type_=Date()))

_SUMMARY = select(
    _I.id,
    _I.title,
    only_shown(_I.control_ids).label("control_ids"),
    _I.severity,
    _I.source,
    _I.source_reference,
    _I.recurs_with,
    named(_I.owner_id).label("owner"),
    _I.opened_by,
    _I.status,
    _I.due_on,
    _I.due_reason,
    _OVERDUE.label("overdue"),
    _I.regressions,
    _I.tickets,
    _I.version,
    _I.created_at,
    _I.updated_at,
)

_ACTION = (
    func.jsonb_array_elements(_I.plan["actions"])
    .table_valued("value", with_ordinality="place", name="action")
    .render_derived()
)
_ACTION_OWNER = _ACTION.c.value.op("->>")(literal_column("'owner_id'")).cast(Uuid())
# The plan with the names of now in the place of the ids of those who are to act.
_SHOWN_ACTION = _ACTION.c.value.op("-")(literal_column("'owner_id'")).op("||")(json_object(owner=named(_ACTION_OWNER)))
_ACTIONS = select(func.jsonb_agg(aggregate_order_by(_SHOWN_ACTION, _ACTION.c.place))).scalar_subquery()
_PLAN = _I.plan.op("||")(json_object(actions=_ACTIONS))

issue = One(
    "issue",
    _SUMMARY.add_columns(
        _I.description,
        _I.running_since,
        _I.evidence_ids,
        _PLAN.label("plan"),
        _I.resolution,
        _I.effectiveness_checks,
        _I.closure,
    ),
    by=_I.id,
    query=AsOfDayQuery,
)


class IssueQuery(ListQuery):
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_on"
    control_id: Annotated[
        UUID | None, Where(lambda value: _I.id.in_(select(_L.issue_id).where(_L.control_id == value)))
    ] = None
    status: IssueStatus | None = None
    severity: Severity | None = None
    source: IssueSource | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_I.owner_id, person))] = None
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


issues = Listing(_SUMMARY, id=_I.id, query=IssueQuery)


_LIVE = _I.status != IssueStatus.CLOSED.value
_UNDONE = _ACTION.c.value.op("->>")(literal_column("'done_on'")).is_(None)
owned = rows_of(id=_I.id, title=_I.title, person=_I.owner_id, where=_LIVE)
to_act = (
    rows_of(
        id=_I.id,
        title=_ACTION.c.value.op("->>")(literal_column("'title'")),
        person=_ACTION_OWNER,
        where=and_(_LIVE, _UNDONE),
    )
    .select_from(table_of(Issue))
    .join(_ACTION, true())
)


async def lock_named(session: AsyncSession, person_id: UUID) -> Sequence[Issue]:
    """The issues that are not closed and name a person as owner, or in what is to be done; locked."""
    acts = _I.plan.contains({"actions": [{"owner_id": str(person_id)}]})
    naming = select_rows(Issue).where(_LIVE, or_(_I.owner_id == person_id, acts))
    return await lock_rows(session, naming.order_by(_I.id))


def unannounced_overdue(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of issues that are overdue at an instant, as nobody has been told of their due date yet."""
    untold = _I.overdue_told_for.is_distinct_from(_I.due_on)
    return select(_I.org_id).where(overdue(literal(day_of(as_of))), untold)


async def of_the_same_cause(session: AsyncSession, control_ids: Collection[UUID], *causes: str) -> Sequence[Issue]:
    """The issues of these controls that name one of these causes, the newest first."""
    linked = select(_L.issue_id).where(among(_L.control_id, control_ids))
    query = select(Issue).where(among(_I.recurs_with, causes), _I.id.in_(linked)).order_by(_I.id.desc())
    return (await session.execute(query)).scalars().all()


async def link(session: AsyncSession, issue: Issue) -> None:
    """Let the index of issues by control say what the issue says."""
    await session.execute(delete(IssueControl).where(_L.issue_id == issue.id))
    org_id = organisation_of(session)
    rows = [{"org_id": org_id, "issue_id": issue.id, "control_id": control_id} for control_id in issue.control_ids]
    await session.execute(insert(table_of(IssueControl)), rows)
