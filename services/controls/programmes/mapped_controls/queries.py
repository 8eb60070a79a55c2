"""The controls that answer a framework, and what readiness is found by of each: one select, however many they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Subquery, Text, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.controls.health.health.models import Health
from services.controls.health.health.rules import LIVE
from services.controls.health.known_evidence.models import KnownExpectation, KnownProof, ProofState
from services.controls.health.known_evidence.queries import WAS_FRESH
from services.controls.health.reasons.rules import MISSED
from services.controls.programmes.adoptions.queries import PARTLY, adopted_references
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.rhythms.rules import RECURRING
from services.controls.testing.test_standings.queries import CONCLUSIONS
from shared.data.base import table_of
from shared.events.catalogue.controls import HealthState, ReasonCode
from shared.events.catalogue.testing import TestKind

_C = table_of(Control).c
_E = table_of(KnownExpectation).c
_H = table_of(Health).c
_K = table_of(KnownProof).c

BETWEEN = "\x1f"  # what no title has in it


def mapped_controls(framework: str, as_of: datetime) -> CTE:
    """Every control that is mapped to the framework, and what its tests, health and evidence come to."""
    design, operation = _concluded(TestKind.DESIGN), _concluded(TestKind.OPERATING)
    evidence, adopted = expected(as_of), adopted_references(framework)
    own = func.array_to_string(_C.requirements, " ", type_=Text())
    mapped = func.concat_ws(" ", own, adopted.c.references, type_=Text()).collate("C")
    return (
        select(
            _C.id,
            _C.code,
            _C.status,
            mapped.label("mapped"),
            design.c.failed.label("design_failed"),
            operation.c.failed.label("operation_failed"),
            _failing_for(ReasonCode.SERIOUS_ISSUE_OPEN).label("serious_issue"),
            _failing_for(*MISSED).label("missed"),
            evidence.c.control_id.is_not(None).label("expected"),
            evidence.c.titles.is_not(None).label("unproven"),
            evidence.c.titles.label("unproven_titles"),
            _C.frequency.in_(RECURRING).label("recurs"),
        )
        .join(adopted, adopted.c.control_id == _C.id, isouter=True)
        .join(design, design.c.control_id == _C.id, isouter=True)
        .join(operation, operation.c.control_id == _C.id, isouter=True)
        .join(table_of(Health), _H.id == _C.id, isouter=True)
        .join(evidence, evidence.c.control_id == _C.id, isouter=True)
        .where(_C.status != ControlStatus.RETIRED, mapped.contains(f"{framework}:", autoescape=True))
        .cte("known")
    )


def _failing_for(*codes: ReasonCode) -> ColumnElement[bool]:
    """Whether the control is failing, and one of these is a reason."""
    given = or_(*(literal(code, Text()) == any_(_H.reason_codes) for code in codes))
    return func.coalesce(and_(_H.state == HealthState.FAILING, given), literal(False))


def compared(source: FromClause) -> list[ColumnElement[Any]]:
    """The columns of `mapped_controls` that `ControlFacts` are made of."""
    columns = source.c
    return [
        columns.status,
        columns.design_failed,
        columns.operation_failed,
        columns.serious_issue,
        columns.missed,
        columns.expected,
        columns.unproven,
        columns.recurs,
    ]


def references_of(mapped: str, framework: str) -> tuple[list[str], list[str]]:
    """The requirements of a framework that a control answers: all of them, and a part of them."""
    prefix = f"{framework}:"
    refs = [ref.removeprefix(prefix) for ref in mapped.split() if ref.startswith(prefix)]
    whole = [ref for ref in refs if not ref.startswith(PARTLY)]
    return whole, [ref.removeprefix(PARTLY) for ref in refs if ref.startswith(PARTLY)]


def expected(as_of: datetime) -> Subquery:
    """Every control of which evidence is expected, and the titles of that which has none that is fresh.

    It is what health is found by, as SQL, and for a later day: what runs out until then is not fresh on it.
    """
    live = and_(_K.state.in_(LIVE), or_(_K.valid_until.is_(None), _K.valid_until > as_of))
    renewed = _K.state == ProofState.SUPERSEDED
    fresh = (
        select(_K.expectation_id)
        .where(WAS_FRESH)
        .group_by(_K.expectation_id)
        .having(or_(func.bool_or(live), func.bool_and(renewed)))
        .subquery()
    )
    titles = func.string_agg(_E.title, aggregate_order_by(literal(BETWEEN), _E.title))
    return (
        select(_E.control_id, titles.filter(fresh.c.expectation_id.is_(None)).label("titles"))
        .join(fresh, fresh.c.expectation_id == _E.id, isouter=True)
        .where(_E.withdrawn_at.is_(None))
        .group_by(_E.control_id)
        .subquery()
    )


def _concluded(kind: TestKind) -> Subquery:
    return CONCLUSIONS.where(CONCLUSIONS.selected_columns.kind == kind).subquery()
