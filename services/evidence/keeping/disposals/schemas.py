from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.evidence.items.evidence.schemas import all_different
from services.evidence.keeping.disposals.models import Bytes, DisposalState, Fate
from shared.http.fields import ActedBy, Input, Prose


class DisposalRequest(Input):
    """Why evidence whose time is over should go."""

    reason: Prose = Field(examples=["Yearly disposal, records schedule section 4"])
    class_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(
        default_factory=list, max_length=100, description="Only what is in these retention classes; all when empty"
    )


class DisposalApproval(Input):
    """That the run may do away with what its preview lists."""

    override_reason: Prose | None = Field(
        default=None, description="Required of the first approver when the run is above a tenth of all evidence"
    )


class DisposalCancellation(Input):
    """Why the run should not go on."""

    reason: Prose


class DisposalOut(BaseModel):
    """A run: its preview until it is approved, and how far it is from then on."""

    id: UUID
    reason: str
    class_ids: list[UUID]
    state: DisposalState
    requested_by: ActedBy
    items: int = Field(description="How many pieces of evidence go")
    size: int = Field(description="How many bytes of content these have")
    held: int = Field(description="How many are due and stay, because a legal hold stands on them")
    organisation_items: int = Field(description="How much evidence the organisation had when it was requested")
    needs_override: bool = Field(description="More than a tenth of it goes: two approvers, and a reason to override")
    override_reason: str | None
    approvers: list[ActedBy]
    approved_at: datetime | None
    disposed: int
    kept: int = Field(description="Approved, and kept after all: held or no longer due when their turn came")
    progress: float = Field(description="From 0 to 1", examples=[0.5])
    cancelled_reason: str | None
    completed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class DisposalItemOut(BaseModel):
    """One piece of evidence of a run."""

    id: UUID = Field(description="The evidence")
    title: str
    kind: str
    sha256: str
    size: int
    class_id: UUID
    class_name: str
    retained_until: datetime
    fate: Fate
    why: str | None = Field(description="Why it is held or was kept")
    disposed_at: datetime | None
    bytes: Bytes | None = Field(description="What became of a file's bytes; null for what is no file, or not yet")
    updated_at: datetime


class Signature(BaseModel):
    algorithm: str
    key_id: str = Field(description="JWK thumbprint (RFC 7638) of the public key")
    public_key: str
    value: str


class CertificateOut(BaseModel):
    """The signed certificate: the signature is over the other members as canonical JSON, so all of it is text."""

    format: str
    disposal_id: str
    org_id: str
    reason: str
    requested_by: ActedBy
    requested_at: str
    approved_by: list[ActedBy]
    approved_at: str | None
    override_reason: str | None
    stopped_because: str | None
    items: list[dict[str, Any]] = Field(
        description="What went: id, title, SHA-256, size, class, until when it was kept"
    )
    count: int
    size: int
    signature: Signature
