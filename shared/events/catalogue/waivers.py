"""What the controls service announces of waivers from controls."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _About(Event):
    """Every event about a waiver says from which control, and from when until when (half-open)."""

    control_id: UUID
    control_code: str
    control_title: str
    starts_at: datetime
    expires_at: datetime
    requester_id: UUID | None


class WaiverRequested(_About):
    """Someone asked for a waiver from a control."""

    name: ClassVar[str] = "controls.waiver.requested"


class WaiverGranted(_About):
    """A waiver was granted; it is in force from its start, or from now on when that has passed."""

    name: ClassVar[str] = "controls.waiver.granted"


class WaiverRefused(_About):
    """A waiver was refused, with a reason."""

    name: ClassVar[str] = "controls.waiver.refused"


class WaiverStarted(_About):
    """A waiver that had been granted ahead of its time came into force."""

    name: ClassVar[str] = "controls.waiver.started"


class WaiverExpiring(_About):
    """A waiver will soon be over."""

    name: ClassVar[str] = "controls.waiver.expiring"


class WaiverExpired(_About):
    """A waiver is over; the control counts in full again."""

    name: ClassVar[str] = "controls.waiver.expired"


class WaiverRevoked(_About):
    """A waiver was ended before its time, with a reason."""

    name: ClassVar[str] = "controls.waiver.revoked"
