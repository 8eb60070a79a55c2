from typing import Annotated, Any, Literal

from sqlalchemy import ColumnElement, Uuid, bindparam, case, literal_column, select

from services.risk.register.ratings.models import PastRating
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing, json_object
from shared.data.scopes import AUDITING
from shared.http.fields import Instant

_R = table_of(PastRating).c
# A past rating may rest on controls that answer the risk no longer: to an auditor the numbers tell it, and no words.
_ALL_SHOWN = AUDITING.is_(False)


def _rating(kind: str) -> ColumnElement[Any]:
    likelihood, impact, level = (_R[f"{kind}_{member}"] for member in ("likelihood", "impact", "level"))
    return json_object(likelihood=likelihood, impact=impact, level=level)


class PastRatingQuery(ListQuery):
    sort: Literal["rated_at", "-rated_at"] = "-rated_at"
    updated_since: Annotated[Instant | None, AtOrAfter("rated_at")] = None


ratings = Listing(
    select(
        _R.id,
        _R.rated_at,
        _R.rated_by,
        case((_ALL_SHOWN, _R.reason)).label("reason"),
        _rating("inherent").label("inherent"),
        _R.assessment_id,
        _rating("computed").label("computed"),
        _R.override_id,
        _rating("current").label("current"),
        case((_R.target_level.is_not(None), _rating("target"))).label("target"),
        _R.appetite,
        _R.tolerance,
        _R.capacity,
        _R.standing,
        _R.within_appetite,
        case((_ALL_SHOWN, _R.reasons), else_=literal_column("'{}'::text[]")).label("reasons"),
        _R.method_number,
    ).where(_R.risk_id == bindparam("risk_id", type_=Uuid())),
    id=_R.id,
    query=PastRatingQuery,
)
