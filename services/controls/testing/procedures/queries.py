from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, literal_column, select

from services.controls.testing.procedures.models import Procedure, ProcedureStatus, ProcedureVersion
from services.controls.testing.procedures.rules import BEYOND_INQUIRY
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_P = table_of(Procedure).c
_V = table_of(ProcedureVersion).c

_BEYOND_INQUIRY: ColumnElement[list[str]] = literal_column(
    "array[" + ", ".join(f"'{method}'" for method in sorted(BEYOND_INQUIRY)) + "]"
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


class ProcedureQuery(ListQuery):
    sort: Literal["code", "-code", "updated_at", "-updated_at"] = "code"
    status: ProcedureStatus | None = None
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


procedures = Listing(_PROCEDURE, id=_P.id, query=ProcedureQuery)

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
    _V.updated_at,
).join(table_of(Procedure), _P.id == _V.procedure_id)

procedure_version = One("version of a procedure", _VERSION, by=_V.id)


class ProcedureVersionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    procedure_id: UUID | None = None
    updated_since: UpdatedSince = None


procedure_versions = Listing(_VERSION, id=_V.id, query=ProcedureVersionQuery)
