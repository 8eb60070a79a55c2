"""Readiness over the period of a programme, from the facts of its controls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import Days, day_of
from services.controls.programmes.period_facts.queries import waivers_in
from services.controls.programmes.period_gaps.queries import MappedControls, controls_in
from services.controls.programmes.period_gaps.rules import JudgedControl, PeriodFacts, judge
from services.controls.programmes.period_readiness.rules import (
    FoundGap,
    PartList,
    PeriodAnswer,
    Waivers,
    answer_to,
    gap_of_requirement,
    gaps_at,
    overall,
    state_of,
)
from services.controls.programmes.period_readiness.schemas import (
    CompensatedDays,
    DaysOut,
    PartOut,
    Parts,
    PeriodReadinessOut,
    PeriodState,
    PeriodTotals,
    RequirementGap,
    RequirementGaps,
    RequirementPeriod,
)
from services.controls.programmes.readiness.queries import Situation
from services.controls.register.controls.schemas import NamedControl
from shared.data.queries import Limit
from shared.http.fields import AsOf, AsOfQuery
from shared.pace import yielding
from shared.problems import Conflict


class ProgrammeHasNoPeriod(Conflict):
    """The programme has no period."""


class PeriodReadinessQuery(AsOfQuery):
    as_of: AsOf = Field(
        description="Up to when facts count; now when left out. Days that are not over by then are not yet due"
    )
    limit: Limit = Field(default=5, description="How many parts and gaps of each requirement to name")


@dataclass(frozen=True, slots=True)
class PeriodSituation:
    """A programme with its period, what is asked of it, and what is known of its controls over the period."""

    situation: Situation
    period: Days
    today: date
    controls: Sequence[JudgedControl]
    known: MappedControls
    waivers: Waivers

    @property
    def relevant(self) -> list[str]:
        """The requirements in scope that no decision takes out, in their order."""
        return [each.ref for each in self.situation.requirements if self.situation.relevant(each.ref)]

    def in_part(self, control: JudgedControl) -> frozenset[str]:
        """The requirements of which a control answers a part, and none of its definitions all."""
        return self.known.in_part[control.facts.id] - control.requirements


async def period_situation(session: AsyncSession, situation: Situation) -> PeriodSituation:
    """All that readiness over a period is computed from; `ProgrammeHasNoPeriod` when there is none."""
    period = situation.period
    if period is None:
        words = f"The programme goes for {situation.report_type} and has no period; its readiness is as of a day."
        raise ProgrammeHasNoPeriod(words)
    today = day_of(situation.as_of)
    known = await controls_in(session, situation.framework, period, as_of=situation.as_of)
    waived = await waivers_in(session, period, situation.as_of)
    found = [judged async for each in yielding(known.controls) if (judged := judge(each, period, today=today))]
    waivers = Waivers(waived, {control.facts.id: control for control in found})
    return PeriodSituation(situation, period, today, found, known, waivers)


async def answers(of: PeriodSituation, limit: int) -> Mapping[str, PeriodAnswer]:
    """What the controls say of each relevant requirement in scope; of parts and gaps the first `limit` are named."""
    found = {ref: answer_to(ref, of.period, today=of.today, limit=limit) for ref in of.relevant}
    async for control in yielding(of.controls):
        for ref in control.requirements & found.keys():
            found[ref].whole.take(control, ref, of.waivers)
        for ref in of.in_part(control) & found.keys():
            found[ref].part.take(control, ref, of.waivers, partly=True)
    for ref in of.known.drafts.keys() & found.keys():
        found[ref].drafts.extend(of.known.drafts[ref])
    return found


async def gaps_of(of: PeriodSituation) -> list[tuple[FoundGap, list[str]]]:
    """The gaps that no record closed, each once, with the requirements at which a day of it is not compensated."""
    relevant = of.relevant
    whole = frozenset[str]().union(*(control.requirements for control in of.controls))
    in_part = frozenset[str]().union(*(of.in_part(control) for control in of.controls)) - whole
    bare = [ref for ref in relevant if ref not in whole]
    found = [
        (FoundGap(gap_of_requirement(of.period, in_part=ref in in_part, drafts=of.known.drafts.get(ref, ()))), [ref])
        for ref in bare
    ]
    async for control in yielding(of.controls):
        listed: dict[int, tuple[FoundGap, list[str]]] = {}
        partly = of.in_part(control) & in_part
        for ref in (each for each in relevant if each in control.requirements or each in partly):
            for gap in gaps_at(control, ref, partly=ref in partly):
                at = of.waivers.found(control, gap, ref)
                if gap.made_good_on is None:
                    listed.setdefault(id(gap), (at, []))[1].extend([ref] if at.is_open else [])
        found += listed.values()
    return found


async def period_readiness(of: PeriodSituation, limit: int) -> PeriodReadinessOut:
    """How far the programme is over its period, requirement by requirement."""
    found = await answers(of, limit)
    requirements = [_requirement(each, found.get(each.ref), of) for each in of.situation.requirements]
    counts = Counter(requirement.state for requirement in requirements)
    return PeriodReadinessOut(
        programme_id=of.situation.programme_id,
        as_of=of.situation.as_of,
        report_type=of.situation.report_type,
        period_start=of.period.start,
        period_end=of.period.last,
        state=overall(requirement.state for requirement in requirements),
        totals=PeriodTotals(requirements=len(requirements), **{str(state): counts[state] for state in PeriodState}),
        requirements=requirements,
    )


def _requirement(requirement: Any, answer: PeriodAnswer | None, of: PeriodSituation) -> RequirementPeriod:
    answer = answer or answer_to(requirement.ref, Days(of.period.start, of.period.start), today=of.today, limit=0)
    relevant, tally = of.situation.relevant(requirement.ref), answer.counted
    return RequirementPeriod(
        ref=requirement.ref,
        title=requirement.title,
        group_ref=requirement.group_ref,
        state=state_of(tally, of.period, today=of.today) if relevant else PeriodState.NOT_RELEVANT,
        operated=_parts(tally.operated),
        not_yet_due=_parts(tally.not_yet_due),
        gaps=RequirementGaps(
            total=tally.gaps if relevant else 0, first=[_gap(each) for each in tally.first_gaps] if relevant else []
        ),
        unanswered=[days_out(days) for days in tally.unanswered],
        in_part=answer.part.controls,
        drafts=len(answer.drafts),
    )


def _parts(listed: PartList) -> Parts:
    first = [
        PartOut(
            control=named(control),
            definition=judged.part.definition,
            recorded_at=judged.part.recorded_at,
            **days_out(judged.days).model_dump(),
        )
        for control, judged in listed.first
    ]
    return Parts(total=listed.total, first=first)


def _gap(found: FoundGap) -> RequirementGap:
    return RequirementGap(
        **gap_fields(found),
        compensated=[
            CompensatedDays(control=named(other), **days_out(days).model_dump()) for other, days in found.compensated
        ],
    )


def gap_fields(found: FoundGap) -> dict[str, Any]:
    """What is said of a gap wherever it is listed."""
    return {
        "code": found.gap.code,
        "reason": found.gap.words,
        "control": None if found.control is None else named(found.control),
        "definition": found.gap.definition,
        "first_day": found.gap.days.start,
        "last_day": found.gap.days.last,
        "made_good_on": found.gap.made_good_on,
        "waived": [days_out(days) for days in found.waived],
    }


def days_out(days: Days) -> DaysOut:
    """Days with their first and last, as the contract has them."""
    return DaysOut(first_day=days.start, last_day=days.last)


def named(control: PeriodFacts) -> NamedControl:
    """A control by what people call it."""
    return NamedControl(id=control.id, code=control.code, title=control.title)
