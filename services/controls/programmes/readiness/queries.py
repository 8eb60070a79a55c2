"""The rows that readiness is computed from, in few statements whatever the number of controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import Days
from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion, Scheme
from services.controls.frameworks.requirements.queries import scope_of
from services.controls.programmes.adoptions.queries import PARTLY
from services.controls.programmes.commitments.queries import by_criterion
from services.controls.programmes.mapped_controls.queries import BETWEEN, compared, mapped_controls, references_of
from services.controls.programmes.programme_lacks.queries import missing
from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.programmes.models import Programme, ReportType
from services.controls.programmes.readiness.rules import (
    NAMED,
    Answer,
    Compensation,
    ControlFacts,
    WaivedControl,
    aspects_of,
    overall,
)
from services.controls.programmes.readiness.schemas import (
    Aspect,
    ReadinessOut,
    ReadinessTotals,
    RequirementReadiness,
    State,
)
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.register.controls.models import ControlStatus
from services.controls.register.waivers.models import Waiver
from services.controls.register.waivers.queries import IN_FORCE
from shared.data.base import table_of
from shared.events.catalogue.testing import Outcome
from shared.http.fields import AsOf, AsOfQuery
from shared.problems import NotFound

_D = table_of(ScopeDecision).c
_F = table_of(Framework).c
_P = table_of(Programme).c
_V = table_of(FrameworkVersion).c
_W = table_of(Waiver).c


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
    period: Days | None
    as_of: datetime
    requirements: Sequence[Any]
    decisions: dict[str, Any]
    framework: str
    framework_id: UUID
    scheme: Scheme

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
        select(
            _P.report_type,
            _P.period_start,
            _P.period_end,
            _P.framework_version_id,
            _P.categories,
            _F.id,
            _F.code,
            _F.scheme,
        )
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
        period=Days.including(programme.period_start, programme.period_end) if programme.period_start else None,
        as_of=as_of,
        requirements=await scope_of(session, programme.framework_version_id, programme.categories),
        decisions={row.requirement: row for row in await session.execute(live)},
        framework=programme.code,
        framework_id=programme.id,
        scheme=Scheme(programme.scheme),
    )


async def readiness(session: AsyncSession, situation: Situation) -> ReadinessOut:
    """How far the programme is, requirement by requirement."""
    answers = {requirement.ref: Answer(situation.asked) for requirement in situation.requirements}
    for row in await session.execute(_answering(situation)):
        ref = row.ref.removeprefix(PARTLY)
        if ref in answers:
            answers[ref].take(facts_of_row(row), row.count, row.codes, partly=ref != row.ref)
    for control in (await waived_controls(session, situation)).values():
        for ref in control.requirements & answers.keys():
            answers[ref].note_waiver(control, stands_in=control.stand_in(ref, situation.asked))
    commitments = await by_criterion(session, situation.programme_id)
    requirements = [
        _requirement_readiness(each, answers[each.ref], situation, commitments.get(each.ref, []))
        for each in situation.requirements
    ]
    lacking = await lacking_of(session, situation)
    count = [requirement.state for requirement in requirements].count
    return ReadinessOut(
        programme_id=situation.programme_id,
        as_of=situation.as_of,
        report_type=situation.report_type,
        asks=list(situation.asked),
        state=overall((requirement.state for requirement in requirements), lacking=bool(lacking)),
        missing=lacking,
        totals=ReadinessTotals(
            requirements=len(requirements),
            ready=count(State.READY),
            partly=count(State.PARTLY),
            not_ready=count(State.NOT_READY),
            not_relevant=count(State.NOT_RELEVANT),
        ),
        requirements=requirements,
    )


async def lacking_of(session: AsyncSession, situation: Situation) -> list[Missing]:
    """What the programme itself lacks of what its standard asks."""
    return await missing(
        session,
        situation.programme_id,
        scheme=situation.scheme,
        framework_id=situation.framework_id,
        relevant=[requirement for requirement in situation.requirements if situation.relevant(requirement.ref)],
    )


def _requirement_readiness(
    requirement: Any, answer: Answer, situation: Situation, commitments: list[UUID]
) -> RequirementReadiness:
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
        waived=answer.waived,
        commitments=commitments,
        lacks=lacks,
        reasons=reasons,
    )


async def control_groups(session: AsyncSession, situation: Situation) -> list[ControlGroup]:
    """Every control that is mapped to the framework, those together of which the same is known."""
    known = mapped_controls(situation.framework, situation.as_of)
    same = [known.c.mapped, *compared(known), known.c.unproven_titles]
    codes = func.string_agg(known.c.code, aggregate_order_by(literal(" "), known.c.code.collate("C")))
    rows = await session.execute(select(codes.label("codes"), *same).group_by(*same))
    return [_control_group(row, situation.framework) for row in rows]


def _answering(situation: Situation) -> Select[Any]:
    """For each requirement how many controls of which the same is known answer it, and the first of them by code."""
    known = mapped_controls(situation.framework, situation.as_of)
    mapped = select(
        known, func.unnest(func.string_to_array(known.c.mapped, " "), type_=Text()).label("reference")
    ).subquery()
    ref = func.substr(mapped.c.reference, len(situation.framework) + 2).collate("C")
    code = mapped.c.code.collate("C")
    codes = type_coerce(func.array_agg(aggregate_order_by(code, code)), ARRAY(Text()))
    return (
        select(ref.label("ref"), func.count().label("count"), codes[1:NAMED].label("codes"), *compared(mapped))
        .where(func.starts_with(mapped.c.reference, f"{situation.framework}:"))
        .group_by(ref, *compared(mapped))
    )


_TOLD = ("serious_issue", "missed", "expected", "unproven", "recurs")


def facts_of_row(row: Any, *, prefix: str = "") -> ControlFacts:
    """What a row with the columns of `compared` says of a control; `prefix` is that of their names."""
    told = {name: getattr(row, f"{prefix}{name}") for name in _TOLD}
    return ControlFacts(
        status=ControlStatus(getattr(row, f"{prefix}status")),
        design=_outcome(getattr(row, f"{prefix}design_failed")),
        operation=_outcome(getattr(row, f"{prefix}operation_failed")),
        **told,
    )


def _control_group(row: Any, framework: str) -> ControlGroup:
    whole, in_part = references_of(row.mapped, framework)
    titles = dict.fromkeys((row.unproven_titles or "").split(BETWEEN)) if row.unproven else ()
    return ControlGroup(row.codes.split(), whole, in_part, facts_of_row(row), tuple(titles))


def _outcome(failed: bool | None) -> Outcome | None:
    return None if failed is None else Outcome.FAIL if failed else Outcome.PASS


async def waived_controls(session: AsyncSession, situation: Situation) -> dict[UUID, WaivedControl]:
    """The controls that answer the programme's requirements and are waived, each by the waiver that lasts longest."""
    known = mapped_controls(situation.framework, situation.as_of)
    other = known.alias("other")
    query = (
        select(
            known.c.id,
            known.c.code,
            known.c.mapped,
            *compared(known),
            _W.expires_at,
            other.c.code.label("other_code"),
            other.c.mapped.label("other_mapped"),
            *(column.label(f"other_{column.name}") for column in compared(other)),
        )
        .join_from(known, table_of(Waiver), _W.control_id == known.c.id)
        .join(other, other.c.id == _W.compensating_control_id, isouter=True)
        .where(IN_FORCE)
        .order_by(_W.expires_at, _W.id)
    )
    found: dict[UUID, WaivedControl] = {}
    for row in await session.execute(query):
        stands_in = None
        if row.other_code is not None:
            refs, _ = references_of(row.other_mapped, situation.framework)
            stands_in = Compensation(row.other_code, frozenset(refs), facts_of_row(row, prefix="other_"))
        refs, _ = references_of(row.mapped, situation.framework)
        found[row.id] = WaivedControl(row.code, row.expires_at, frozenset(refs), facts_of_row(row), stands_in)
    return found
