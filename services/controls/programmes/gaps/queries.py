"""The gaps of a programme, from the same facts as its readiness."""

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.gaps.rules import Work, ordered
from services.controls.programmes.gaps.schemas import GapOut, GapsOut
from services.controls.programmes.readiness.queries import ControlGroup, ReadinessQuery, Situation, control_groups
from services.controls.programmes.readiness.rules import lacks
from services.controls.programmes.readiness.schemas import Lack
from services.controls.register.controls.models import ControlStatus
from services.controls.register.controls.queries import named
from shared.data.queries import Limit


class GapQuery(ReadinessQuery):
    limit: Limit = 50


async def gaps(session: AsyncSession, situation: Situation, limit: int) -> GapsOut:
    """What keeps the programme from being ready, the first `limit` of it."""
    groups = await control_groups(session, situation)
    total, first = ordered([*_unanswered(groups, situation), *_unfinished(groups, situation)], limit)
    names = await named(session, {gap.code for gap in first if gap.lack != Lack.NO_CONTROL})
    answered = [
        GapOut(
            lack=gap.lack,
            what=gap.what,
            control=None if gap.lack == Lack.NO_CONTROL else names[gap.code],
            expectation=gap.expectation or None,
            closes=list(gap.closes),
            concerns=list(gap.concerns),
        )
        for gap in first
    ]
    return GapsOut(programme_id=situation.programme_id, as_of=situation.as_of, total=total, gaps=answered)


def _unanswered(groups: list[ControlGroup], situation: Situation) -> Iterator[Work]:
    answered = {ref for group in groups for ref in group.requirements}
    for requirement in situation.requirements:
        if requirement.ref not in answered and situation.relevant(requirement.ref):
            yield Work(Lack.NO_CONTROL, (requirement.ref,), (requirement.ref,))


def _unfinished(groups: list[ControlGroup], situation: Situation) -> Iterator[Work]:
    """What each control lacks. Drafts matter only where nothing else answers."""
    counted = {ref for group in groups if group.facts.status != ControlStatus.DRAFT for ref in group.requirements}
    relevant = {requirement.ref for requirement in situation.requirements if situation.relevant(requirement.ref)}
    drafted = relevant - counted
    for group in groups:
        answers = drafted if group.facts.status == ControlStatus.DRAFT else relevant
        concerns = tuple(ref for ref in group.requirements if ref in answers)
        for lack in lacks(group.facts, situation.asked) if concerns else ():
            for expectation in group.unproven if lack == Lack.EVIDENCE_NOT_FRESH else ("",):
                yield Work(lack, group.codes, concerns, expectation)
