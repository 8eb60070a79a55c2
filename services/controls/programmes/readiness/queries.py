"""The rows that readiness is computed from, in few statements whatever the number of controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.frameworks.requirements.queries import scope_of
from services.controls.health.health.models import Health, KnownExpectation, KnownProof, ProofState
from services.controls.health.health.rules import LIVE
from services.controls.programmes.adoptions.queries import PARTLY, adopted_references
from services.controls.programmes.programmes.models import Programme, ReportType
from services.controls.programmes.readiness.rules import NAMED, Answer, ControlFacts, aspects_of, overall
from services.controls.programmes.readiness.schemas import (
    Aspect,
    ReadinessOut,
    ReadinessTotals,
    RequirementReadiness,
    State,
)
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.testing.test_standings.queries import CONCLUSIONS
from shared.data.base import table_of
from shared.events.catalogue.controls import HealthState, ReasonCode
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import AsOf, AsOfQuery
from shared.problems import NotFound

_C = table_of(Control).c
_D = table_of(ScopeDecision).c
_E = table_of(KnownExpectation).c
_F = table_of(Framework).c
_H = table_of(Health).c
_K = table_of(KnownProof).c
_P = table_of(Programme).c
_V = table_of(FrameworkVersion).c

_BETWEEN = "\x1f"  # what no title has in it


class ReadinessQuery(AsOfQuery):
    as_of: AsOf = Field(
        description="When evidence has to be fresh; now when left out. Later says what lapses if nothing is done"
    )


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Controls that are mapped to the same requirements and of which the same is known; their codes in order.

    They answer all of the `requirements`, and of those `in_part` a part.
    """

    codes: Sequence[str]
    requirements: Sequence[str]
    in_part: Sequence[str]
    facts: ControlFacts
    unproven: Sequence[str]


@dataclass(frozen=True, slots=True)
class Situation:
    """A programme, what is asked of it, what was decided and who answers, as of an instant."""

    programme_id: UUID
    report_type: ReportType
    as_of: datetime
    requirements: Sequence[Any]
    decisions: dict[str, Any]
    framework: str

    @property
    def asked(self) -> tuple[Aspect, ...]:
        return aspects_of(self.report_type)

    def relevant(self, ref: str) -> bool:
        """Whether a requirement is, which it is unless a decision in force says otherwise."""
        decision = self.decisions.get(ref)
        return decision is None or decision.relevant or decision.status != DecisionStatus.IN_FORCE


async def situation(session: AsyncSession, programme_id: UUID, as_of: datetime) -> Situation:
    """All that readiness is computed from; `NotFound` when there is no such programme."""
    pinned = (
        select(_P.report_type, _P.framework_version_id, _P.categories, _F.code)
        .join(table_of(FrameworkVersion), _V.id == _P.framework_version_id)
        .join(table_of(Framework), _F.id == _V.framework_id)
        .where(_P.id == programme_id)
    )
    programme = (await session.execute(pinned)).first()
    if programme is None:
        raise NotFound(f"There is no programme {programme_id}.")
    live = select(_D.requirement, _D.relevant, _D.status, _D.reason, _D.grounds, _D.risks).where(
        _D.programme_id == programme_id, _D.status != DecisionStatus.WITHDRAWN
    )
    return Situation(
        programme_id=programme_id,
        report_type=ReportType(programme.report_type),
        as_of=as_of,
        requirements=await scope_of(session, programme.framework_version_id, programme.categories),
        decisions={row.requirement: row for row in await session.execute(live)},
        framework=programme.code,
    )


async def readiness(session: AsyncSession, situation: Situation) -> ReadinessOut:
    """How far the programme is, requirement by requirement."""
    answers = {requirement.ref: Answer(situation.asked) for requirement in situation.requirements}
    for row in await session.execute(_answering(situation)):
        ref = row.ref.removeprefix(PARTLY)
        if ref in answers:
            answers[ref].take(_facts(row), row.count, row.codes, partly=ref != row.ref)
    requirements = [
        _requirement_readiness(requirement, answers[requirement.ref], situation)
        for requirement in situation.requirements
    ]
    count = [requirement.state for requirement in requirements].count
    return ReadinessOut(
        programme_id=situation.programme_id,
        as_of=situation.as_of,
        report_type=situation.report_type,
        asks=list(situation.asked),
        state=overall(requirement.state for requirement in requirements),
        totals=ReadinessTotals(
            requirements=len(requirements),
            ready=count(State.READY),
            partly=count(State.PARTLY),
            not_ready=count(State.NOT_READY),
            not_relevant=count(State.NOT_RELEVANT),
        ),
        requirements=requirements,
    )


def _requirement_readiness(requirement: Any, answer: Answer, situation: Situation) -> RequirementReadiness:
    decision = situation.decisions.get(requirement.ref)
    state, lacks, reasons = answer.state, answer.lacks, answer.reasons
    if decision is not None and not situation.relevant(requirement.ref):
        state, lacks, reasons = State.NOT_RELEVANT, [], [f"Not relevant: {decision.reason}"]
    elif decision is not None and not decision.relevant:
        reasons = [*reasons, "That it is not relevant awaits approval."]
    return RequirementReadiness(
        ref=requirement.ref,
        title=requirement.title,
        group_ref=requirement.group_ref,
        state=state,
        **{str(aspect): answer.extent(aspect) for aspect in Aspect},
        controls=answer.count,
        in_part=answer.part.counted.count,
        drafts=answer.drafts.count,
        lacks=lacks,
        reasons=reasons,
    )


async def control_groups(session: AsyncSession, situation: Situation) -> list[ControlGroup]:
    """Every control that is mapped to the framework, those together of which the same is known."""
    known = _known(situation)
    same = [known.c.mapped, *_compared(known), known.c.unproven_titles]
    codes = func.string_agg(known.c.code, aggregate_order_by(literal(" "), known.c.code.collate("C")))
    rows = await session.execute(select(codes.label("codes"), *same).group_by(*same))
    return [_control_group(row, f"{situation.framework}:") for row in rows]


def _answering(situation: Situation) -> Select[Any]:
    """For each requirement how many controls of which the same is known answer it, and the first of them by code."""
    known = _known(situation)
    mapped = select(
        known, func.unnest(func.string_to_array(known.c.mapped, " "), type_=Text()).label("reference")
    ).subquery()
    ref = func.substr(mapped.c.reference, len(situation.framework) + 2).collate("C")
    code = mapped.c.code.collate("C")
    codes = type_coerce(func.array_agg(aggregate_order_by(code, code)), ARRAY(Text()))
    return (
        select(ref.label("ref"), func.count().label("count"), codes[1:NAMED].label("codes"), *_compared(mapped))
        .where(func.starts_with(mapped.c.reference, f"{situation.framework}:"))
        .group_by(ref, *_compared(mapped))
    )


def _known(situation: Situation) -> CTE:
    """Every control that is mapped to the framework, and what its tests, health and evidence come to."""
    design, operation = _concluded(TestKind.DESIGN), _concluded(TestKind.OPERATING)
    evidence, adopted = expected(situation.as_of), adopted_references(situation.framework)
    own = func.array_to_string(_C.requirements, " ", type_=Text())
    mapped = func.concat_ws(" ", own, adopted.c.references, type_=Text()).collate("C")
    serious = and_(
        _H.state == HealthState.FAILING, literal(ReasonCode.SERIOUS_ISSUE_OPEN, Text()) == any_(_H.reason_codes)
    )
    return (
        select(
            _C.code,
            _C.status,
            mapped.label("mapped"),
            design.c.failed.label("design_failed"),
            operation.c.failed.label("operation_failed"),
            func.coalesce(serious, literal(False)).label("serious_issue"),
            evidence.c.control_id.is_not(None).label("expected"),
            evidence.c.titles.is_not(None).label("unproven"),
            evidence.c.titles.label("unproven_titles"),
        )
        .join(adopted, adopted.c.control_id == _C.id, isouter=True)
        .join(design, design.c.control_id == _C.id, isouter=True)
        .join(operation, operation.c.control_id == _C.id, isouter=True)
        .join(table_of(Health), _H.id == _C.id, isouter=True)
        .join(evidence, evidence.c.control_id == _C.id, isouter=True)
        .where(_C.status != ControlStatus.RETIRED, mapped.contains(f"{situation.framework}:", autoescape=True))
        .cte("known")
    )


def expected(as_of: datetime) -> Subquery:
    """Every control of which evidence is expected, and the titles of that which has none that is fresh.

    It is what health is found by, as SQL, and for a later day: what runs out until then is not fresh on it.
    """
    live = and_(_K.state.in_(LIVE), or_(_K.valid_until.is_(None), _K.valid_until > as_of))
    renewed = _K.state == ProofState.SUPERSEDED
    fresh = (
        select(_K.expectation_id)
        .group_by(_K.expectation_id)
        .having(or_(func.bool_or(live), func.bool_and(renewed)))
        .subquery()
    )
    titles = func.string_agg(_E.title, aggregate_order_by(literal(_BETWEEN), _E.title))
    return (
        select(_E.control_id, titles.filter(fresh.c.expectation_id.is_(None)).label("titles"))
        .join(fresh, fresh.c.expectation_id == _E.id, isouter=True)
        .where(~_E.withdrawn)
        .group_by(_E.control_id)
        .subquery()
    )


def _concluded(kind: TestKind) -> Subquery:
    return CONCLUSIONS.where(CONCLUSIONS.selected_columns.kind == kind).subquery()


def _compared(source: CTE | Subquery) -> list[ColumnElement[Any]]:
    columns = source.c
    return [
        columns.status,
        columns.design_failed,
        columns.operation_failed,
        columns.serious_issue,
        columns.expected,
        columns.unproven,
    ]


def _facts(row: Any) -> ControlFacts:
    return ControlFacts(
        status=ControlStatus(row.status),
        design=_outcome(row.design_failed),
        operation=_outcome(row.operation_failed),
        serious_issue=row.serious_issue,
        expected=row.expected,
        unproven=row.unproven,
    )


def _control_group(row: Any, prefix: str) -> ControlGroup:
    mapped = [ref.removeprefix(prefix) for ref in row.mapped.split() if ref.startswith(prefix)]
    whole = [ref for ref in mapped if not ref.startswith(PARTLY)]
    in_part = [ref.removeprefix(PARTLY) for ref in mapped if ref.startswith(PARTLY)]
    titles = dict.fromkeys((row.unproven_titles or "").split(_BETWEEN)) if row.unproven else ()
    return ControlGroup(row.codes.split(), whole, in_part, _facts(row), tuple(titles))


def _outcome(failed: bool | None) -> Outcome | None:
    return None if failed is None else Outcome.FAIL if failed else Outcome.PASS
