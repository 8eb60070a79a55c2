from typing import Literal
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, literal, select

from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.facts.models import KnownControl
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.events.catalogue.controls import HealthState
from shared.http.fields import UpdatedSince

_E = table_of(Engagement).c
_K = table_of(KnownControl).c

_ENGAGEMENT = select(
    _E.id,
    _E.kind,
    _E.title,
    _E.firm,
    _E.firm_licence,
    _E.programme_id,
    _E.categories,
    _E.as_of_date,
    _E.period_start,
    _E.period_end,
    _E.phase,
    _E.fieldwork_at,
    _E.issued_at,
    func.cardinality(_E.control_ids).label("controls_in_scope"),
    _E.version,
    _E.created_at,
    _E.updated_at,
)

engagement = One("engagement", _ENGAGEMENT, by=_E.id)


class EngagementQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    kind: EngagementKind | None = None
    phase: EngagementPhase | None = None
    programme_id: UUID | None = None
    updated_since: UpdatedSince = None


engagements = Listing(_ENGAGEMENT, id=_E.id, query=EngagementQuery)

_SCOPED = (
    select(func.unnest(_E.control_ids, type_=Uuid()).label("id"))
    .where(_E.id == bindparam("engagement_id", type_=Uuid()))
    .subquery("scoped")
)


class ScopedControlQuery(ListQuery):
    sort: Literal["id", "-id"] = "id"


scope = Listing(
    select(
        _SCOPED.c.id,
        _K.id.is_not(None).label("known"),
        _K.code,
        _K.title,
        func.coalesce(_K.health, literal(HealthState.UNKNOWN, Text())).label("health"),
    ).select_from(_SCOPED.outerjoin(table_of(KnownControl), _K.id == _SCOPED.c.id)),
    id=_SCOPED.c.id,
    query=ScopedControlQuery,
)
