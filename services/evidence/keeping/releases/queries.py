from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select

from services.evidence.keeping.releases.models import Release, ReleaseStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

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


class ReleaseQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    status: ReleaseStatus | None = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


releases = Listing(_RELEASE, id=_C.id, query=ReleaseQuery)
