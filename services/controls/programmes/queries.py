from sqlalchemy import Integer, Text, any_, bindparam, case, literal, select

from services.controls.criteria import CRITERIA_OF
from services.controls.programmes.models import Programme
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(Programme).c

_IN_SCOPE = sum(
    (
        case((literal(category.value, Text()) == any_(_C.categories), literal(len(criteria), Integer())), else_=0)
        for category, criteria in CRITERIA_OF.items()
    ),
    start=literal(0, Integer()),
).label("criteria_in_scope")

_PROGRAMME = select(
    _C.id,
    _C.title,
    _C.report_type,
    _C.categories,
    _IN_SCOPE,
    _C.system,
    _C.commitments,
    _C.owner,
    _C.target_date,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

programme = One("programme", _PROGRAMME, by=_C.id)

programmes = Listing(
    _PROGRAMME,
    id=_C.id,
    filters={"report_type": _C.report_type == bindparam("report_type", type_=Text())},
    sorts={"created_at": _C.created_at, "title": _C.title},
)
