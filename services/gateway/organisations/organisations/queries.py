from typing import Literal

from sqlalchemy import select

from services.gateway.organisations.organisations.models import Organisation
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Organisation).c

_ORGANISATION = select(_C.id, _C.title, _C.storage_quota_bytes, _C.version, _C.created_at, _C.updated_at)

organisation = One("organisation", _ORGANISATION, by=_C.id)


class OrganisationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    updated_since: UpdatedSince = None


organisations = Listing(_ORGANISATION, id=_C.id, query=OrganisationQuery)
