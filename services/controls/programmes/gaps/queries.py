"""The gaps of a programme, from the same facts as its readiness and its readiness over the period."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.gaps.rules import OF_REQUIREMENTS, Work, ordered
from services.controls.programmes.gaps.schemas import DatedGap, GapOut, GapsOut, PeriodGaps
from services.controls.programmes.period_readiness.queries import gap_fields, gaps_of, period_situation
from services.controls.programmes.period_readiness.rules import FoundGap
from services.controls.programmes.readiness.queries import (
    ControlGroup,
    ReadinessQuery,
    Situation,
    control_groups,
    waived_controls,
)
from services.controls.programmes.readiness.rules import WaivedControl, lacks, not_expected
from services.controls.register.controls.models import ControlStatus
from services.controls.register.controls.queries import controls_by_code
from shared.data.queries import Limit
from shared.events.catalogue.controls import ReasonCode


class GapQuery(ReadinessQuery):
    limit: Limit = 50


async def gaps(session: AsyncSession, situation: Situation, limit: int) -> GapsOut:
    """What keeps the programme from being ready, the first `limit` of it."""
    groups = await control_groups(session, situation)
    answered = _Answered()
    for group in groups:
        answered.take(group)
    waived = {control.code: control for control in (await waived_controls(session, situation)).values()}
    works = [*_unanswered(answered, situation), *_unfinished(groups, answered, situation, waived)]
    total, first = ordered(works, limit)
    names = await controls_by_code(session, {gap.code for gap in first if gap.lack not in OF_REQUIREMENTS})
    until = {code: control.until for code, control in waived.items()}
    told = [
        GapOut(
            lack=gap.lack,
            what=gap.what,
            control=None if gap.lack in OF_REQUIREMENTS else names[gap.code],
            expectation=gap.expectation or None,
            not_expected=list(gap.not_expected),
            waived_until=None if gap.lack in OF_REQUIREMENTS else until.get(gap.code),
            closes=list(gap.closes),
            concerns=list(gap.concerns),
        )
        for gap in first
    ]
    period = await _period_gaps(session, situation, limit)
    return GapsOut(programme_id=situation.programme_id, as_of=situation.as_of, total=total, gaps=told, period=period)


async def _period_gaps(session: AsyncSession, situation: Situation, limit: int) -> PeriodGaps | None:
    """The gaps of the period that no record closed, each once with all requirements that it concerns."""
    if situation.period is None:
        return None
    found = await gaps_of(await period_situation(session, situation))
    return PeriodGaps(
        period_start=situation.period.start,
        period_end=situation.period.last,
        total=len(found),
        gaps=[DatedGap(**gap_fields(gap), concerns=refs) for gap, refs in nsmallest(limit, found, key=_by_day)],
    )


def _by_day(listed: tuple[FoundGap, list[str]]) -> tuple[date, str, date, str]:
    found, refs = listed
    return found.gap.days.start, found.control.code if found.control else refs[0], found.gap.days.end, found.gap.code


@dataclass(slots=True)
class _Answered:
    """The requirements that controls answer: all of them or a part, by controls that count or by drafts."""

    whole: set[str] = field(default_factory=set)
    part: set[str] = field(default_factory=set)
    drafted: set[str] = field(default_factory=set)
    drafted_part: set[str] = field(default_factory=set)

    def take(self, group: ControlGroup) -> None:
        is_draft = group.facts.status == ControlStatus.DRAFT
        (self.drafted if is_draft else self.whole).update(group.requirements)
        (self.drafted_part if is_draft else self.part).update(group.in_part)

    def concerned(self, group: ControlGroup) -> Iterator[str]:
        """What a control's lacks concern: drafts matter only where nothing else answers, a part where nothing whole."""
        if group.facts.status == ControlStatus.DRAFT:
            counted = self.whole | self.part
            yield from (ref for ref in (*group.requirements, *group.in_part) if ref not in counted)
        else:
            yield from group.requirements
            yield from (ref for ref in group.in_part if ref not in self.whole)


def _unanswered(answered: _Answered, situation: Situation) -> Iterator[Work]:
    in_part = answered.part | (answered.drafted_part - answered.drafted)
    for requirement in situation.requirements:
        ref = requirement.ref
        if ref in answered.whole or not situation.relevant(ref):
            continue
        if ref in in_part:
            yield Work(ReasonCode.ANSWERED_IN_PART, (ref,), (ref,))
        elif ref not in answered.drafted:
            yield Work(ReasonCode.NO_CONTROL, (ref,), (ref,))


def _unfinished(
    groups: list[ControlGroup], answered: _Answered, situation: Situation, waived: Mapping[str, WaivedControl]
) -> Iterator[Work]:
    """What each control lacks. It concerns no requirement at which another counts in the place of a waived one."""
    relevant = {requirement.ref for requirement in situation.requirements if situation.relevant(requirement.ref)}
    for group in groups:
        concerns = tuple(ref for ref in answered.concerned(group) if ref in relevant)
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for code in group.codes:
            control = waived.get(code)
            left = (
                concerns
                if control is None
                else tuple(ref for ref in concerns if control.stand_in(ref, situation.asked) is None)
            )
            alike[left].append(code)
        for lack in lacks(group.facts, situation.asked) if concerns else ():
            missing = not_expected(group.facts) if lack == ReasonCode.OPERATION_NOT_TESTED else ()
            for expectation in group.unproven if lack == ReasonCode.EVIDENCE_NOT_FRESH else ("",):
                yield from (Work(lack, codes, left, expectation, missing) for left, codes in alike.items())
