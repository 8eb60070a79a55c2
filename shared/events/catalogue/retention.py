"""What the evidence service announces of keeping evidence: holds, retention, disposal."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Hold(Event):
    """Every event about a hold says for which matter; the reason says why."""

    matter: str


class HoldPlaced(_Hold):
    """A legal matter needs evidence to be kept: nothing in its scope is disposed of while the hold stands."""

    name: ClassVar[str] = "evidence.hold.placed"


class HoldReleased(_Hold):
    """A legal matter no longer needs the evidence."""

    name: ClassVar[str] = "evidence.hold.released"


class _RetentionClass(Event):
    """Every event about a retention class says for how many years it keeps, counted from which fact."""

    title: str
    years: int
    basis: str


class RetentionClassDefined(_RetentionClass):
    """Evidence of a kind is kept for so long."""

    name: ClassVar[str] = "evidence.retention_class.defined"


class RetentionClassRevised(_RetentionClass):
    """Everything in the class is kept by other years, or another class is the default; the reason says why."""

    name: ClassVar[str] = "evidence.retention_class.revised"


class RetentionClassWithdrawn(_RetentionClass):
    """Nothing more is assigned to this class."""

    name: ClassVar[str] = "evidence.retention_class.withdrawn"


class EvidenceClassified(Event):
    """Evidence was assigned to another retention class; null is whatever class is the default."""

    name: ClassVar[str] = "evidence.item.classified"

    title: str
    retention_class_id: UUID | None


class _Release(Event):
    """Every event about a recorded release says of which report, and when it was."""

    title: str
    released_at: datetime


class ReleaseRecorded(_Release):
    """A report was released outside of Attest: from then on what it rests on is kept for years."""

    name: ClassVar[str] = "evidence.release.recorded"


class ReleaseWithdrawn(_Release):
    """A release had been recorded by mistake."""

    name: ClassVar[str] = "evidence.release.withdrawn"


class DisposalRequested(Event):
    """Someone asks to do away with evidence whose time of retention is over."""

    name: ClassVar[str] = "evidence.disposal.requested"

    items: int


class DisposalApproved(Event):
    """Someone else approved a disposal; it begins when its state is approved."""

    name: ClassVar[str] = "evidence.disposal.approved"

    state: str


class DisposalCancelled(Event):
    """A disposal was called off, or stopped while it was under way."""

    name: ClassVar[str] = "evidence.disposal.cancelled"

    state: str


class DisposalCompleted(Event):
    """A disposal is done, and its certificate signed."""

    name: ClassVar[str] = "evidence.disposal.completed"

    items: int
    certificate_key_id: str


class EvidenceDisposed(Event):
    """Evidence was disposed of: what it was and its hash stay on record, what it said does not."""

    name: ClassVar[str] = "evidence.item.disposed"

    title: str
    disposal_id: UUID


class FileErased(Event):
    """The bytes of a file were erased, since no evidence is made of them any longer."""

    name: ClassVar[str] = "evidence.file.erased"

    sha256: str
    size: int


class BundleAssembled(Event):
    """Someone said which accepted evidence an archive for an auditor holds."""

    name: ClassVar[str] = "evidence.bundle.assembled"

    title: str
