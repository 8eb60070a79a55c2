from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select

from services.evidence.intake.files.models import File, Scan
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(File).c

_FILE = select(
    _C.id,
    _C.sha256,
    _C.size,
    _C.media_type,
    _C.detected_type,
    _C.name,
    _C.uploader,
    _C.scan,
    _C.finding,
    _C.scanned_at,
    _C.disposed_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

file = One("file", _FILE, by=_C.id)


class FileQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    scan: Scan | None = Field(default=None, description="`quarantined` lists what malware was found in")
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="Is it here already?")
    q: Annotated[Search | None, Mentions("name")] = Field(default=None, description="In the name")
    updated_since: UpdatedSince = None


files = Listing(_FILE, id=_C.id, query=FileQuery)
