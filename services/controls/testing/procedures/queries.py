from sqlalchemy import ColumnElement, DateTime, Text, Uuid, bindparam, literal_column, select

from services.controls.testing.procedures.models import Procedure, ProcedureVersion
from services.controls.testing.procedures.rules import BEYOND_INQUIRY
from shared.data.base import table_of
from shared.data.reads import Listing, One, mentioned

_P = table_of(Procedure).c
_V = table_of(ProcedureVersion).c

_BEYOND_INQUIRY: ColumnElement[list[str]] = literal_column(
    "array[" + ", ".join(f"'{each}'" for each in sorted(BEYOND_INQUIRY)) + "]"
)

_PROCEDURE = select(
    _P.id,
    _P.code,
    _P.title,
    _P.methods,
    _P.methods.bool_op("&&")(_BEYOND_INQUIRY).label("supports_conclusion"),
    _P.steps,
    _P.expected_result,
    _P.author,
    _P.status,
    _P.approved_version_id,
    _P.version,
    _P.created_at,
    _P.updated_at,
)

procedure = One("procedure", _PROCEDURE, by=_P.id)

procedures = Listing(
    _PROCEDURE,
    id=_P.id,
    filters={
        "status": _P.status == bindparam("status", type_=Text()),
        "q": mentioned(_P.code, _P.title),
        "updated_since": _P.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"code": _P.code, "updated_at": _P.updated_at},
)

_VERSION = select(
    _V.id,
    _V.procedure_id,
    _P.code,
    _V.number,
    _V.title,
    _V.methods,
    _V.methods.bool_op("&&")(_BEYOND_INQUIRY).label("supports_conclusion"),
    _V.steps,
    _V.expected_result,
    _V.author,
    _V.approver,
    _V.version,
    _V.created_at,
).join(table_of(Procedure), _P.id == _V.procedure_id)

procedure_version = One("version of a procedure", _VERSION, by=_V.id)

procedure_versions = Listing(
    _VERSION,
    id=_V.id,
    filters={"procedure_id": _V.procedure_id == bindparam("procedure_id", type_=Uuid())},
    sorts={"created_at": _V.created_at},
)
