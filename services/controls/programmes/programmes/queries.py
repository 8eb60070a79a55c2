from sqlalchemy import DateTime, Text, bindparam, select

from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.programmes.programmes.models import Programme
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(Programme).c
_V = table_of(FrameworkVersion).c
_F = table_of(Framework).c

_PROGRAMME = (
    select(
        _C.id,
        _C.title,
        _F.code.label("framework"),
        _V.label.label("framework_version"),
        _C.framework_version_id,
        _C.report_type,
        _C.categories,
        _C.requirements_in_scope,
        _C.system,
        _C.commitments,
        _C.owner,
        _C.target_date,
        _C.status,
        _C.closed_at,
        _C.closed_because,
        _C.version,
        _C.created_at,
        _C.updated_at,
    )
    .join(table_of(FrameworkVersion), _V.id == _C.framework_version_id)
    .join(table_of(Framework), _F.id == _V.framework_id)
)

programme = One("programme", _PROGRAMME, by=_C.id)

programmes = Listing(
    _PROGRAMME,
    id=_C.id,
    filters={
        "report_type": _C.report_type == bindparam("report_type", type_=Text()),
        "framework": _F.code == bindparam("framework", type_=Text()),
        "status": _C.status == bindparam("status", type_=Text()),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "title": _C.title, "updated_at": _C.updated_at},
)
