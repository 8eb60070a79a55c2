from sqlalchemy import select

from services.gateway.organisations.organisations.models import Organisation
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(Organisation).c

_ORGANISATION = select(_C.id, _C.title, _C.storage_quota_bytes, _C.version, _C.created_at, _C.updated_at)

organisation = One("organisation", _ORGANISATION, by=_C.id)

organisations = Listing(_ORGANISATION, id=_C.id, filters={}, sorts={"created_at": _C.created_at})
