from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.audit.engagements.engagement_documents.models import DocumentKind, DocumentStatus
from shared.http.fields import ActedBy, Day, Input, Prose, Title

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Signatory(Input):
    """Who signed, as the document says it."""

    name: Title = Field(examples=["Dana Field"])
    position: Title = Field(examples=["Chief Executive Officer"])


class DocumentDraft(Input):
    """A document as it was signed. `dated_on` is the day that it bears; it does not lie ahead."""

    kind: DocumentKind
    title: Title = Field(examples=["Engagement letter of 12 January 2026"])
    dated_on: Day
    signatories: list[Signatory] = Field(min_length=1, max_length=10)
    exceptions: list[Prose] = Field(
        default_factory=list,
        max_length=50,
        description="Of the assertion of management: what it excepts, which a modified opinion asks for",
        examples=[["The review of privileged access left service accounts out."]],
    )
    sha256: Sha256 | None = Field(default=None, description="Digest of the bytes that were signed, hexadecimal")
    evidence_item_id: UUID | None = Field(default=None, description="Where the client keeps it as evidence")


class DocumentWithdrawal(Input):
    """Why it does not count any longer."""

    reason: Prose = Field(examples=["Signed by a person who was no officer; signed again."])


class SignatoryOut(BaseModel):
    name: str
    position: str


class DocumentOut(BaseModel):
    id: UUID
    engagement_id: UUID
    kind: DocumentKind
    title: str
    dated_on: date
    signatories: list[SignatoryOut]
    exceptions: list[str]
    sha256: str | None
    evidence_item_id: UUID | None
    by_auditors: bool = Field(description="Recorded by the auditing party, not by management")
    recorded_by: ActedBy
    status: DocumentStatus
    version: int
    created_at: datetime
    updated_at: datetime
