from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, Uuid, any_, bindparam, case, func, literal, select

from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.facts.models import KnownControl
from services.audit.engagements.known_assets.queries import assets_named
from services.audit.engagements.known_firms.models import KnownFirm
from services.audit.engagements.known_organisations.models import KnownOrganisation
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.events.catalogue.controls import HealthState
from shared.http.fields import UpdatedSince

_E = table_of(Engagement).c
_K = table_of(KnownControl).c
_F = table_of(KnownFirm).c
_O = table_of(KnownOrganisation).alias("client").c
_P = table_of(KnownOrganisation).alias("party").c

_NAME_OF_CLIENT = select(_O.title).where(_O.id == _E.org_id).scalar_subquery()
# What the auditing party of an engagement is called: the firm, or the organisation itself.
NAME_OF_FIRM = func.coalesce(
    select(_F.name).where(_F.id == _E.firm_id).scalar_subquery(),
    select(_P.title).where(_P.id == _E.firm_id).scalar_subquery(),
)
_ENGAGEMENT = select(
    _E.id,
    _E.kind,
    _E.title,
    json_object(id=_E.org_id, name=_NAME_OF_CLIENT).label("client"),
    case((_E.firm_id.is_not(None), json_object(id=_E.firm_id, name=NAME_OF_FIRM))).label("firm"),
    _E.programme_id,
    _E.follows_id,
    _E.categories,
    _E.as_of_date,
    _E.period_start,
    _E.period_end,
    _E.industry,
    _E.headcount,
    _E.phase,
    _E.accepted_at,
    _E.fieldwork_at,
    _E.issued_at,
    func.cardinality(_E.control_ids).label("controls_in_scope"),
    assets_named(_E.asset_ids, table_of(Engagement)).label("assets"),
    _E.version,
    _E.created_at,
    _E.updated_at,
)

_WORDS = ClientWords("title")

engagement = One("engagement", _ENGAGEMENT, by=_E.id, names_controls=_WORDS)


class EngagementQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"] = "-created_at"
    kind: EngagementKind | None = None
    phase: EngagementPhase | None = None
    programme_id: UUID | None = None
    client_id: Annotated[UUID | None, Where(lambda client: _E.org_id == client)] = None
    firm_id: Annotated[UUID | None, Where(lambda firm: _E.firm_id == firm)] = None
    asset_id: Annotated[UUID | None, Where(lambda value: value == any_(_E.asset_ids))] = Field(
        default=None, description="An asset in scope"
    )
    updated_since: UpdatedSince = None


engagements = Listing(_ENGAGEMENT, id=_E.id, query=EngagementQuery, names_controls=_WORDS)

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
