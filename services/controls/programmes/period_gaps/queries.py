"""What is known of the controls of a framework over a period: one statement a kind of fact, however many they are.

What went wrong counts by when it was, and what makes up for it by when it was recorded: nothing that was recorded after
`as_of` improves what is said as of then.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import A_DAY, Days, day_of
from services.controls.programmes.adoptions.queries import adopted_references
from services.controls.programmes.mapped_controls.queries import references_of
from services.controls.programmes.period_facts.queries import evidence_in, failures_in, misses_in
from services.controls.programmes.period_gaps.rules import DefinitionPart, PeriodFacts
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.definitions.models import Definition, DefinitionState
from services.controls.register.occurrences.rules import ControlFacts, DefinitionFacts, stretches
from services.controls.register.rhythms.rules import local_day
from services.controls.register.rhythms.schemas import Recurrence
from services.controls.testing.test_results.models import Result
from services.controls.testing.test_standings.models import Standing
from services.controls.testing.test_standings.queries import CONCLUSIONS
from shared.data.base import table_of
from shared.events.catalogue.testing import TestKind
from shared.pace import yielding

_C = table_of(Control).c
_T = table_of(Result).c
_D = table_of(Definition).c


@dataclass(frozen=True, slots=True)
class MappedControls:
    """The controls that answered a framework in a period, by code, what each answers in part, and the drafts."""

    controls: Sequence[PeriodFacts]
    in_part: Mapping[UUID, frozenset[str]]
    drafts: Mapping[str, Sequence[str]]


async def controls_in(session: AsyncSession, framework: str, period: Days, *, as_of: datetime) -> MappedControls:
    """All that is known, as of an instant, of the controls that answer a framework in a period."""
    rows = (await session.execute(_mapped(framework, period, as_of))).all()
    missed, failing = await misses_in(session, period, as_of), await failures_in(session, period, as_of)
    evidence = await evidence_in(session, as_of)
    controls: list[PeriodFacts] = []
    in_part: dict[UUID, frozenset[str]] = {}
    drafts: dict[str, list[str]] = defaultdict(list)
    async for control_id, its_rows in yielding(_by_control(rows)):
        first = its_rows[0]
        whole, partly = _references(first.adopted or "", framework)
        if first.status == ControlStatus.DRAFT:
            for ref in _references(first.own, framework)[0] | whole | partly:
                drafts[ref].append(first.code)
            continue
        begins, retired = _operated(first, as_of)
        parts = _parts(its_rows, framework, begins, retired, as_of)
        if not parts:
            continue
        in_part[control_id] = partly
        controls.append(
            PeriodFacts(
                id=control_id,
                code=first.code,
                title=first.title,
                in_operation=_is_in_operation(first, as_of),
                approved_on=_effective(first),
                retired_on=None if retired is None else parts[-1].days.end,
                parts=parts,
                is_tested=first.design_failed is False and first.operation_failed is False,
                operation_concluded=first.operation_failed is not None,
                missed=missed.get(control_id, ()),
                failing=failing.get(control_id, ()),
                evidence=evidence.get(control_id, ()),
            )
        )
    return MappedControls(controls, in_part, drafts)


def _parts(
    rows: Sequence[Any], framework: str, begins: datetime, retired: datetime | None, as_of: datetime
) -> list[DefinitionPart]:
    """The days on which each approved definition was in force and the control in operation."""
    definitions = [
        DefinitionFacts(row.definition_id, row.number, row.frequency, _recurrence(row), row.effective_from)
        for row in rows
    ]
    by_number = {row.number: row for row in rows}
    adopted, _ = _references(rows[0].adopted or "", framework)
    return [
        DefinitionPart(
            stretch.definition.number,
            Days(stretch.start, stretch.end),
            _recorded_at(row, as_of),
            _references(row.mapped, framework)[0] | adopted,
            stretch.definition.frequency,
            stretch.rhythm,
        )
        for stretch in stretches(ControlFacts(begins, retired, definitions))
        for row in [by_number[stretch.definition.number]]
    ]


@lru_cache(maxsize=4096)
def _references(mapped: str, framework: str) -> tuple[frozenset[str], frozenset[str]]:
    whole, partly = references_of(mapped, framework)
    return frozenset(whole), frozenset(partly)


def _by_control(rows: Sequence[Any]) -> Iterator[tuple[UUID, list[Any]]]:
    for control_id, its_rows in groupby(rows, key=lambda row: row.id):
        yield control_id, list(its_rows)


def _operated(row: Any, as_of: datetime) -> tuple[datetime, datetime | None]:
    """From when until when it is in operation; if it is not yet, from the next day on, the earliest that it can be."""
    begins = row.implemented_at if _is_in_operation(row, as_of) else as_of + A_DAY
    return begins, row.retired_at if row.retired_at and row.retired_at <= as_of else None


def _is_in_operation(row: Any, as_of: datetime) -> bool:
    """Whether it was in operation as far as was on record by then."""
    return row.implementation_recorded_at is not None and row.implementation_recorded_at <= as_of


def _recorded_at(row: Any, as_of: datetime) -> datetime:
    recorded: datetime = row.recorded_at
    return max(recorded, row.implementation_recorded_at) if _is_in_operation(row, as_of) else recorded


def _recurrence(row: Any) -> Recurrence | None:
    return Recurrence.model_validate(row.recurrence) if row.recurrence else None


def _effective(row: Any) -> date:
    recurrence = _recurrence(row)
    return local_day(row.effective_from, recurrence.time_zone) if recurrence else day_of(row.effective_from)


def _mapped(framework: str, period: Days, as_of: datetime) -> Select[Any]:
    """The approved definitions of each control that answers the framework by one of them, and the drafts."""
    adopted, prefix = adopted_references(framework), f"{framework}:"
    design, operation = _concluded(TestKind.DESIGN, as_of), _concluded(TestKind.OPERATING, as_of)
    own = func.array_to_string(_C.requirements, " ", type_=Text())
    mapped = func.array_to_string(_D.requirements, " ", type_=Text())
    approved = and_(_D.state == DefinitionState.APPROVED, _D.known_at <= as_of)
    answering = select(_D.control_id).where(approved, mapped.contains(prefix, autoescape=True))
    return (
        select(
            _C.id,
            _C.code,
            _C.title,
            _C.status,
            _as_of(as_of, _C.implementation_recorded_at, _C.implemented_at, _C.known_in_operation_since).label(
                "implemented_at"
            ),
            _as_of(as_of, _C.implementation_recorded_at, _C.implementation_recorded_at, _C.known_in_operation_at).label(
                "implementation_recorded_at"
            ),
            _C.retired_at,
            own.label("own"),
            adopted.c.references.label("adopted"),
            design.c.failed.label("design_failed"),
            operation.c.failed.label("operation_failed"),
            _D.id.label("definition_id"),
            _D.number,
            _as_of(as_of, _D.recorded_at, _D.effective_from, _D.known_from).label("effective_from"),
            _as_of(as_of, _D.recorded_at, _D.recorded_at, _D.known_at).label("recorded_at"),
            _D.frequency,
            _D.recurrence,
            mapped.label("mapped"),
        )
        .join(table_of(Definition), and_(_D.control_id == _C.id, approved), isouter=True)
        .join(adopted, adopted.c.control_id == _C.id, isouter=True)
        .join(design, design.c.control_id == _C.id, isouter=True)
        .join(operation, operation.c.control_id == _C.id, isouter=True)
        .where(
            or_(
                _C.id.in_(answering),
                adopted.c.references.is_not(None),
                and_(_C.status == ControlStatus.DRAFT, own.contains(prefix, autoescape=True)),
            ),
            or_(_C.status == ControlStatus.DRAFT, _D.id.is_not(None)),
            or_(_C.retired_at.is_(None), _C.retired_at >= period.start),
        )
        .order_by(_C.code.collate("C"), _D.number)
    )


def _as_of(
    as_of: datetime, recorded_at: ColumnElement[Any], now: ColumnElement[Any], before: ColumnElement[Any]
) -> ColumnElement[Any]:
    """What was on record as of an instant: what is known now, if it was recorded by then, or what was known before."""
    return case((recorded_at <= as_of, now), else_=before)


def _concluded(kind: TestKind, as_of: datetime) -> Subquery:
    """What tests of a kind had concluded by an instant, and was on record by then."""
    columns = CONCLUSIONS.selected_columns
    on_record = func.coalesce(_T.reviewed_at, _T.created_at) <= as_of
    recorded = exists().where(_T.id == table_of(Standing).c.concluded_by, on_record)
    return CONCLUSIONS.where(columns.kind == kind, recorded).having(columns.concluded_at <= as_of).subquery()
