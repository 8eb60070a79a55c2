"""What the audit service announces of the firm's procedures and its papers, in the firm's own chain.

The order of these events proves that evidence was collected before a test was executed, that it was executed before
anybody signed, and that a conclusion rests on papers that were reviewed.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _FirmProcedure(Event):
    """Every event about a procedure of a firm's catalogue says which."""

    code: str
    title: str
    kind: str


class FirmProcedureDefined(_FirmProcedure):
    """A procedure came into the firm's catalogue."""

    name: ClassVar[str] = "audit.firm_procedure.defined"


class FirmProcedureRevised(_FirmProcedure):
    """A procedure changed; papers that took its text keep it as it was."""

    name: ClassVar[str] = "audit.firm_procedure.revised"


class FirmProcedureRetired(_FirmProcedure):
    """A procedure is used no longer."""

    name: ClassVar[str] = "audit.firm_procedure.retired"


class AboutPaper(Event):
    """Every event about a paper says which it is and what it tests, its status, and the edition that is signed for."""

    engagement_id: UUID
    number: int
    control_id: UUID
    definition_id: UUID
    definition: int
    status: str
    edition: int


class PaperPlanned(AboutPaper):
    """A test of a definition of a control was planned."""

    name: ClassVar[str] = "audit.paper.planned"


class PaperRevised(AboutPaper):
    """Procedures, extent, timing, evidence or what was done changed."""

    name: ClassVar[str] = "audit.paper.revised"


class PaperConcluded(AboutPaper):
    """A person said what the test came to; the reason is theirs."""

    name: ClassVar[str] = "audit.paper.concluded"

    operation: str | None
    suitably_designed: bool | None
    implemented: bool | None
    conforms: bool | None


class PaperPrepared(AboutPaper):
    """A person signed that the work is done; `executed_at` is when, by what they said."""

    name: ClassVar[str] = "audit.paper.prepared"

    executed_at: datetime | None
    evidence_item_ids: list[UUID]


class PaperReviewed(AboutPaper):
    """Another person signed that they reviewed the paper."""

    name: ClassVar[str] = "audit.paper.reviewed"


class PaperPartnerReviewed(AboutPaper):
    """The engagement partner signed that they reviewed the paper."""

    name: ClassVar[str] = "audit.paper.partner_reviewed"


class PaperReopened(AboutPaper):
    """A signed paper was edited: its signatures count no longer, and its next edition begins."""

    name: ClassVar[str] = "audit.paper.reopened"


class PaperWithdrawn(AboutPaper):
    """A test that was planned by mistake was withdrawn, before anybody signed it."""

    name: ClassVar[str] = "audit.paper.withdrawn"


class ItemTested(Event):
    """An item of a sample was tested on a paper, attribute by attribute."""

    name: ClassVar[str] = "audit.item_test.recorded"

    engagement_id: UUID
    paper_id: UUID
    sample_item_id: UUID
    outcome: str


class _ReviewNote(Event):
    """Every event about a review note says of which paper, and of which edition of it."""

    engagement_id: UUID
    paper_id: UUID
    edition: int


class ReviewNoteRaised(_ReviewNote):
    """A reviewer asked something of a paper."""

    name: ClassVar[str] = "audit.review_note.raised"


class ReviewNoteAnswered(_ReviewNote):
    """Somebody said what was done about it."""

    name: ClassVar[str] = "audit.review_note.answered"


class ReviewNoteCleared(_ReviewNote):
    """Another person than who answered it cleared it."""

    name: ClassVar[str] = "audit.review_note.cleared"


class _Reliability(Event):
    """Every event about a reliability record says of which paper, and what was concluded."""

    engagement_id: UUID
    paper_id: UUID
    evidence_item_id: UUID | None
    reliable: bool


class ReliabilityRecorded(_Reliability):
    """Somebody concluded whether information that a control uses is complete and accurate."""

    name: ClassVar[str] = "audit.reliability_record.recorded"


class ReliabilityWithdrawn(_Reliability):
    """The conclusion does not count any longer."""

    name: ClassVar[str] = "audit.reliability_record.withdrawn"
