from sqlalchemy import Text, bindparam, select

from services.evidence.items.record_schemas.models import RecordSchema
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(RecordSchema).c

_SCHEMA = select(_C.id, _C.code, _C.number, _C.title, _C.document, _C.version, _C.created_at, _C.updated_at)

record_schema = One("record schema", _SCHEMA, by=_C.id)

record_schemas = Listing(
    _SCHEMA,
    id=_C.id,
    filters={"code": _C.code == bindparam("code", type_=Text())},
    sorts={"created_at": _C.created_at},
)
