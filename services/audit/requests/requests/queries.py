from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.requests.requests.models import Request, RequestOrigin, RequestStatus
from services.audit.requests.requests.rules import UNSETTLED, WAITS_FOR_CLIENT
from shared.data.base import table_of
from shared.data.platform import IN_ENGAGEMENT
from shared.data.queries import ListQuery, Mentions, Where, of_the_organisation
from shared.data.reads import Listing, One, json_object
from shared.http.fields import AsOf, AsOfQuery, Code, Day, PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person

_R = table_of(Request).c


def _day(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.timezone("UTC", instant), Date)


_TODAY = _day(bindparam("as_of", type_=DateTime(timezone=True)))
_WAITS = or_(*(_R.status == status.value for status in WAITS_FOR_CLIENT))
_UNSETTLED = or_(*(_R.status == status.value for status in UNSETTLED))
_OVERDUE = and_(_WAITS, func.coalesce(_R.due_on < _TODAY, False))
_OWNER = case((_R.owner_id.is_not(None), json_object(id=_R.owner_id, name=_R.owner_name)))

COLUMNS = select(
    _R.id,
    _R.engagement_id,
    _R.code,
    _R.title,
    _R.text,
    _R.example,
    _R.addressee,
    _R.control_ids,
    _R.due_on,
    _R.origin,
    _R.status,
    _OVERDUE.label("overdue"),
    _OWNER.label("owner"),
    _R.released_at,
    func.jsonb_array_length(_R.lines).label("line_count"),
    _R.lines_answered,
    _R.answers,
    _R.answered_at,
    _R.effect,
    _R.reason,
    _R.decided_by,
    _R.decided_at,
    _R.version,
    _R.created_at,
    _R.updated_at,
)

# Whoever has a token for one engagement reads its requests, drafts as well; anybody else those that were released to
# their organisation, also where that is the auditing party itself. Row-level security alone would show the latter all.
_TOKEN = text(IN_ENGAGEMENT)
_OURS = text("nullif(current_setting('app.org_id', true), '')::uuid")


def shown_to(
    client_id: ColumnElement[UUID], engagement_id: ColumnElement[UUID], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """One thing of a request, to who has a token for the engagement; to the client on these conditions."""
    return or_(engagement_id == _TOKEN, and_(client_id == _OURS, *conditions))


def listed_for(client_id: ColumnElement[UUID], *conditions: ColumnElement[bool]) -> dict[str, ColumnElement[bool]]:
    """The same of a list, where it is one condition that an index serves: what a list is `given` for a client."""
    return {"client": and_(client_id == bindparam("client", type_=Uuid()), *conditions)}


_RELEASED = _R.released_at.is_not(None)

_WITH_LINES = COLUMNS.add_columns(_R.lines)

request = One(
    "request", _WITH_LINES.where(shown_to(_R.client_id, _R.engagement_id, _RELEASED)), by=_R.id, query=AsOfQuery
)
# As the party that has just changed it sees it, in the transaction that did.
changed_request = One("request", _WITH_LINES, by=_R.id, query=AsOfQuery)


class RequestQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    engagement_id: UUID | None = None
    code: Code | None = None
    status: RequestStatus | None = None
    waits_for: Annotated[
        Literal["client", "firm"] | None,
        Where(lambda party: case((_WAITS, "client"), (_UNSETTLED, "firm")) == party),
    ] = Field(default=None, description="Whose answer or decision is waited for")
    overdue: bool | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_R.owner_id, person))] = None
    control_id: Annotated[UUID | None, Where(lambda control: control == any_(_R.control_ids))] = None
    origin: RequestOrigin | None = None
    due_from: Annotated[Day | None, Where(lambda day: _R.due_on >= day)] = None
    due_until: Annotated[Day | None, Where(lambda day: _R.due_on <= day)] = Field(
        default=None, description="Due on this day or before"
    )
    q: Annotated[Search | None, Mentions("code", "title", "text")] = Field(
        default=None, description="In the code, the title or the text"
    )
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Overdue as of the day of this instant in UTC; now when left out")


requests = Listing(COLUMNS, id=_R.id, query=RequestQuery, given=listed_for(_R.client_id, _RELEASED))

owned = rows_of(
    id=_R.id,
    title=_R.code + " " + _R.title,
    person=_R.owner_id,
    where=and_(of_the_organisation(_R.client_id), _UNSETTLED),
)


def overdue(as_of: datetime) -> Select[Any]:
    """Requests that became overdue and were not announced as such."""
    today = _day(bindparam("as_of", as_of, type_=DateTime(timezone=True)))
    return select(_R.org_id).where(_WAITS, _R.due_on < today, _R.overdue_announced_at.is_(None))


async def codes_of(session: AsyncSession, engagement_id: UUID) -> set[str]:
    """The codes of all requests of an engagement, cancelled ones included."""
    return set(await session.scalars(select(_R.code).where(_R.engagement_id == engagement_id)))


async def owned_by(session: AsyncSession, person: UUID) -> Sequence[Request]:
    """The requests that a person of the transaction's organisation answers for and that are not settled."""
    query = select_rows(Request).where(of_the_organisation(_R.client_id), col(Request.owner_id) == person, _UNSETTLED)
    return (await session.scalars(query.order_by(col(Request.id)))).all()


async def requests_of(session: AsyncSession, engagement_id: UUID) -> Sequence[Request]:
    """The requests of an engagement that were not cancelled, in the order of their codes."""
    query = select_rows(Request).where(
        col(Request.engagement_id) == engagement_id, col(Request.status) != RequestStatus.CANCELLED
    )
    return (await session.scalars(query.order_by(col(Request.code), col(Request.id)))).all()


async def unsettled(session: AsyncSession, engagement_id: UUID) -> Sequence[str]:
    """How the requests stand that wait for an answer or a decision: fieldwork does not end before there are none."""
    query = select(_R.status).where(_R.engagement_id == engagement_id, _UNSETTLED)
    return (await session.scalars(query)).all()
