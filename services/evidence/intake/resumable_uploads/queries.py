from typing import Literal

from sqlalchemy import select

from services.evidence.intake.resumable_uploads.models import ResumableUpload, UploadState
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

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


class UploadQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    state: UploadState | None = None
    updated_since: UpdatedSince = None


uploads = Listing(_UPLOAD, id=_C.id, query=UploadQuery)
