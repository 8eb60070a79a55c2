from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.description.known_vendors.models import KnownVendor
from services.audit.description.subservice_organisations.models import (
    SubserviceMethod,
    SubserviceOrganisation,
    SubserviceStatus,
)
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import Search, UpdatedSince

_C = table_of(SubserviceOrganisation).c
_V = table_of(KnownVendor).c

_VENDOR = select(json_object(id=_V.id, code=_V.code, title=_V.title)).where(_V.id == _C.vendor_id).scalar_subquery()

_COLUMNS = select(
    _C.id,
    _C.engagement_id,
    _C.name,
    _VENDOR.label("vendor"),
    _C.services,
    _C.method,
    _C.controls,
    _C.agreement,
    _C.status,
    _C.ended_on,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("services", "controls", "agreement")
organisation = One("subservice organisation", _COLUMNS, by=_C.id, names_controls=_WORDS)


class SubserviceOrganisationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    vendor_id: Annotated[UUID | None, Where(lambda vendor: _C.vendor_id == vendor)] = None
    method: SubserviceMethod | None = None
    status: SubserviceStatus | None = None
    q: Annotated[Search | None, Mentions("name", "services")] = None
    updated_since: UpdatedSince = None


organisations = Listing(_COLUMNS, id=_C.id, query=SubserviceOrganisationQuery, names_controls=_WORDS)
