from typing import Annotated, Literal

from sqlalchemy import Uuid, bindparam, select

from services.risk.register.ratings.models import PastRating
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing, json_object
from shared.http.fields import Instant

_R = table_of(PastRating).c


class PastRatingQuery(ListQuery):
    sort: Literal["rated_at", "-rated_at"] = "-rated_at"
    updated_since: Annotated[Instant | None, AtOrAfter("rated_at")] = None


ratings = Listing(
    select(
        _R.id,
        _R.rated_at,
        _R.rated_by,
        _R.reason,
        json_object(likelihood=_R.inherent_likelihood, impact=_R.inherent_impact, level=_R.inherent_level).label(
            "inherent"
        ),
        json_object(likelihood=_R.residual_likelihood, impact=_R.residual_impact, level=_R.residual_level).label(
            "residual"
        ),
        _R.appetite,
        _R.within_appetite,
        _R.reasons,
        _R.method_version,
    ).where(_R.risk_id == bindparam("risk_id", type_=Uuid())),
    id=_R.id,
    query=PastRatingQuery,
)
