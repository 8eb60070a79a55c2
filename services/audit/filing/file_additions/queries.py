from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.audit.filing.file_additions.models import FileAddition
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(FileAddition).c

_ADDITION = select(
    _C.id,
    _C.engagement_id,
    _C.file_id,
    _C.number,
    _C.title,
    _C.text,
    _C.reason,
    _C.attachment,
    _C.sha256,
    _C.added_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

addition = One("file addition", _ADDITION, by=_C.id)


class FileAdditionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    file_id: UUID | None = None
    q: Annotated[Search | None, Mentions("title", "text", "reason")] = Field(
        default=None, description="In title, text and reason"
    )
    updated_since: UpdatedSince = None


additions = Listing(_ADDITION, id=_C.id, query=FileAdditionQuery)
