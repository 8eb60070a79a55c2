"""The verbs of check links: link a check to a control, retire a link, and record what linked checks came to."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.controls.models import Control, ControlStatus
from services.controls.testing.check_links.models import CheckLink, CheckLinkStatus
from services.controls.testing.check_links.queries import links_of, same_link
from services.controls.testing.check_links.rules import Linked, Report, is_about, result_of
from services.controls.testing.check_links.schemas import CheckLinkDraft
from services.controls.testing.test_results.actions import ControlNotTested, UnknownControl, push
from services.controls.testing.test_results.queries import controls_named
from services.controls.testing.test_results.schemas import PushedResult
from shared.data.records import locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.check_links import CheckLinked, CheckUnlinked
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, not_allowed

_log = logging.getLogger(__name__)


class AlreadyLinked(Conflict):
    """The check is linked to this control already."""


async def link(session: AsyncSession, *, draft: CheckLinkDraft, by: Actor, at: datetime) -> CheckLink:
    """Say that a check tests a control: what is reported from now on is recorded as its test results."""
    if (draft.source_id is None) == (draft.source is None):
        detail = "either source_id or source is needed, and not both"
        raise Invalid("A link names one source.", faults=[Fault("/source_id", detail), Fault("/source", detail)])
    control = await _control(session, draft.control)
    link = CheckLink(
        **draft.model_dump(exclude={"control", "check"}),
        check_name=draft.check,
        control_id=control.id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    if (other := await same_link(session, link)) is not None:
        raise AlreadyLinked(f"The link {other} says the same.")
    session.add(link)
    announce(session, CheckLinked(**_told(link)), about=link, by=by, at=at)
    return link


async def retire(session: AsyncSession, link_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired: what the check reports from now on is no test of the control. Results stay."""
    link = await locked(session, CheckLink, link_id, noun="check link")
    if link.status != CheckLinkStatus.ACTIVE:
        raise not_allowed("retire", link.status, [])
    link.status = CheckLinkStatus.RETIRED
    announce(session, CheckUnlinked(**_told(link)), about=link, by=by, at=at, reason=reason)


async def record(session: AsyncSession, reports: Sequence[Report], *, by: Actor, at: datetime) -> None:
    """Record reported checks as test results of the controls that they are linked to, each once."""
    links = await links_of(session, {report.event.thing for report in reports})
    if not links:
        return
    said = [
        Linked(each.control_id, each.source_id, each.source, each.tool, each.check_name, each.valid_days)
        for each in links
    ]
    results = [
        PushedResult.model_validate(result)
        for report in reports
        for link in said
        if is_about(link, report.event) and (result := result_of(link, report)) is not None
    ]
    if not results:
        return
    answer = await push(session, results=results, atomic=False, by=by, at=at)
    if answer.refused:
        _log.warning(
            "%s of %s reported checks were no test results: their control is retired", answer.refused, len(results)
        )


async def _control(session: AsyncSession, name: str) -> Control:
    control = (await controls_named(session, [name])).get(name)
    if control is None:
        raise UnknownControl(f"There is no control {name}.", faults=[Fault("/control", "unknown")])
    if control.status == ControlStatus.RETIRED:
        raise ControlNotTested(f"The control {control.code} is retired.", faults=[Fault("/control", "retired")])
    return control


def _told(link: CheckLink) -> dict[str, object]:
    return {
        "control_id": link.control_id,
        "source_id": link.source_id,
        "source": link.source,
        "tool": link.tool,
        "check": link.check_name,
    }
