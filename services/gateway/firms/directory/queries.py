from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Date, DateTime, and_, any_, bindparam, case, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.gateway.firms.firms.models import Firm, OfferedService
from services.gateway.firms.firms.schemas import Region
from services.gateway.firms.licences.models import Licence
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.events.catalogue.firms import FirmKind, LicenceKind, LicenceStatus
from shared.http.fields import AsOf, AsOfQuery, Search, UpdatedSince

_F, _L = table_of(Firm).c, table_of(Licence).c

_LICENCE = json_object(
    id=_L.id,
    kind=_L.kind,
    region=_L.region,
    issued_by=_L.issued_by,
    number=_L.number,
    expires_on=_L.expires_on,
    status=_L.status,
)
_IS_HELD = and_(_L.status != LicenceStatus.WITHDRAWN.value, _L.status != LicenceStatus.REFUSED.value)
_IS_OF_CPAS = _F.kind == FirmKind.CPA_FIRM.value
_NEEDED = case((_IS_OF_CPAS, LicenceKind.FIRM_PERMIT.value), else_=LicenceKind.ACCREDITATION.value)
_DAY = cast(func.timezone("UTC", bindparam("as_of", type_=DateTime(timezone=True))), Date)
_LETS_EXAMINE = and_(_L.status == LicenceStatus.VERIFIED.value, _L.kind == _NEEDED, _L.expires_on >= _DAY)
_LISTED = func.json_agg(aggregate_order_by(_LICENCE, _L.created_at, _L.id))
_HELD = (
    select(
        func.coalesce(_LISTED, func.json_build_array()).label("licences"),
        func.coalesce(func.bool_or(_LETS_EXAMINE), false()).label("may_examine"),
    )
    .where(_L.org_id == _F.id, _L.person_id.is_(None), _IS_HELD)
    .correlate(table_of(Firm))
    .lateral("held")
)

_FIRM = select(
    _F.id,
    _F.name,
    _F.kind,
    _F.summary,
    _F.website,
    _F.regions,
    _F.services,
    _F.peer_review,
    _HELD.c.licences,
    _HELD.c.may_examine,
    _F.listed,
    _F.version,
    _F.created_at,
    _F.updated_at,
).join(_HELD, true())

firm = One("audit firm", _FIRM, by=_F.id, query=AsOfQuery)


class FirmQuery(ListQuery):
    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"
    q: Annotated[Search | None, Mentions("name", "summary")] = Field(default=None, description="In its name or summary")
    kind: FirmKind | None = None
    region: Annotated[Region | None, Where(lambda region: region == any_(_F.regions))] = None
    service: Annotated[OfferedService | None, Where(lambda service: service == any_(_F.services))] = Field(
        default=None, description="Offers this"
    )
    may_examine: bool | None = None
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Licences as of this instant; now when left out")


firms = Listing(_FIRM, id=_F.id, query=FirmQuery)
