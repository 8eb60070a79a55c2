from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.audit.base import Known
from shared.data.base import instant


class EvidenceState(StrEnum):
    """What the evidence service last said of an item. A corrected version is an item of its own."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class KnownEvidence(Known, table=True):
    """An item of evidence as last heard of, with the half-open time that it covers.

    `submitter_id` is who handed it in, `sha256` the digest of what it says, and `submission_version` the version that
    said so: 0 while it was not heard.
    """

    __tablename__ = "known_evidence"

    id: UUID = Field(primary_key=True)
    title: str
    state: str
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    version: int
    submitter_id: UUID | None = None
    sha256: str | None = None
    submission_version: int = 0
