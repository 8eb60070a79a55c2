from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Select, Text, Uuid, and_, any_, bindparam, func, literal_column, select

from services.controls.days import day_of
from services.controls.policies.policies.models import Policy
from services.controls.policies.policy_versions.models import PolicyVersion
from shared.data.base import table_of
from shared.data.reads import Listing, One, mentioned

_P = table_of(Policy).c
_V = table_of(PolicyVersion).c

_PUBLISHED = _P.status == literal_column("'published'")
_OVERDUE = func.coalesce(and_(_PUBLISHED, _P.review_due_on < bindparam("as_of", type_=Date())), False)

_POLICY = select(
    _P.id,
    _P.code,
    _P.title,
    _P.owner,
    _P.review_months,
    _P.control_ids,
    _P.requirements,
    _P.status,
    _P.published_version_id,
    _V.number.label("published_number"),
    _V.effective_on,
    _P.reviewed_on,
    _P.review_due_on,
    _OVERDUE.label("review_overdue"),
    _P.version,
    _P.created_at,
    _P.updated_at,
).join(table_of(PolicyVersion), _V.id == _P.published_version_id, isouter=True)

policy = One("policy", _POLICY, by=_P.id)

policies = Listing(
    _POLICY,
    id=_P.id,
    filters={
        "status": _P.status == bindparam("status", type_=Text()),
        "owner": _P.owner == bindparam("owner", type_=Text()),
        "control_id": bindparam("control_id", type_=Uuid()) == any_(_P.control_ids),
        "requirement": bindparam("requirement", type_=Text()) == any_(_P.requirements),
        "review_overdue": bindparam("review_overdue", type_=Boolean()) == _OVERDUE,
        "q": mentioned(_P.title, _P.code),
        "updated_since": _P.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"code": _P.code, "created_at": _P.created_at, "updated_at": _P.updated_at},
)


def untold_reviews(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of policies whose review is due at an instant, as nobody has been told of that date yet."""
    untold = _P.review_told_for.is_distinct_from(_P.review_due_on)
    return select(_P.org_id).where(_PUBLISHED, _P.review_due_on <= day_of(as_of), untold)
