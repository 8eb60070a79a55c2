"""What the controls service announces of exceptions from controls."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _About(Event):
    """Every event about an exception says from which control, and from when until when (half-open)."""

    control_id: UUID
    control_code: str
    control_title: str
    starts_at: datetime
    expires_at: datetime
    requester_id: UUID | None


class ControlExceptionRequested(_About):
    """Someone asked for an exception from a control."""

    name: ClassVar[str] = "controls.exception.requested"


class ControlExceptionGranted(_About):
    """An exception was granted; it is in force from its start, or from now on when that has passed."""

    name: ClassVar[str] = "controls.exception.granted"


class ControlExceptionRefused(_About):
    """An exception was refused, with a reason."""

    name: ClassVar[str] = "controls.exception.refused"


class ControlExceptionStarted(_About):
    """An exception that had been granted ahead of its time came into force."""

    name: ClassVar[str] = "controls.exception.started"


class ControlExceptionExpiring(_About):
    """An exception will soon be over."""

    name: ClassVar[str] = "controls.exception.expiring"


class ControlExceptionExpired(_About):
    """An exception is over; the control counts in full again."""

    name: ClassVar[str] = "controls.exception.expired"


class ControlExceptionRevoked(_About):
    """An exception was ended before its time, with a reason."""

    name: ClassVar[str] = "controls.exception.revoked"
