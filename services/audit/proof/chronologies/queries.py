from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from services.audit.engagements.engagements.models import Engagement
from services.audit.proof.chronologies.schemas import TrailOf
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, json_object
from shared.data.scopes import AUDITING
from shared.data.tables import events
from shared.http.fields import Instant

_V = events.c
_E = table_of(Engagement).c


def of_engagement(engagement_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an event is about an engagement, or about something in it."""
    return or_(_V.subject == engagement_id, _V.data.op("->>")("engagement_id") == cast(engagement_id, Text()))


# What an event says, to an auditor without the ids of controls outside the scope.
_EACH = func.jsonb_array_elements_text(_V.data.op("->")("control_ids")).table_valued("value", name="each")
_IN_SCOPE = (
    select(func.coalesce(func.jsonb_agg(_EACH.c.value), literal_column("'[]'::jsonb")))
    .where(cast(_EACH.c.value, Uuid()) == any_(_E.control_ids))
    .correlate(events, table_of(Engagement))
    .scalar_subquery()
)
_HAS_CONTROLS = func.jsonb_typeof(_V.data.op("->")("control_ids")) == "array"
_DATA = case(
    (and_(AUDITING, _HAS_CONTROLS), func.jsonb_set(_V.data, literal_column("'{control_ids}'"), _IN_SCOPE)),
    else_=_V.data,
)
_TRAIL = case((_V.org_id == _E.org_id, literal(TrailOf.CLIENT)), else_=literal(TrailOf.AUDITORS))


class ChronologyQuery(ListQuery):
    sort: Literal["occurred_at", "-occurred_at"] = "occurred_at"
    trail: TrailOf | None = None
    type: str | None = Field(default=None, max_length=80, pattern=r"^[a-z_.]*$", examples=["audit.sample.drawn"])
    subject: UUID | None = None
    person: Annotated[UUID | None, Where(lambda person: _V.person == person)] = None
    since: Annotated[Instant | None, Where(lambda instant: _V.occurred_at >= instant)] = None
    until: Annotated[Instant | None, Where(lambda instant: _V.occurred_at < instant)] = None


chronology = Listing(
    select(
        _V.id,
        _TRAIL.label("trail"),
        _V.type,
        _V.subject,
        _V.version,
        _V.actor,
        case((_V.person.is_not(None), json_object(id=_V.person, name=_V.person_name))).label("person"),
        _V.firm,
        _V.reason,
        _V.occurred_at,
        _DATA.label("data"),
        _V.position,
        func.encode(_V.digest, "hex").label("digest"),
    )
    .join(table_of(Engagement), or_(_V.org_id == _E.org_id, _V.org_id == _E.firm_id))
    .where(_E.id == bindparam("engagement_id", type_=Uuid()), of_engagement(_E.id)),
    id=_V.id,
    query=ChronologyQuery,
    names_controls=True,
)
