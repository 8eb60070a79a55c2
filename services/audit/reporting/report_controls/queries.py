from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.description_contents.schemas import PinnedControl
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import span_of
from services.audit.engagements.known_definitions.models import KnownDefinition
from services.audit.papers.deviations.queries import deviations_on
from services.audit.papers.papers.models import Paper, PaperStatus
from services.audit.papers.papers.queries import papers_of
from services.audit.reporting.report_controls.rules import Tested, in_force, reported_controls
from services.audit.sampling.samples.models import ItemStatus
from services.audit.sampling.samples.queries import item_counts
from services.audit.wording.contents import ReportedControl
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.sessions import in_organisation

_D = table_of(KnownDefinition).c
_REVIEWED = frozenset({PaperStatus.REVIEWED, PaperStatus.PARTNER_REVIEWED})
_NOT_TESTED = frozenset({ItemStatus.PENDING, ItemStatus.NOT_APPLICABLE})


async def controls_of(
    session: AsyncSession, engagement: Engagement, described: Sequence[PinnedControl], *, criteria: Sequence[str]
) -> list[ReportedControl]:
    """What the report of the engagement says of the described controls; a Type 1 tests no operation.

    The transaction is the auditing party's, whose papers these are; the definitions are the client's.
    """
    async with in_organisation(session, engagement.org_id):
        definitions = await _definitions(session, engagement)
    tested = await _tested(session, engagement.id) if engagement.period_start else []
    return reported_controls(described, definitions, tested, criteria=criteria)


async def _definitions(session: AsyncSession, engagement: Engagement) -> dict[UUID, list[KnownDefinition]]:
    standing = (among(_D.control_id, engagement.control_ids), _D.version > 0, _D.withdrawn.is_(False))
    by_control: dict[UUID, list[KnownDefinition]] = defaultdict(list)
    for definition in await session.scalars(select(KnownDefinition).where(*standing)):
        by_control[definition.control_id].append(definition)
    span = span_of(engagement)
    return {control: in_force(each, span) for control, each in by_control.items()}


async def _tested(session: AsyncSession, engagement_id: UUID) -> list[Tested]:
    """The reviewed papers, each deviation with the first one of its control where no paper has it."""
    found: list[Tested] = []
    told: set[UUID] = set()
    for paper in await papers_of(session, engagement_id):
        if paper.status not in _REVIEWED:
            continue
        deviations = [each for each in await deviations_on(session, paper) if each.id not in told]
        told |= {each.id for each in deviations}
        found.append(Tested(paper, deviations, await _items(session, paper)))
    return found


async def _items(session: AsyncSession, paper: Paper) -> int | None:
    """How many items of the paper's sample were tested; None where it has no sample."""
    sample = (paper.extent or {}).get("sample_id")
    if sample is None:
        return None
    counts = await item_counts(session, UUID(sample))
    return sum(count for status, count in counts.items() if status not in _NOT_TESTED)
