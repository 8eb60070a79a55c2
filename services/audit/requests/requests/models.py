from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD, instant


class RequestStatus(StrEnum):
    """draft → open → submitted → accepted, or returned → submitted again.

    What is declared unavailable waits for the firm, which decides that it is unavailable and with which effect, returns
    or cancels it. Everything before accepted may be cancelled. Overdue is none of them: it follows from the day.
    """

    DRAFT = "draft"
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECLARED_UNAVAILABLE = "declared_unavailable"
    ACCEPTED = "accepted"
    UNAVAILABLE = "unavailable"
    CANCELLED = "cancelled"


class RequestOrigin(StrEnum):
    """Where a request comes from: written for this engagement, or drafted from something else."""

    WRITTEN = "written"
    TEMPLATE = "template"
    PREVIOUS_ENGAGEMENT = "previous_engagement"
    CONTROLS = "controls"
    SAMPLE = "sample"
    SHEET = "sheet"


class UnavailabilityEffect(StrEnum):
    """What follows from it that something is not available: the control did not work, or the scope is limited."""

    DEVIATION = "deviation"
    SCOPE_LIMITATION = "scope_limitation"


class Request(Base, table=True):
    """What an auditing firm asks its client for in an engagement. It is the firm's row.

    The client sees it once `released_at` says when it was released. `owner_id` is the person of the client who answers
    for it, with their name of then, as the firm does not know the client's directory. `reason` is why it was last
    returned, decided on or cancelled, by `decided_by`. `due_on` is a UTC day. `lines` are the things that it asks for
    one by one, such as the items of a sample, each with `number`, `key`, `text`, `item_id` and whether it is
    `answered`; they are the client's data, which the trail tells by their digest.
    """

    __tablename__ = "requests"

    engagement_id: UUID
    client_id: UUID
    code: str
    title: str
    text: str
    example: str | None = None
    addressee: str | None = None
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False, info=WITHHELD))
    lines_answered: int = 0
    due_on: date | None = None
    origin: str = RequestOrigin.WRITTEN
    origin_id: UUID | None = None
    status: str = RequestStatus.DRAFT
    owner_id: UUID | None = None
    owner_name: str | None = None
    released_at: datetime | None = instant(default=None)
    answers: int = 0
    answered_at: datetime | None = instant(default=None)
    effect: str | None = None
    reason: str | None = None
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)
    overdue_announced_at: datetime | None = instant(default=None)
