"""A paper with all that its signatures rest on, as it is now."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.papers.deviations.queries import deviations_on
from services.audit.papers.item_tests.queries import tests_on
from services.audit.papers.paper_signatures.rules import PaperSeen, SampledItem, SampleSeen
from services.audit.papers.papers.models import ExtentKind, Paper, PaperStatus
from services.audit.papers.papers.queries import papers_among
from services.audit.papers.papers.rules import EFFECTIVE, FINISHED, Judged
from services.audit.papers.papers.schemas import EvidenceReference, PaperProcedure, ResultDraft, TestExtent
from services.audit.papers.reliability_records.queries import rests_on_unreliable
from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.samples.models import ItemStatus, Sample, SampleItem, SampleStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import found, lock_by_id

_I = table_of(SampleItem).c
_S, _P, _C = table_of(Sample).c, table_of(Population).c, table_of(Paper).c
_SIGNED = [status.value for status in (PaperStatus.PREPARED, *FINISHED)]
_OF_RESULT = frozenset(ResultDraft.model_fields)


async def paper_seen(session: AsyncSession, paper: Paper, judged: Judged) -> PaperSeen:
    """The paper as the rules of signing look at it."""
    extent = TestExtent.model_validate(paper.extent) if paper.extent else None
    result = paper.result and {name: value for name, value in paper.result.items() if name in _OF_RESULT}
    relied_on = await papers_among(session, paper.engagement_id, extent.relies_on) if extent else {}
    return PaperSeen(
        judged=judged,
        procedures=[PaperProcedure.model_validate(each) for each in paper.procedures],
        extent=extent,
        executed_at=paper.executed_at,
        evidence=[EvidenceReference.model_validate(each) for each in paper.evidence],
        result=ResultDraft.model_validate(result) if result else None,
        sample=await _sample(session, paper, extent.sample_id) if extent and extent.sample_id else None,
        deviations=[each.sample_item_ids for each in await deviations_on(session, paper)],
        relied_on=[key in relied_on and is_effective(relied_on[key]) for key in (extent.relies_on if extent else ())],
        rests_on_unreliable=await rests_on_unreliable(session, paper.id),
    )


def is_effective(paper: Paper) -> bool:
    """Whether a paper was reviewed and found that its control works."""
    if paper.status not in FINISHED or paper.result is None:
        return False
    result = paper.result
    works = result["operation"] in EFFECTIVE or bool(result["implemented"] or result["conforms"])
    return works and result["suitably_designed"] is not False


async def papers_without_sample(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[Paper, Sample]]:
    """Signed papers on a sample that was voided or whose population was superseded, one of which is named by `ids`."""
    superseded = select(_P.id).where(_P.id == _S.population_id, _P.status == PopulationStatus.SUPERSEDED.value).exists()
    query = (
        select_rows(Paper, Sample)
        .join(Sample, _S.id == cast(_C.extent["sample_id"].as_string(), Uuid()))
        .where(
            or_(among(_S.id, ids), among(_S.population_id, ids)),
            or_(_S.status == SampleStatus.VOIDED.value, superseded),
            _C.status.in_(_SIGNED),
        )
        .order_by(_C.id)
        .with_for_update(of=table_of(Paper))
        .execution_options(populate_existing=True)
    )
    return [(paper, sample) for paper, sample in await session.execute(query)]


async def papers_without_reliance(session: AsyncSession, engagement_ids: Sequence[UUID]) -> list[Paper]:
    """Reviewed papers of these engagements on an automated control that rests on what is not effective any longer."""
    query = select_rows(Paper).where(
        among(_C.engagement_id, engagement_ids),
        _C.extent["kind"].as_string() == ExtentKind.AUTOMATED.value,
        _C.status.in_([status.value for status in FINISHED]),
    )
    lost = []
    for paper in (await session.scalars(query.order_by(_C.id))).all():
        relies_on = TestExtent.model_validate(paper.extent).relies_on
        there = await papers_among(session, paper.engagement_id, relies_on)
        if not all(key in there and is_effective(there[key]) for key in relies_on):
            lost.append(paper.id)
    # Only those: two that lock all papers at the end, each with one that it changed, would wait for each other.
    return [paper for paper in await lock_by_id(session, Paper, lost) if paper.status in FINISHED]


async def _sample(session: AsyncSession, paper: Paper, sample_id: UUID) -> SampleSeen | None:
    sample = await found(session, Sample, sample_id)
    if sample is None:
        return None
    population = await found(session, Population, sample.population_id)
    tested = {test.sample_item_id for test in await tests_on(session, paper.id)}
    rows = await session.execute(select(_I.id, _I.status).where(_I.sample_id == sample_id).order_by(_I.place))
    return SampleSeen(
        SampleStatus(sample.status),
        population is not None and population.status == PopulationStatus.SUPERSEDED,
        [SampledItem(key, ItemStatus(status), key in tested) for key, status in rows],
    )
