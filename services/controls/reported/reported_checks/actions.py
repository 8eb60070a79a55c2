"""The verb of reported checks: record what they came to as test results of the controls that they reach."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.reported.requirement_links.actions import reached_by_requirements
from services.controls.reported.requirement_links.rules import Reached
from services.controls.testing.check_links.queries import links_of
from services.controls.testing.check_links.rules import Linked, Report, is_about, result_of
from services.controls.testing.test_results.actions import push
from services.controls.testing.test_results.schemas import Followed, PushedResult, ResultWay
from shared.events.catalogue.facts import CheckReported
from shared.identity.callers import Actor

_log = logging.getLogger(__name__)
_Found = tuple[Mapping[str, Any], ResultWay]  # a result, and by which way it reached its control


async def record(session: AsyncSession, reports: Sequence[Report], *, by: Actor, at: datetime) -> None:
    """Record reported checks as test results of the controls that they reach, each once.

    By the requirements that they name first, and by links of the check itself second: a control that both lead to has
    one result, which says that it came by the requirement.
    """
    found = [*await _by_requirements(session, reports), *await _by_links(session, reports)]
    if not found:
        return
    results = [PushedResult.model_validate(result) for result, _ in found]
    answer = await push(session, results=results, ways=[way for _, way in found], atomic=False, by=by, at=at)
    if answer.refused:
        _log.warning(
            "%s of %s reported checks were no test results: their control is retired", answer.refused, len(results)
        )


async def _by_requirements(session: AsyncSession, reports: Sequence[Report]) -> list[_Found]:
    reached = await reached_by_requirements(session, reports)
    said = [(_linked(report.event, each), each.way, report) for report, each in reached]
    return [(result, way) for link, way, report in said if (result := result_of(link, report)) is not None]


def _linked(event: CheckReported, reached: Reached) -> Linked:
    """A control that a requirement leads to, as a link of the check itself would say it."""
    return Linked(
        reached.way.link_id,
        reached.control_id,
        event.source_id,
        None if event.source_id else event.source,
        event.tool,
        event.thing,
        reached.valid_days,
    )


async def _by_links(session: AsyncSession, reports: Sequence[Report]) -> list[_Found]:
    links = [
        Linked(each.id, each.control_id, each.source_id, each.source, each.tool, each.check_name, each.valid_days)
        for each in await links_of(session, {report.event.thing for report in reports})
    ]
    return [
        (result, ResultWay(link=Followed.CHECK, link_id=link.id))
        for report in reports
        for link in links
        if is_about(link, report.event) and (result := result_of(link, report)) is not None
    ]
