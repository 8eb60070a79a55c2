from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.description.subservice_organisations.models import (
    SubserviceMethod,
    SubserviceOrganisation,
    SubserviceStatus,
)
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(SubserviceOrganisation).c

_COLUMNS = select(
    _C.id,
    _C.engagement_id,
    _C.name,
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

organisation = One("subservice organisation", _COLUMNS, by=_C.id)


class SubserviceOrganisationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    method: SubserviceMethod | None = None
    status: SubserviceStatus | None = None
    q: Annotated[Search | None, Mentions("name", "services")] = None
    updated_since: UpdatedSince = None


organisations = Listing(_COLUMNS, id=_C.id, query=SubserviceOrganisationQuery)
