"""What a paper needs before it is signed. Pure functions.

The numbers of a paper agree with its sample: each item that deviates is named by one deviation, and no other is. A
sample of attributes is evaluated before anything is concluded from it (AU-C section 530, by analogy).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.audit.papers.papers.models import ExtentKind, OperationResult
from services.audit.papers.papers.rules import Judged, faults_of_execution, faults_of_procedures
from services.audit.papers.papers.schemas import EvidenceReference, PaperProcedure, ResultDraft, TestExtent
from services.audit.sampling.samples.models import ItemStatus, SampleStatus
from shared.problems import Fault

_DEVIATES = frozenset({ItemStatus.DEVIATION, ItemStatus.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class SampledItem:
    """An item of a sample: what came of it, and whether the paper tests it."""

    id: UUID
    status: ItemStatus
    is_tested: bool


@dataclass(frozen=True, slots=True)
class SampleSeen:
    """The sample of a paper as it is now."""

    status: SampleStatus
    is_superseded: bool
    items: Sequence[SampledItem]


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """A paper with all that its signatures rest on. `deviations` are the items of each that stands.

    `relied_on` is whether each paper that it relies on was reviewed and found its control effective.
    """

    judged: Judged
    procedures: Sequence[PaperProcedure]
    extent: TestExtent | None
    executed_at: datetime | None
    evidence: Sequence[EvidenceReference]
    result: ResultDraft | None
    sample: SampleSeen | None = None
    deviations: Sequence[Sequence[UUID]] = field(default=())
    relied_on: Sequence[bool] = field(default=())
    rests_on_unreliable: bool = False


def faults_of_paper(paper: PaperSeen, at: datetime) -> list[Fault]:
    """All that is missing before anybody signs; a control that was not tested needs its reason only."""
    if paper.result is None:
        faults = [Fault("/result", "required: what the test came to")]
    elif paper.result.operation == OperationResult.NOT_TESTED:
        return []
    else:
        faults = [*_faults_of_conclusion(paper, paper.result)]
    faults += faults_of_procedures(paper.procedures)
    faults += faults_of_execution(paper.executed_at, paper.evidence, paper.procedures, at)
    if paper.extent is None:
        faults.append(Fault("/extent", "required: how much was tested, and why"))
    faults += _faults_of_sample(paper)
    return faults


def faults_of_reliance(paper: PaperSeen) -> Iterator[Fault]:
    """What a review needs besides: that the general IT controls that an automated control rests on are effective."""
    if not all(paper.relied_on):
        yield Fault("/extent/relies_on", "names a paper that is not reviewed, or whose control is not effective")


def _faults_of_conclusion(paper: PaperSeen, result: ResultDraft) -> Iterator[Fault]:
    operation = result.operation
    none_occurred = paper.extent is not None and paper.extent.kind == ExtentKind.NO_OCCURRENCE
    if none_occurred != (operation == OperationResult.NO_OCCURRENCE) and paper.judged == Judged.OPERATION:
        yield Fault("/result/operation", "no occurrence is both the extent and the result, or neither")
    if paper.deviations and operation == OperationResult.OPERATED_EFFECTIVELY:
        yield Fault("/result/operation", f"{len(paper.deviations)} deviations stand: the result says why, or fails")
    deviating = {OperationResult.OPERATED_WITH_DEVIATIONS, OperationResult.DID_NOT_OPERATE}
    if not paper.deviations and operation in deviating:
        yield Fault("/result/operation", "no deviation is recorded")
    if paper.rests_on_unreliable and (operation in _GOOD or result.conforms or result.implemented):
        yield Fault("/result", "information that the control uses was found unreliable")


_GOOD = frozenset({OperationResult.OPERATED_EFFECTIVELY, OperationResult.OPERATED_WITH_DEVIATIONS})


def _faults_of_sample(paper: PaperSeen) -> Iterator[Fault]:
    named = [item for items in paper.deviations for item in items]
    if paper.sample is None:
        if named:
            yield Fault("/deviations", "name items, and the paper has no sample")
        return
    sample = paper.sample
    if sample.status != SampleStatus.EVALUATED:
        yield Fault("/extent/sample_id", f"the sample is {sample.status}, and not evaluated")
    if sample.is_superseded:
        yield Fault("/extent/sample_id", "its population was superseded: draw from the later version")
    if untested := sum(not each.is_tested for each in sample.items if each.status != ItemStatus.NOT_APPLICABLE):
        yield Fault("/items", f"{untested} of {len(sample.items)} are not tested on this paper")
    deviating = {each.id for each in sample.items if each.status in _DEVIATES}
    if deviating != set(named) or len(named) > len(set(named)):
        yield Fault("/deviations", f"{len(deviating)} items deviate, and the deviations name {len(set(named))}")
