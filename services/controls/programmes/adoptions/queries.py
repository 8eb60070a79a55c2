"""The mappings that crosswalks suggest for a programme, in one statement whatever the number of controls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, Subquery, Text, any_, case, func, literal, or_, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalks.models import COVERING, Relation
from services.controls.programmes.adoptions.models import (
    AdoptedMapping,
    AdoptedMappingStatus,
    Adoption,
    AdoptionStatus,
)
from services.controls.programmes.adoptions.schemas import MOST_ROWS, SuggestedRow
from services.controls.programmes.coverage.queries import Question, entries_to
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.register.controls.models import Control, ControlStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import UpdatedSince

_A = table_of(Adoption).c
_C = table_of(Control).c
_D = table_of(ScopeDecision).c
_M = table_of(AdoptedMapping).c

# Of several ways from a control to a requirement the one that says most is suggested, and then the strongest.
_RANKS = {
    Relation.EQUAL: 0,
    Relation.SUPERSET_OF: 1,
    Relation.SUBSET_OF: 2,
    Relation.INTERSECTS_WITH: 2,
    Relation.RELATED: 3,
}

PARTLY = "~"  # what no reference begins with

_ADOPTION = select(
    _A.id,
    _A.programme_id,
    _A.framework,
    _A.status,
    _A.mappings,
    _A.adopted_by,
    _A.rolled_back_at,
    _A.rolled_back_by,
    _A.version,
    _A.created_at,
    _A.updated_at,
)

adoption = One("adoption", _ADOPTION, by=_A.id)


class AdoptionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    programme_id: UUID | None = None
    status: AdoptionStatus | None = None
    updated_since: UpdatedSince = None


adoptions = Listing(_ADOPTION, id=_A.id, query=AdoptionQuery)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is suggested and not there yet, the first of it; how much there is, and how much is there already."""

    rows: Sequence[Any]
    total: int
    already: int


async def suggestions(
    session: AsyncSession, programme_id: UUID, question: Question, relations: Collection[Relation]
) -> Suggestions:
    """Every suggested mapping of the programme's framework, by control and requirement."""
    found = _suggested(programme_id, question, relations).subquery()
    counted = select(
        found,
        func.count().filter(~found.c.already).over().label("total"),
        func.count().filter(found.c.already).over().label("total_already"),
    )
    first = counted.order_by(found.c.already, found.c.control, found.c.requirement.collate("C")).limit(MOST_ROWS)
    rows = (await session.execute(first)).all()
    total, already = (rows[0].total, rows[0].total_already) if rows else (0, 0)
    return Suggestions([row for row in rows if not row.already], total, already)


async def suggested(
    session: AsyncSession,
    programme_id: UUID,
    question: Question,
    relations: Collection[Relation],
    rows: Sequence[SuggestedRow],
) -> dict[tuple[str, str], Any]:
    """Which of these rows are suggested, by control and requirement; those that are there already among them."""
    found = _suggested(programme_id, question, relations).subquery()
    asked = select(found).where(
        among(found.c.control, {row.control for row in rows}),
        among(found.c.requirement, {row.requirement for row in rows}),
    )
    return {(row.control, row.requirement): row for row in await session.execute(asked)}


async def active_mappings(session: AsyncSession, adoption_id: UUID) -> Sequence[AdoptedMapping]:
    """What of an adoption is still in use, locked."""
    query = select(AdoptedMapping).where(_M.adoption_id == adoption_id, _M.status == AdoptedMappingStatus.ACTIVE)
    return await lock_rows(session, query.order_by(_M.id))


def adopted_references(framework: str) -> Subquery:
    """What each control answers of a framework by adopted mappings, as one text: `iso27001:A.8.2 iso27001:~A.5.18`.

    `PARTLY` is before what it answers in part. What its own text names is not among it: that it answers in full.
    """
    ref = func.substr(_M.requirement, len(framework) + 2)
    in_part = literal(f"{framework}:{PARTLY}") + ref
    reference = case((_M.relation.in_(COVERING), _M.requirement), else_=in_part)
    ordered = aggregate_order_by(literal(" "), _M.requirement.collate("C"))
    references = select(_M.control_id, func.string_agg(reference, ordered).label("references"))
    return _counting(references, framework).group_by(_M.control_id).subquery()


async def adopted_ways(session: AsyncSession, framework: str) -> dict[tuple[str, str], Any]:
    """Through what controls answer requirements of a framework by adopted mappings, by the codes of both."""
    ways = _counting(select(_C.code, _M.requirement, _M.via, _M.relation, _M.crosswalk), framework)
    return {(row.code, row.requirement): row for row in await session.execute(ways)}


def _counting(query: Select[Any], framework: str) -> Select[Any]:
    """The adopted mappings that count: in use, and of what the control's own text does not name."""
    return query.join(table_of(Control), _C.id == _M.control_id).where(
        _M.framework == framework,
        _M.status == AdoptedMappingStatus.ACTIVE,
        _M.requirement != func.all(_C.requirements),
    )


def _suggested(programme_id: UUID, question: Question, relations: Collection[Relation]) -> Select[Any]:
    """For each control and requirement the best way from one to the other, and whether the mapping is there already."""
    ways, mapped = entries_to(question).subquery(), _mapped(question)
    requirement = literal(f"{question.framework}:") + ways.c.ref
    excluded = select(_D.requirement).where(
        _D.programme_id == programme_id, _D.status == DecisionStatus.IN_FORCE, ~_D.relevant
    )
    adopted = tuple_(mapped.c.id, requirement).in_(
        select(_M.control_id, _M.requirement).where(
            _M.framework == question.framework, _M.status == AdoptedMappingStatus.ACTIVE
        )
    )
    return (
        select(
            mapped.c.id.label("control_id"),
            mapped.c.code.label("control"),
            mapped.c.status,
            requirement.label("requirement"),
            ways.c.via,
            ways.c.entry_id,
            ways.c.crosswalk,
            ways.c.relation,
            ways.c.strength,
            ways.c.reason,
            or_(requirement == any_(mapped.c.requirements), adopted).label("already"),
        )
        .join(ways, ways.c.via == mapped.c.via)
        .where(among(ways.c.relation, relations), ways.c.ref.not_in(excluded))
        .ext(distinct_on(mapped.c.id, requirement))
        .order_by(
            mapped.c.id,
            requirement,
            case(_RANKS, value=ways.c.relation),
            ways.c.strength.desc().nulls_last(),
            ways.c.via,
            ways.c.entry_id,
        )
    )


def _mapped(question: Question) -> Subquery:
    """Each control that is not retired, and each requirement that its own text names."""
    mapped = (
        select(
            _C.id,
            _C.code,
            _C.status,
            _C.requirements,
            type_coerce(func.unnest(_C.requirements), Text()).label("via"),
        )
        .where(_C.status != ControlStatus.RETIRED)
        .subquery()
    )
    if question.through is None:
        return mapped
    return select(mapped).where(func.split_part(mapped.c.via, ":", 1) == question.through).subquery()
