from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from services.audit.papers.papers.models import ExtentKind, OperationResult, PaperStatus, SignatureKind
from services.audit.wording.contents import HowTested
from shared.http.fields import ActedBy, Code, Input, Instant, Prose, Title, once_each

Mark = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f;,]{1,8}$"), Field(examples=["✓"])]
Label = Annotated[Code, Field(examples=["E1"], description="What the paper calls it")]
Permille = Annotated[int, Field(ge=0, le=1000)]
JsonPointer = Annotated[
    str,
    StringConstraints(max_length=1000, pattern=r"^(/([^~/\x00-\x1f]|~[01])*)*$"),
    Field(description="Into a JSON record (RFC 6901)", examples=["/approvals/0/at"]),
]


class PaperProcedure(Input):
    """A procedure as this test performs it, with the procedure of a catalogue that it was taken from, if any."""

    kind: HowTested
    text: Prose = Field(examples=["Inspected the ticket of each selected change for an approval before deployment."])
    firm_procedure_id: UUID | None = Field(default=None, description="In the firm's catalogue")
    client_procedure_id: UUID | None = Field(default=None, description="In the client's catalogue")


class PageRegion(Input):
    """A rectangle on a page, in thousandths of its width and height from the upper left corner."""

    x: Permille
    y: Permille
    width: Permille
    height: Permille


class EvidenceReference(Input):
    """A place in an item of evidence of the client: a page and a region of it, or a pointer into a record."""

    label: Label
    evidence_item_id: UUID
    collected_at: Instant = Field(
        description="When it was collected, as the item says: no test rests on what came later"
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="Digest of the bytes that were inspected, hexadecimal"
    )
    page: int | None = Field(default=None, ge=1, le=100_000, description="The first is 1")
    region: PageRegion | None = None
    pointer: JsonPointer | None = None
    note: Prose | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.region is not None and self.page is None:
            raise ValueError("region needs its page")
        if self.pointer is not None and self.page is not None:
            raise ValueError("an item has pages or is a record: give page or pointer")
        return self


class TickMark(Input):
    """A sign that is put beside what was tested, and what it means on this paper."""

    mark: Mark
    meaning: Title = Field(examples=["Agreed to the approval in the ticket"])


class TestExtent(Input):
    """How much is tested, with the reason where it is no sample."""

    kind: ExtentKind
    sample_id: UUID | None = Field(default=None, description="Sample only: one of this control in this engagement")
    relies_on: Annotated[list[UUID], Field(max_length=50), AfterValidator(once_each)] = Field(
        default_factory=list, description="Automated only: the papers of the general IT controls that it rests on"
    )
    reason: Prose | None = Field(
        default=None,
        description="Required but for a sample: why so much is enough; for no_occurrence, which circumstance did not"
        " arise and how that was found",
        examples=["One instance of each configuration: the same program treats every item alike."],
    )


class PaperDraft(Input):
    """A test that is planned: which definition of a control it tests, and how."""

    definition_id: UUID = Field(description="One of `/v1/engagements/{id}/control-definitions`")
    title: Title = Field(examples=["Changes are approved before they are deployed"])
    procedures: list[PaperProcedure] = Field(default_factory=list, max_length=50)


class PaperRevision(Input):
    """What to change; members left out stay as they are. Lists are replaced as a whole."""

    title: Title | None = None
    procedures: list[PaperProcedure] | None = Field(default=None, max_length=50)
    extent: TestExtent | None = None
    executed_at: Instant | None = Field(default=None, description="When the procedures were done")
    evidence: list[EvidenceReference] | None = Field(default=None, max_length=500)
    legend: list[TickMark] | None = Field(default=None, max_length=50)
    work: Prose | None = Field(default=None, description="What was done and seen, as the procedures ask")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        labels = [each.label for each in self.evidence or ()]
        marks = [each.mark for each in self.legend or ()]
        if len(set(labels)) < len(labels) or len(set(marks)) < len(marks):
            raise ValueError("evidence names a label twice, or legend a mark")
        return self


class ResultDraft(Input):
    """What the test came to, as the tester judges it. Nothing is filled in.

    A Type 2 needs `operation` and `suitably_designed`, a Type 1 `suitably_designed` and `implemented`; readiness and
    ISO audits need `conforms`.
    """

    operation: OperationResult | None = None
    suitably_designed: bool | None = None
    implemented: bool | None = None
    conforms: bool | None = None
    reason: Prose | None = Field(
        default=None,
        description="Required for what is no good result: why a control with deviations is effective all the same, why"
        " it is not, or why it was not tested",
    )


class PaperWithdrawal(Input):
    """Why the test is not needed."""

    reason: Prose = Field(examples=["Planned twice."])


class TestResult(BaseModel):
    operation: OperationResult | None
    suitably_designed: bool | None
    implemented: bool | None
    conforms: bool | None
    reason: str | None
    by: ActedBy
    at: datetime


class PaperSignature(BaseModel):
    """That a person signed, by their own sign-in, for an edition of the paper."""

    kind: SignatureKind
    edition: int
    by: ActedBy
    at: datetime
    voided_at: datetime | None = Field(description="When it was taken away; null while it counts")
    void_reason: str | None = Field(
        description="What took it away: something that the paper rests on. Null for an edit of the paper itself"
    )


class PaperWithdrawnBy(BaseModel):
    reason: str
    by: ActedBy
    at: datetime


class PaperOut(BaseModel):
    id: UUID
    engagement_id: UUID
    number: int = Field(description="Of the papers of the engagement, from 1")
    control_id: UUID
    control_code: str
    definition_id: UUID
    definition: int = Field(description="Number of the definition of the control that is tested")
    criteria: list[str] = Field(description="What that definition answers, as `framework:ref`")
    title: str
    procedures: list[PaperProcedure]
    extent: TestExtent | None
    executed_at: datetime | None
    evidence: list[EvidenceReference]
    legend: list[TickMark]
    work: str | None
    result: TestResult | None
    status: PaperStatus
    edition: int = Field(description="Begins anew with each edit of a signed paper")
    signatures: list[PaperSignature] = Field(description="Also those that were taken away")
    withdrawal: PaperWithdrawnBy | None
    version: int
    created_at: datetime
    updated_at: datetime
