from sqlalchemy import DateTime, Text, bindparam, select

from services.evidence.intake.uploads.models import ResumableUpload
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(ResumableUpload).c

_UPLOAD = select(
    _C.id,
    _C.size,
    _C.received,
    _C.media_type,
    _C.name,
    _C.uploader,
    _C.state,
    _C.file_id,
    _C.refusal,
    _C.expires_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

upload = One("upload", _UPLOAD, by=_C.id)

uploads = Listing(
    _UPLOAD,
    id=_C.id,
    filters={
        "state": _C.state == bindparam("state", type_=Text()),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "updated_at": _C.updated_at},
)
