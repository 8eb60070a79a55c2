"""The gaps of a programme, from the same facts as its readiness."""

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.gaps.rules import Work, ordered
from services.controls.programmes.gaps.schemas import GapOut, GapsOut
from services.controls.programmes.readiness.queries import Alike, ReadinessQuery, Situation, alike
from services.controls.programmes.readiness.rules import lacks
from services.controls.programmes.readiness.schemas import Lack
from services.controls.register.controls.models import ControlStatus
from services.controls.register.controls.queries import named
from shared.data.queries import Limit


class GapQuery(ReadinessQuery):
    limit: Limit = 50


async def gaps(session: AsyncSession, situation: Situation, limit: int) -> GapsOut:
    """What keeps the programme from being ready, the first `limit` of it."""
    groups = await alike(session, situation)
    total, first = ordered([*_unanswered(groups, situation), *_unfinished(groups, situation)], limit)
    names = await named(session, {each.code for each in first if each.lack != Lack.NO_CONTROL})
    told = [
        GapOut(
            lack=each.lack,
            what=each.what,
            control=None if each.lack == Lack.NO_CONTROL else names[each.code],
            expectation=each.expectation or None,
            closes=list(each.closes),
            concerns=list(each.concerns),
        )
        for each in first
    ]
    return GapsOut(programme_id=situation.programme_id, as_of=situation.as_of, total=total, gaps=told)


def _unanswered(groups: list[Alike], situation: Situation) -> Iterator[Work]:
    answered = {ref for group in groups for ref in group.requirements}
    for each in situation.requirements:
        if each.ref not in answered and situation.relevant(each.ref):
            yield Work(Lack.NO_CONTROL, (each.ref,), (each.ref,))


def _unfinished(groups: list[Alike], situation: Situation) -> Iterator[Work]:
    """What each control lacks. Drafts matter only where nothing else answers."""
    counted = {ref for group in groups if group.facts.status != ControlStatus.DRAFT for ref in group.requirements}
    relevant = {each.ref for each in situation.requirements if situation.relevant(each.ref)}
    drafted = relevant - counted
    for group in groups:
        answers = drafted if group.facts.status == ControlStatus.DRAFT else relevant
        concerns = tuple(ref for ref in group.requirements if ref in answers)
        for lack in lacks(group.facts, situation.asked) if concerns else ():
            for expectation in group.unproven if lack == Lack.EVIDENCE_NOT_FRESH else ("",):
                yield Work(lack, group.codes, concerns, expectation)
