from sqlalchemy import DateTime, Text, bindparam, select

from services.evidence.keeping.releases.models import Release
from shared.data.base import table_of
from shared.data.reads import Listing, One, mentioned

_C = table_of(Release).c

_RELEASE = select(
    _C.id,
    _C.title,
    _C.released_at,
    _C.control_ids,
    _C.covers_from,
    _C.covers_until,
    _C.status,
    _C.recorded_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

release = One("release", _RELEASE, by=_C.id)

releases = Listing(
    _RELEASE,
    id=_C.id,
    filters={
        "status": _C.status == bindparam("status", type_=Text()),
        "q": mentioned(_C.title),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "updated_at": _C.updated_at},
)
