from typing import Literal
from uuid import UUID

from sqlalchemy import Uuid, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.types import DateTime

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.known_definitions.models import KnownDefinition
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery
from shared.data.reads import Listing

_D = table_of(KnownDefinition).c
_N = table_of(KnownDefinition).alias("later").c
_E = table_of(Engagement).c

_FROM = func.coalesce(_D.begun_earlier, _D.effective_from)
_UNTIL = (
    select(func.min(_N.effective_from))
    .where(_N.control_id == _D.control_id, _N.number > _D.number, _N.version > 0, _N.withdrawn.is_(False))
    .scalar_subquery()
)
_COVERS_FROM = func.timezone("UTC", cast(func.coalesce(_E.as_of_date, _E.period_start), DateTime()))
_COVERS_UNTIL = func.timezone("UTC", cast(func.coalesce(_E.as_of_date, _E.period_end) + 1, DateTime()))


class ScopedDefinitionQuery(ListQuery):
    sort: Literal["control_code", "-control_code", "effective_from", "-effective_from"] = "control_code"
    control_id: UUID | None = None
    after_freeze: bool | None = None


_WORDS = ClientWords("title", "statement")

scoped_definitions = Listing(
    select(
        _D.id,
        _D.control_id,
        _D.control_code,
        _D.number,
        _D.title,
        _D.statement,
        _D.kind,
        _D.nature,
        _D.frequency,
        _D.requirements,
        _FROM.label("effective_from"),
        _UNTIL.label("effective_until"),
        _D.approved_at,
        func.coalesce(_D.approved_at > _E.fieldwork_at, False).label("after_freeze"),
    )
    .join(table_of(Engagement), _D.control_id == any_(_E.control_ids))
    .where(
        _E.id == bindparam("engagement_id", type_=Uuid()),
        _D.version > 0,
        _D.withdrawn.is_(False),
        and_(_FROM < _COVERS_UNTIL, or_(_UNTIL.is_(None), _UNTIL > _COVERS_FROM)),
    ),
    id=_D.id,
    query=ScopedDefinitionQuery,
    names_controls=_WORDS,
)
