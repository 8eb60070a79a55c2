"""What a test of a control has to say. Pure functions.

AT-C section 205: the nature, timing and extent of procedures are responsive to the assessed risk; inquiry alone gives
no sufficient evidence of operating effectiveness. A Type 2 judges the operation of a control, and both types its
design; that it was implemented is judged by a Type 1 as of its date.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.papers.papers.models import ExtentKind, OperationResult, PaperStatus
from services.audit.papers.papers.schemas import EvidenceReference, PaperProcedure, ResultDraft, TestExtent
from services.audit.wording.contents import HowTested
from shared.problems import Fault

FINISHED = frozenset({PaperStatus.REVIEWED, PaperStatus.PARTNER_REVIEWED})
EFFECTIVE = frozenset({OperationResult.OPERATED_EFFECTIVELY, OperationResult.OPERATED_WITH_DEVIATIONS})
_UNSIGNED = frozenset({PaperStatus.PLANNED, PaperStatus.IN_PROGRESS})


class Judged(StrEnum):
    """What a test of a kind of engagement judges."""

    OPERATION = "operation"
    IMPLEMENTATION = "implementation"
    CONFORMITY = "conformity"


_JUDGED = {
    EngagementKind.SOC2_TYPE1: Judged.IMPLEMENTATION,
    EngagementKind.SOC1_TYPE1: Judged.IMPLEMENTATION,
    EngagementKind.SOC2_TYPE2: Judged.OPERATION,
    EngagementKind.SOC1_TYPE2: Judged.OPERATION,
}
_NEEDED = {
    Judged.OPERATION: ("operation", "suitably_designed"),
    Judged.IMPLEMENTATION: ("suitably_designed", "implemented"),
    Judged.CONFORMITY: ("conforms",),
}


def judged_by(kind: EngagementKind) -> Judged:
    """What the tests of such an engagement judge; readiness and ISO audits judge conformity."""
    return _JUDGED.get(kind, Judged.CONFORMITY)


def faults_of_extent(extent: TestExtent) -> Iterator[Fault]:
    """What does not go together, or is not said."""
    is_sample, is_automated = extent.kind == ExtentKind.SAMPLE, extent.kind == ExtentKind.AUTOMATED
    if is_sample != (extent.sample_id is not None):
        yield Fault("/extent/sample_id", "required for a sample" if is_sample else f"not for {extent.kind}")
    if is_automated != bool(extent.relies_on):
        words = "required: the papers of the general IT controls" if is_automated else f"not for {extent.kind}"
        yield Fault("/extent/relies_on", words)
    if not is_sample and extent.reason is None:
        yield Fault("/extent/reason", f"required for {extent.kind}")


def faults_of_result(draft: ResultDraft, judged: Judged) -> Iterator[Fault]:
    """What such an engagement needs of a result, and what it has no place for."""
    given = draft.model_dump(exclude={"reason"})
    for name, value in given.items():
        needed = name in _NEEDED[judged]
        if needed and value is None:
            yield Fault(f"/{name}", f"required for what judges {judged}")
        elif not needed and value is not None:
            yield Fault(f"/{name}", f"not for what judges {judged}")
    falls_short = draft.operation not in {None, OperationResult.OPERATED_EFFECTIVELY} or False in given.values()
    if falls_short and draft.reason is None:
        yield Fault("/reason", "required for this result")


def faults_of_procedures(procedures: Sequence[PaperProcedure]) -> Iterator[Fault]:
    """There are some, and inquiry is combined with another kind."""
    kinds = {procedure.kind for procedure in procedures}
    if not kinds:
        yield Fault("/procedures", "none is written")
    elif kinds == {HowTested.INQUIRY}:
        yield Fault("/procedures", "inquiry alone is no sufficient evidence: combine it with another procedure")


def faults_of_execution(
    executed_at: datetime | None,
    evidence: Sequence[EvidenceReference],
    procedures: Sequence[PaperProcedure],
    at: datetime,
) -> Iterator[Fault]:
    """A test was executed at some time, after what it cites was collected; what was inspected is cited."""
    if executed_at is None:
        yield Fault("/executed_at", "required: when the procedures were done")
        return
    if executed_at > at:
        yield Fault("/executed_at", "lies ahead")
    for place, reference in enumerate(evidence):
        if reference.collected_at > executed_at:
            yield Fault(f"/evidence/{place}/collected_at", "collected after the test was executed")
    inspected = {HowTested.INSPECTION, HowTested.REPERFORMANCE} & {each.kind for each in procedures}
    if inspected and not evidence:
        yield Fault("/evidence", f"required for {', '.join(sorted(inspected))}: what was inspected")


def is_unsigned(status: str) -> bool:
    """Whether nobody has signed for the paper as it is."""
    return status in _UNSIGNED
