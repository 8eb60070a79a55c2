from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from services.evidence.collecting.expectations.models import EvidenceKind
from services.evidence.collecting.record_schemas.schemas import storable
from services.evidence.items.evidence.models import ReviewStatus
from services.evidence.items.proofs.models import Freshness
from shared.http.fields import ActedBy, Input, Instant, Prose, Title

_CONTENT = {
    "file_id": EvidenceKind.FILE,
    "url": EvidenceKind.LINK,
    "record": EvidenceKind.RECORD,
    "statement": EvidenceKind.ATTESTATION,
}


def without_password(url: HttpUrl) -> HttpUrl:
    """The address, if it has no credentials in it, which evidence would show to every reader."""
    if url.username is not None or url.password is not None:
        raise ValueError("has a user name or password in it")
    return url


def all_different(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("names one twice")
    return ids


TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^\w[\w.:/ -]{0,49}$"),
    Field(description="Letters, digits and `_ . : / -`; kept in lower case", examples=["quarter-2"]),
]
TagNames = Annotated[list[TagName], Field(max_length=20), AfterValidator(lambda tags: sorted(set(tags)))]


class EvidenceDraft(Input):
    """One piece of proof, with exactly the member that its kind names: `file_id`, `url`, `record` or `statement`."""

    title: Title = Field(examples=["Access review, second quarter"])
    kind: EvidenceKind
    file_id: UUID | None = Field(default=None, validate_default=True, description="Kind file: an uploaded file")
    url: Annotated[HttpUrl, AfterValidator(without_password)] | None = Field(
        default=None, validate_default=True, description="Kind link: where it can be seen"
    )
    record: Annotated[dict[str, Any], AfterValidator(storable)] | None = Field(
        default=None, validate_default=True, description="Kind record: up to 64 KiB from a system or a check"
    )
    statement: Prose | None = Field(
        default=None, validate_default=True, description="Kind attestation: what is attested"
    )
    attestor_role: Title | None = Field(
        default=None,
        validate_default=True,
        description="Kind attestation: as what the caller attests it",
        examples=["Head of infrastructure"],
    )
    record_schema_id: UUID | None = Field(
        default=None,
        validate_default=True,
        description="Kind record: the schema that it has to fit, besides those that the expectations name",
    )
    source: Title = Field(description="The system, API or person it comes from", examples=["identity provider export"])
    collected_at: Instant = Field(description="When it was taken from its source; not in the future")
    covers_from: Instant = Field(description="The first instant of the covered period")
    covers_until: Instant = Field(description="The first instant after the covered period: it is half-open")
    expectation_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(
        default_factory=list,
        max_length=50,
        description="What it proves; may be left out where `collection_ids` names what an auditor asks for",
    )
    collection_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(
        default=[],
        max_length=50,
        description="What it is collected for; for an expectation of which none is named, it is the collection that"
        " still waits and whose period is covered longest, the oldest of equals",
    )
    tags: TagNames = Field(default_factory=list)

    @field_validator("file_id", "url", "record", "statement", mode="after")
    @classmethod
    def _fits_the_kind(cls, value: Any, info: ValidationInfo) -> Any:
        kind, wanted = info.data.get("kind"), _CONTENT[str(info.field_name)]
        if kind == wanted and value is None:
            raise ValueError(f"needed for evidence of the kind {kind}")
        if kind is not None and kind != wanted and value is not None:
            raise ValueError(f"does not go with the kind {kind}")
        return value

    @field_validator("attestor_role", "record_schema_id", mode="after")
    @classmethod
    def _goes_with_the_kind(cls, value: Any, info: ValidationInfo) -> Any:
        wanted = EvidenceKind.RECORD if info.field_name == "record_schema_id" else EvidenceKind.ATTESTATION
        if value is not None and info.data.get("kind") not in {None, wanted}:
            raise ValueError(f"does not go with the kind {info.data['kind']}")
        return value

    @field_validator("covers_until", mode="after")
    @classmethod
    def _ends_after_it_begins(cls, value: datetime, info: ValidationInfo) -> datetime:
        begins = info.data.get("covers_from")
        if begins is not None and value <= begins:
            raise ValueError("not after covers_from")
        return value


class FileOfItem(BaseModel):
    id: UUID
    sha256: str
    size: int
    media_type: str
    name: str | None


class ProofOut(BaseModel):
    """The item for one expectation."""

    expectation_id: UUID
    control_id: UUID
    valid_until: datetime = Field(description="The first instant at which it no longer counts")
    freshness: Freshness | None = Field(
        description="As of the instant asked for; null when not accepted, or by then superseded or no longer expected"
    )
    superseded_by: UUID | None = Field(description="The evidence that took its place")


class EvidenceSummary(BaseModel):
    id: UUID
    title: str
    kind: EvidenceKind
    source: str
    collected_at: datetime
    covers_from: datetime
    covers_until: datetime
    status: ReviewStatus
    freshness: Freshness | None = Field(description="The worst of its proofs that count; null when none does")
    submitter: ActedBy
    reviewer: ActedBy | None
    reviewed_at: datetime | None
    review_reason: str | None
    disposed_at: datetime | None = Field(description="Since when nothing is left of it but what it was and its hash")
    number: int = Field(description="Counts the versions of this evidence, from 1")
    replaces_id: UUID | None = Field(description="The version before this one")
    replaced_by_id: UUID | None = Field(description="The version that was handed in to correct this one")
    tags: list[str]
    version: int = Field(description="Counts the changes of this resource, as its ETag does")
    created_at: datetime
    updated_at: datetime


class EvidenceOut(EvidenceSummary):
    file: FileOfItem | None
    url: str | None
    record: dict[str, Any] | None
    record_schema_ids: list[UUID] = Field(description="The schemas that the record was found to fit")
    statement: str | None
    attestor: ActedBy | None = Field(description="Who was signed in and attested the statement")
    attestor_role: str | None = Field(description="As what they attested it")
    proofs: list[ProofOut]
    collection_ids: list[UUID] = Field(description="What it was handed in for")
