from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import DateTime, and_, bindparam, or_, select

from services.controls.register.controls.models import Control
from services.controls.testing.control_tests.models import OPEN, ControlTest, TestStatus
from services.controls.testing.procedures.models import ProcedureVersion
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.events.catalogue.testing import TestKind
from shared.http.fields import AsOf, PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_T = table_of(ControlTest).c
_C = table_of(Control).c
_V = table_of(ProcedureVersion).c
_INSTANT = DateTime(timezone=True)
_OPEN = or_(*(_T.status == status for status in OPEN))

_TEST = (
    select(
        _T.id,
        _T.control_id,
        _C.code.label("control_code"),
        _T.procedure_id,
        _T.procedure_version_id,
        _T.definition_id,
        _V.title,
        _T.kind,
        named(_T.tester_id).label("tester"),
        _T.due_at,
        _T.period_start,
        _T.period_end,
        _T.status,
        _T.result_id,
        _T.outcome,
        _T.version,
        _T.created_at,
        _T.updated_at,
    )
    .join(table_of(Control), _C.id == _T.control_id)
    .join(table_of(ProcedureVersion), _V.id == _T.procedure_version_id)
)

control_test = One("control test", _TEST, by=_T.id)


class TestQuery(ListQuery):
    sort: Literal["due_at", "-due_at", "updated_at", "-updated_at"] = "due_at"
    control_id: UUID | None = None
    procedure_id: UUID | None = None
    kind: TestKind | None = None
    status: TestStatus | None = None
    tester: Annotated[PersonRef | None, Where(lambda person: is_person(_T.tester_id, person))] = None
    overdue: Annotated[
        bool | None, Where(lambda overdue: and_(_OPEN, _T.due_at <= bindparam("as_of", type_=_INSTANT)) == overdue)
    ] = Field(default=None, description="Due by `as_of`, and not performed")
    as_of: AsOf = Field(description="Overdue as of this instant; now when left out")
    updated_since: UpdatedSince = None


control_tests = Listing(_TEST, id=_T.id, query=TestQuery)

to_perform = (
    rows_of(id=_T.id, title=_C.code + " " + _V.title, person=_T.tester_id, where=_OPEN)
    .join(table_of(Control), _C.id == _T.control_id)
    .join(table_of(ProcedureVersion), _V.id == _T.procedure_version_id)
)
