from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, any_, case, exists, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.risk.assets.assets.models import Asset
from services.risk.register.known_controls.queries import as_known
from services.risk.register.risks.models import AnsweredBy, CloseReason, Property, Risk, RiskTreatment
from services.risk.terms.method_terms.schemas import Category, LevelName
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Query, Where
from shared.data.reads import Listing, One, json_object
from shared.data.scopes import AUDITING
from shared.events.catalogue.risk import RiskStanding, RiskStatus
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named, reference_to

_C = table_of(Risk).c
_A = table_of(AnsweredBy).c

_ASSET = table_of(Asset).alias("asset")
_ASSETS = (
    select(
        func.coalesce(
            func.json_agg(
                aggregate_order_by(
                    json_object(id=_ASSET.c.id, code=_ASSET.c.code, title=_ASSET.c.title), _ASSET.c.code, _ASSET.c.id
                )
            ),
            func.json_build_array(),
        )
    )
    .where(_ASSET.c.id == any_(_C.asset_ids))
    .correlate(table_of(Risk))
    .scalar_subquery()
)
_LINK = func.jsonb_array_elements(_C.links).table_valued("value", name="link").render_derived()
_OF_SCOPE = select(func.count()).where(_A.risk_id == _C.id).correlate(table_of(Risk)).scalar_subquery()
# Reasons name every control that answers a risk; an auditor reads them where all of these are in the scope.
ALL_SHOWN = case((AUDITING, func.jsonb_array_length(_C.controls) == _OF_SCOPE), else_=true())
_MERGED = table_of(Risk).alias("merged")
_MERGED_FROM = (
    select(func.coalesce(func.json_agg(aggregate_order_by(_MERGED.c.id, _MERGED.c.id)), func.json_build_array()))
    .where(_MERGED.c.merged_into == _C.id)
    .correlate(table_of(Risk))
    .scalar_subquery()
)


def _rating(kind: str) -> ColumnElement[Any]:
    likelihood, impact, level = (_C[f"{kind}_{member}"] for member in ("likelihood", "impact", "level"))
    return json_object(likelihood=likelihood, impact=impact, level=level)


_RISK = select(
    _C.id,
    _C.code,
    _C.title,
    _C.scenario,
    _C.affects,
    _C.category,
    named(_C.owner_id).label("owner"),
    _C.owner_agreed_at,
    _C.status,
    _C.treatment,
    as_known(_C.controls, table_of(Risk)).label("controls"),
    _ASSETS.label("assets"),
    _C.links,
    _rating("inherent").label("inherent"),
    _C.likelihood_from,
    _rating("computed").label("computed"),
    _C.override,
    _rating("current").label("current"),
    case((_C.target_level.is_not(None), _rating("target"))).label("target"),
    _C.level_rank,
    _C.appetite,
    _C.tolerance,
    _C.capacity,
    _C.standing,
    _C.within_appetite,
    case((ALL_SHOWN, _C.reasons), else_=literal_column("'{}'::text[]")).label("reasons"),
    _C.method_number,
    _C.rated_at,
    _C.assessment_id,
    _C.live_treatments,
    _C.acceptance_id,
    _C.closed_at,
    _C.closed_by,
    _C.close_reason,
    _C.close_note,
    _C.merged_into,
    _MERGED_FROM.label("merged_from"),
    _C.version,
    _C.created_at,
    _C.updated_at,
)

risk = One("risk", _RISK, by=_C.id)


class RiskFilters(Query):
    """Which risks: of the list, and of its export."""

    category: Category | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    owner_agreed: Annotated[bool | None, Where(lambda value: _C.owner_agreed_at.is_not(None) == value)] = None
    status: RiskStatus | None = None
    close_reason: CloseReason | None = None
    affects: Annotated[Property | None, Where(lambda value: value == any_(_C.affects))] = None
    level: Annotated[LevelName | None, Where(lambda value: _C.current_level == value)] = Field(
        default=None, description="The current level"
    )
    treatment: RiskTreatment | None = None
    standing: RiskStanding | None = None
    within_appetite: bool | None = None
    overridden: Annotated[bool | None, Where(lambda value: _C.override.is_not(None) == value)] = Field(
        default=None, description="Whether an override is in force"
    )
    control_id: Annotated[
        UUID | None, Where(lambda value: exists().where(_A.risk_id == _C.id, _A.control_id == value))
    ] = Field(default=None, description="A control that answers the risk")
    asset_id: Annotated[UUID | None, Where(lambda value: value == any_(_C.asset_ids))] = Field(
        default=None, description="An asset that the risk is about"
    )
    link: Annotated[
        str | None,
        Where(
            lambda value: exists().select_from(_LINK).where(_LINK.c.value.op("->>")(literal_column("'ref'")) == value)
        ),
    ] = Field(default=None, max_length=100, description="The `ref` of a link, such as `soc2:CC6.1`")
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


class RiskQuery(RiskFilters, ListQuery):
    sort: Literal[
        "code", "-code", "level_rank", "-level_rank", "created_at", "-created_at", "updated_at", "-updated_at"
    ] = "code"


risks = Listing(_RISK, id=_C.id, query=RiskQuery)
# As a table that an import takes back: the owner by what names them there.
tabled = Listing(_RISK.add_columns(reference_to(_C.owner_id).label("owner_reference")), id=_C.id, query=RiskQuery)

owned = rows_of(id=_C.id, title=_C.code + " " + _C.title, person=_C.owner_id, where=true())
