"""The verbs of requirement links: follow the requirements that a source names, and follow them no longer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import requirement_index
from services.controls.programmes.programmes.queries import versions_aimed_at
from services.controls.reported.requirement_links.models import RequirementLink, RequirementLinkStatus
from services.controls.reported.requirement_links.queries import answers_to, links_in_use, same_link
from services.controls.reported.requirement_links.rules import Reached, is_about, meant, reached
from services.controls.reported.requirement_links.schemas import RequirementLinkDraft
from services.controls.testing.check_links.rules import Report, names_one_source
from shared.data.records import locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.requirement_links import RequirementsLinked, RequirementsUnlinked
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, not_allowed


class AlreadyFollowed(Conflict):
    """The requirements that this source and tool name are followed already."""


async def link(session: AsyncSession, *, draft: RequirementLinkDraft, by: Actor, at: datetime) -> RequirementLink:
    """Say that what a source reports from now on tests the controls that answer the requirements it names."""
    names_one_source(draft.source_id, draft.source)
    link = RequirementLink(
        **draft.model_dump(exclude={"relations"}),
        relations=sorted(set(draft.relations)),
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    if (other := await same_link(session, link)) is not None:
        raise AlreadyFollowed(f"The link {other} is of the same source and tool.")
    session.add(link)
    announce(session, RequirementsLinked(**_told(link)), about=link, by=by, at=at)
    return link


async def retire(session: AsyncSession, link_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired: what the source names from now on is not followed. Results stay."""
    link = await locked(session, RequirementLink, link_id, noun="requirement link")
    if link.status != RequirementLinkStatus.ACTIVE:
        raise not_allowed("retire", link.status, [])
    link.status = RequirementLinkStatus.RETIRED
    announce(session, RequirementsUnlinked(**_told(link)), about=link, by=by, at=at, reason=reason)


async def reached_by_requirements(session: AsyncSession, reports: Sequence[Report]) -> Iterator[tuple[Report, Reached]]:
    """The controls that these reports test by the requirements that they name."""
    links = await links_in_use(session)
    about = [report for report in reports if any(is_about(link, report.event) for link in links)]
    if not about:
        return iter(())
    index = await requirement_index(session, await versions_aimed_at(session))
    named = {(each.framework, each.requirement) for report in about for each in report.event.requirements}
    requirements = {each: found for each in named if (found := meant(index, *each)) is not None}
    answers = await answers_to(session, set(requirements.values()))
    return ((report, each) for report in about for each in reached(links, report.event, requirements, answers))


def _told(link: RequirementLink) -> dict[str, object]:
    return {
        "source_id": link.source_id,
        "source": link.source,
        "tool": link.tool,
        "relations": link.relations,
    }
