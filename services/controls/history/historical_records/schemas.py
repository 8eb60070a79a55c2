from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.controls.history.historical_records.models import RecordKind
from services.controls.testing.test_results.schemas import Notes
from shared.events.catalogue.history import RecordStatus
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import ActedBy, Day, Input, PersonRef, Title

Sha256 = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]
# The members that a record of each kind has besides those of all; those of the first set it must have.
_NEEDS: Mapping[RecordKind, frozenset[str]] = {
    RecordKind.PUBLICATION: frozenset({"version_id"}),
    RecordKind.APPROVAL: frozenset({"control_id"}),
    RecordKind.IMPLEMENTATION: frozenset({"control_id"}),
    RecordKind.OCCURRENCE: frozenset({"control_id"}),
    RecordKind.TEST: frozenset({"control_id", "procedure_id", "test_kind", "outcome"}),
    RecordKind.ACKNOWLEDGEMENT: frozenset({"campaign_id"}),
}
_MAY_HAVE: Mapping[RecordKind, frozenset[str]] = {RecordKind.OCCURRENCE: frozenset({"due_on"})}
_OF_SOME = frozenset[str]().union(*_NEEDS.values(), *_MAY_HAVE.values())


class EvidenceOfThen(Input):
    """What shows it: an item of the evidence service, or a document that is kept elsewhere, by its SHA-256."""

    evidence_id: UUID | None = Field(default=None, description="An item of the evidence service")
    title: Title | None = Field(default=None, examples=["Minutes of the board, 15 January"])
    sha256: Sha256 | None = None
    location: Title | None = Field(default=None, examples=["Company secretary's archive, 2026/01"])
    made_on: Day = Field(description="The day on which it was made, as it says itself")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        document = [self.title, self.sha256, self.location]
        if (self.evidence_id is None) == all(member is None for member in document):
            raise ValueError("give either evidence_id, or title, sha256 and location of a document")
        if self.evidence_id is None and None in document:
            raise ValueError("a document has a title, its sha256 and the location where it is kept")
        return self


class HistoricalRecordDraft(Input):
    """What was done outside Attest on an earlier day. Which members it has beside these is the kind's."""

    kind: RecordKind
    control_id: UUID | None = Field(
        default=None, description="Kinds approval, implementation, occurrence and test: of which control"
    )
    version_id: UUID | None = Field(default=None, description="Kind publication: which draft of a policy was in force")
    campaign_id: UUID | None = Field(default=None, description="Kind acknowledgement: the campaign that asks for it")
    effective_on: Day = Field(
        examples=["2026-01-15"],
        description="The day on which it was done, before today: where the control is performed, or else in UTC",
    )
    performed_by: PersonRef | None = Field(default=None, description="Who did it then; a person who was there that day")
    performed_by_name: Title | None = Field(
        default=None, description="Who did it then, where the directory never had them", examples=["Sam Sandoval"]
    )
    due_on: Day | None = Field(
        default=None,
        description="Kind occurrence: the expected occurrence that it was; found as for other occurrences if left out",
    )
    procedure_id: UUID | None = Field(default=None, description="Kind test: an approved procedure that it followed")
    test_kind: TestKind | None = Field(default=None, description="Kind test: of the design, or of the operation")
    outcome: Outcome | None = Field(default=None, description="Kind test: what it came to")
    notes: Notes | None = Field(default=None, examples=["Approved at the meeting of 15 January, item 4."])
    evidence: list[EvidenceOfThen] = Field(
        min_length=1,
        max_length=20,
        description="What shows it, some of it made on that day or in the 31 days after",
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        given = {name for name in _OF_SOME if getattr(self, name) is not None}
        if missing := _NEEDS[self.kind] - given:
            raise ValueError(f"a record of the kind {self.kind} needs {', '.join(sorted(missing))}")
        if strange := given - _NEEDS[self.kind] - _MAY_HAVE.get(self.kind, frozenset()):
            raise ValueError(f"a record of the kind {self.kind} has no {', '.join(sorted(strange))}")
        if (self.performed_by is None) == (self.performed_by_name is None):
            raise ValueError("give either performed_by or performed_by_name")
        if self.kind == RecordKind.ACKNOWLEDGEMENT and self.performed_by is None:
            raise ValueError("whoever acknowledged is a person of the campaign: give performed_by")
        return self


class EvidenceOfThenOut(BaseModel):
    """An item of the evidence service (`evidence_id`), or a document that is kept elsewhere (the others)."""

    evidence_id: UUID | None
    title: str | None
    sha256: str | None
    location: str | None
    made_on: date


class HistoricalRecordOut(BaseModel):
    """What was done outside Attest on an earlier day, and what became of the record of it."""

    id: UUID
    import_id: UUID | None = Field(description="The import of a sheet that brought it in; null for one told by itself")
    kind: RecordKind
    status: RecordStatus
    control_id: UUID | None
    control_code: str | None = Field(examples=["AC-01"])
    policy_id: UUID | None
    policy_code: str | None = Field(examples=["POL-AC"])
    version_id: UUID | None
    campaign_id: UUID | None
    procedure_id: UUID | None
    test_kind: TestKind | None
    outcome: Outcome | None
    effective_on: date = Field(description="The day on which it was done")
    recorded_at: datetime = Field(description="When it came into Attest")
    performed_by: ActedBy = Field(description="Who did it then; without an id where the directory never had them")
    due_on: date | None = Field(description="Kind occurrence: the expected occurrence that it was, if the record says")
    notes: str | None
    evidence: list[EvidenceOfThenOut]
    recorded_by: ActedBy
    decided_by: ActedBy | None = Field(description="Neither who recorded nor who performed it")
    decided_at: datetime | None = Field(description="When it was accepted, and has had its effect since; or refused")
    decision_reason: str | None
    result_id: UUID | None = Field(
        description="What came of it: the definition, the control that was put into operation, the occurrence, the test"
        " result, the policy version, the acknowledgement"
    )
    version: int
    created_at: datetime
    updated_at: datetime
