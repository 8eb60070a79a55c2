"""The verbs of check links: link a check to a control, and retire a link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.controls.models import Control, ControlStatus
from services.controls.testing.check_links.models import CheckLink, CheckLinkStatus
from services.controls.testing.check_links.queries import same_link
from services.controls.testing.check_links.rules import names_one_source
from services.controls.testing.check_links.schemas import CheckLinkDraft
from services.controls.testing.test_results.actions import ControlNotTested, UnknownControl
from services.controls.testing.test_results.queries import controls_named
from shared.data.records import locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.check_links import CheckLinked, CheckUnlinked
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, not_allowed


class AlreadyLinked(Conflict):
    """The check is linked to this control already."""


async def link(session: AsyncSession, *, draft: CheckLinkDraft, by: Actor, at: datetime) -> CheckLink:
    """Say that a check tests a control: what is reported from now on is recorded as its test results."""
    names_one_source(draft.source_id, draft.source)
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
