from sqlalchemy import DateTime, Text, bindparam, select

from services.evidence.intake.files.models import File
from shared.data.base import table_of
from shared.data.reads import Listing, One, mentioned

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

files = Listing(
    _FILE,
    id=_C.id,
    filters={
        "scan": _C.scan == bindparam("scan", type_=Text()),
        "sha256": _C.sha256 == bindparam("sha256", type_=Text()),
        "q": mentioned(_C.name),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "updated_at": _C.updated_at},
)
