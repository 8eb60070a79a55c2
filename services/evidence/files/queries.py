from sqlalchemy import select

from services.evidence.files.models import File
from shared.data.base import table_of
from shared.data.reads import One

_C = table_of(File).c

file = One(
    "file",
    select(_C.id, _C.sha256, _C.size, _C.media_type, _C.name, _C.uploader, _C.version, _C.created_at),
    by=_C.id,
)
