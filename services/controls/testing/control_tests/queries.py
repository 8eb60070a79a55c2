from sqlalchemy import Boolean, DateTime, Text, Uuid, and_, bindparam, or_, select

from services.controls.register.controls.models import Control
from services.controls.testing.control_tests.models import OPEN, ControlTest
from services.controls.testing.procedures.models import ProcedureVersion
from shared.data.base import table_of
from shared.data.reads import Listing, One

_T = table_of(ControlTest).c
_C = table_of(Control).c
_V = table_of(ProcedureVersion).c
_INSTANT = DateTime(timezone=True)

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
        _T.tester,
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

control_tests = Listing(
    _TEST,
    id=_T.id,
    filters={
        "control_id": _T.control_id == bindparam("control_id", type_=Uuid()),
        "procedure_id": _T.procedure_id == bindparam("procedure_id", type_=Uuid()),
        "kind": _T.kind == bindparam("kind", type_=Text()),
        "status": _T.status == bindparam("status", type_=Text()),
        "tester": _T.tester == bindparam("tester", type_=Text()),
        "overdue": and_(or_(*(_T.status == each for each in OPEN)), _T.due_at <= bindparam("as_of", type_=_INSTANT))
        == bindparam("overdue", type_=Boolean()),
        "updated_since": _T.updated_at >= bindparam("updated_since", type_=_INSTANT),
    },
    sorts={"due_at": _T.due_at, "updated_at": _T.updated_at},
)
