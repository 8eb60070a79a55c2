"""The rows that coverage is computed from, in four statements whatever the number of controls."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Text,
    Uuid,
    case,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalk_entries.rules import turned
from services.controls.frameworks.crosswalks.models import (
    Crosswalk,
    CrosswalkEntry,
    CrosswalkStatus,
    EntryStatus,
    Relation,
)
from services.controls.frameworks.requirements.models import Requirement
from services.controls.frameworks.requirements.queries import in_scope, scope_of
from services.controls.programmes.coverage.rules import WayFacts, extent_now, extent_of, extent_with_planned, rank
from services.controls.programmes.coverage.schemas import (
    CoverageExtent,
    CoverageOut,
    CoverageTotals,
    CoveredRequirement,
    WayOut,
)
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.controls.queries import controls_by_code
from services.controls.register.controls.schemas import NamedControl
from shared.data.base import table_of

_NAMED = 5  # how many controls a way names

Mapped = tuple[str, bool]  # a requirement, and whether those mapped to it are in operation

_C = table_of(Control).c
_E = table_of(CrosswalkEntry).c
_R = table_of(Requirement).c
_X = table_of(Crosswalk).c
_TURNED = case({relation: turned(relation) for relation in Relation}, value=_E.relation)


@dataclass(frozen=True, slots=True)
class Question:
    """Which requirements of which version are asked about, and by controls mapped to what; None is to anything."""

    version_id: UUID
    framework: str
    categories: list[str]
    through: str | None


@dataclass(frozen=True, slots=True)
class _Going:
    """The controls that are mapped to one requirement: which, by their place in the order of codes, and the first."""

    places: frozenset[int] = frozenset()
    codes: tuple[str, ...] = ()


_NOBODY = _Going()


async def coverage(session: AsyncSession, question: Question, label: str) -> CoverageOut:
    """What the organisation has of each requirement in question, and through which controls."""
    going = await _ways_in(session, question.through)
    names = await controls_by_code(session, {code for mapped in going.values() for code in mapped.codes})
    ways: dict[str, list[Any]] = defaultdict(list)
    for row in await _ways(session, question):
        if (row.via, True) in going or (row.via, False) in going:
            ways[row.ref].append(row)
    covered = [
        _covered(requirement, ways[requirement.ref], going, names)
        for requirement in await scope_of(session, question.version_id, question.categories)
    ]
    extents = Counter(requirement.extent for requirement in covered)
    taken = {row.via for rows in ways.values() for row in rows}
    return CoverageOut(
        version_id=question.version_id,
        framework=question.framework,
        framework_version=label,
        through=question.through,
        categories=question.categories,
        totals=CoverageTotals(
            requirements=len(covered),
            fully=extents[CoverageExtent.FULLY],
            partly=extents[CoverageExtent.PARTLY],
            related=extents[CoverageExtent.RELATED],
            nothing=extents[CoverageExtent.NOTHING],
            in_operation=_different(going, taken, operated=True),
        ),
        requirements=covered,
    )


def _covered(
    requirement: Any, rows: Sequence[Any], going: Mapping[Mapped, _Going], names: Mapping[str, NamedControl]
) -> CoveredRequirement:
    ways = [_way(row, going, names) for row in rows]
    facts = [WayFacts(way.relation, way.in_operation, way.planned) for way in ways]
    taken = {row.via for row in rows}
    return CoveredRequirement(
        ref=requirement.ref,
        title=requirement.title,
        group_ref=requirement.group_ref,
        extent=extent_now(facts),
        foreseen=extent_with_planned(facts),
        in_operation=_different(going, taken, operated=True),
        planned=_different(going, taken, operated=False),
        ways=sorted(ways, key=lambda way: (-rank(way.says), way.entry_id is not None, way.via, way.crosswalk or "")),
    )


def _way(row: Any, going: Mapping[Mapped, _Going], names: Mapping[str, NamedControl]) -> WayOut:
    operated, planned = going.get((row.via, True), _NOBODY), going.get((row.via, False), _NOBODY)
    relation = None if row.relation is None else Relation(row.relation)
    return WayOut(
        via=row.via,
        entry_id=row.entry_id,
        crosswalk=row.crosswalk,
        relation=relation,
        strength=row.strength,
        says=extent_of(relation),
        in_operation=len(operated.places),
        planned=len(planned.places),
        controls=[names[code] for code in operated.codes],
        planned_controls=[names[code] for code in planned.codes],
    )


def _different(going: Mapping[Mapped, _Going], taken: Iterable[str], *, operated: bool) -> int:
    """How many different controls there are on these ways together."""
    return len(frozenset().union(*(going.get((via, operated), _NOBODY).places for via in taken)))


async def _ways_in(session: AsyncSession, through: str | None) -> dict[Mapped, _Going]:
    """Who is mapped to what, apart by whether they are in operation; those that are retired are left out.

    A control goes by its place in the order of codes: numbers are cheap to sort here and to compare there, and the
    place comes from an index, where to sort 40,000 codes by their letters would take longer than all the rest.
    """
    ways_in = (
        select(
            func.row_number().over(order_by=_C.code).label("place"),
            _C.code,
            (_C.status == ControlStatus.IMPLEMENTED).label("operated"),
            type_coerce(func.unnest(_C.requirements), Text()).label("via"),
        )
        .where(_C.status != ControlStatus.RETIRED)
        .subquery()
    )
    via = ways_in.c.via.collate("C")
    places = func.array_agg(aggregate_order_by(ways_in.c.place, ways_in.c.place))
    codes = type_coerce(func.array_agg(aggregate_order_by(ways_in.c.code, ways_in.c.place)), ARRAY(Text()))
    query = select(via, ways_in.c.operated, places, codes[1:_NAMED]).group_by(via, ways_in.c.operated)
    if through is not None:
        query = query.where(func.split_part(via, ":", 1) == through)
    return {
        (via, operated): _Going(frozenset(places), tuple(codes))
        for via, operated, places, codes in await session.execute(query)
    }


def _scope(question: Question) -> ColumnElement[bool]:
    return in_scope(literal(question.version_id, Uuid()), literal(question.categories, ARRAY(Text())))


async def _ways(session: AsyncSession, question: Question) -> Sequence[Any]:
    """What leads to each requirement in question: itself, and the other end of each entry, read from there."""
    itself = select(
        _R.ref,
        (literal(question.framework + ":") + _R.ref).label("via"),
        null().cast(Uuid()).label("entry_id"),
        null().cast(Text()).label("crosswalk"),
        null().cast(Text()).label("relation"),
        null().cast(Integer()).label("strength"),
        null().cast(Text()).label("reason"),
    ).where(_scope(question))
    return (await session.execute(union_all(itself, *_both_ways(question)))).all()


def entries_to(question: Question) -> CompoundSelect[Any]:
    """Each entry that leads to a requirement in question, read from its other end, which is `via`."""
    return union_all(*_both_ways(question))


def _both_ways(question: Question) -> tuple[Select[Any], Select[Any]]:
    reference, scope = literal(question.framework + ":") + _R.ref, _scope(question)
    forwards = _entries(_E.source, _E.relation).where(scope, _X.target == question.framework, _E.target == reference)
    backwards = _entries(_E.target, _TURNED).where(scope, _X.source == question.framework, _E.source == reference)
    return forwards, backwards


def _entries(via: ColumnElement[str], relation: ColumnElement[str]) -> Select[Any]:
    return (
        select(
            _R.ref,
            via.label("via"),
            _E.id.label("entry_id"),
            _X.code.label("crosswalk"),
            relation.label("relation"),
            _E.strength,
            _E.rationale.label("reason"),
        )
        .select_from(table_of(CrosswalkEntry))
        .join(table_of(Crosswalk), _X.id == _E.crosswalk_id)
        .join(table_of(Requirement), true())
        .where(_X.status == CrosswalkStatus.ACTIVE, _E.status == EntryStatus.ACTIVE)
    )
