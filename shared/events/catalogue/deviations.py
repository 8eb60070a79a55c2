"""What the audit service announces of the deviations that the firm found, in the firm's own chain."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Deviation(Event):
    """Every event about a deviation says of which control, and from what: items of a paper's sample, or a candidate."""

    engagement_id: UUID
    control_id: UUID
    paper_id: UUID | None
    candidate_id: UUID | None
    request_id: UUID | None
    kind: str
    items: int


class DeviationRecorded(_Deviation):
    """The firm found that a control did not work as described."""

    name: ClassVar[str] = "audit.deviation.recorded"


class DeviationAnalysed(_Deviation):
    """Its cause and extent were found. What may be `intentional` concerns the engagement partner."""

    name: ClassVar[str] = "audit.deviation.analysed"

    pattern: str
    intentional: bool


class DeviationConcluded(_Deviation):
    """The firm said what it means for the control; the reason is that conclusion."""

    name: ClassVar[str] = "audit.deviation.concluded"


class DeviationRetracted(_Deviation):
    """It was recorded in error; it stays on record and counts no longer."""

    name: ClassVar[str] = "audit.deviation.retracted"
