from typing import Literal

from sqlalchemy import select

from services.evidence.collecting.record_schemas.models import RecordSchema
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import Code, UpdatedSince

_C = table_of(RecordSchema).c

_SCHEMA = select(_C.id, _C.code, _C.number, _C.title, _C.document, _C.version, _C.created_at, _C.updated_at)

record_schema = One("record schema", _SCHEMA, by=_C.id)


class RecordSchemaQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    code: Code | None = None
    updated_since: UpdatedSince = None


record_schemas = Listing(_SCHEMA, id=_C.id, query=RecordSchemaQuery)
