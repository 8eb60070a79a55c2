"""What the evidence service announces."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.event import Event


class Proof(BaseModel):
    """An item proves a control through an expectation, until an instant (null: for good)."""

    expectation_id: UUID
    control_id: UUID
    valid_until: datetime | None


class AboutExpectation(Event):
    """Every event about an expectation says of which control, since when, and how long evidence for it is fresh."""

    control_id: UUID
    title: str
    expected_since: datetime
    freshness_days: int


class ExpectationDefined(AboutExpectation):
    """A control is expected to be proven by evidence of this kind."""

    name: ClassVar[str] = "evidence.expectation.defined"


class ExpectationWithdrawn(AboutExpectation):
    """Evidence of this kind is no longer expected."""

    name: ClassVar[str] = "evidence.expectation.withdrawn"


class FileUploaded(Event):
    """Bytes were uploaded that the organisation did not have yet. The digest is SHA-256, hexadecimal."""

    name: ClassVar[str] = "evidence.file.uploaded"

    sha256: str
    size: int
    media_type: str
    detected_type: str | None = None


class AboutItem(Event):
    """Every event about an item says what it proves, of which time, and when it was accepted (null: not yet).

    The time is half-open: `covers_until` is the first instant that is not covered.
    """

    title: str
    covers_from: datetime
    covers_until: datetime
    accepted_at: datetime | None
    proves: list[Proof]


class EvidenceSubmitted(AboutItem):
    """Evidence was handed in and waits for review. The digest is of its file, or of what it says as JSON."""

    name: ClassVar[str] = "evidence.item.submitted"

    collections: list[UUID] = Field(default_factory=list)
    sha256: str | None = None


class EvidenceAccepted(AboutItem):
    """Someone other than the submitter found the evidence to be what it claims."""

    name: ClassVar[str] = "evidence.item.accepted"


class EvidenceReturned(AboutItem):
    """A reviewer sent the evidence back; the reason says why."""

    name: ClassVar[str] = "evidence.item.returned"


class EvidenceRefreshed(AboutItem):
    """Accepted evidence is fresh until another instant than before; `proves` lists only what is affected.

    That is so when what is expected of it was revised.
    """

    name: ClassVar[str] = "evidence.item.refreshed"


class EvidenceExpiring(AboutItem):
    """Accepted evidence will soon no longer be fresh; `proves` lists only what is affected."""

    name: ClassVar[str] = "evidence.item.expiring"


class EvidenceExpired(AboutItem):
    """Accepted evidence is no longer fresh; `proves` lists only what is affected."""

    name: ClassVar[str] = "evidence.item.expired"


class EvidenceSuperseded(AboutItem):
    """Newer accepted evidence takes the place of this; `proves` lists only what is affected.

    `corrected` is whether that is a corrected version of this one, which then never showed what it said.
    """

    name: ClassVar[str] = "evidence.item.superseded"

    corrected: bool
