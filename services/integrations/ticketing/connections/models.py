from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base, Part
from shared.data.base import instant


class ConnectionStatus(StrEnum):
    """pending → active, once a test has worked → disabled → pending, when it is activated again. Any → retired.

    Tickets of a pending or disabled connection wait until it is active.
    """

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"
    RETIRED = "retired"


class ConnectionDisabledFor(StrEnum):
    """Why a connection is disabled: a person did it, or the system refuses its credential."""

    BY_HAND = "by_hand"
    UNAUTHORIZED = "unauthorized"


class TicketConnection(Base, table=True):
    """One system of tickets, and a project in it.

    `directions` say for each field who changes it, `states` which state is wanted for `open` and `done` where several
    are possible. `source_id` is the source by which the system reports changes. `account` is who we are there.
    """

    __tablename__ = "ticket_connections"

    title: str
    system: str
    base_url: str
    project: str
    issue_type: str | None = None
    username: str | None = None
    labels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    link_base: str | None = None
    owner_id: UUID
    source_id: UUID | None = None
    directions: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    states: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    writes_per_ticket: int
    writes_per_minute: int
    account: str | None = None
    status: str = ConnectionStatus.PENDING
    disabled_for: str | None = None


class TicketQueue(Part, table=True):
    """What the worker has to know of a connection: whether something is due, and whether it may be asked now.

    `lease_until` is until when a worker has it, `work_id` what it works on, null for a test. `rest_until` is until when
    nothing is asked, as the system said or after failures. `minute_from` and `minute_writes` count against the cap.
    """

    __tablename__ = "ticket_queues"

    connection_id: UUID = Field(primary_key=True)
    is_active: bool = False
    test_due_at: datetime | None = instant(default=None)
    lease_until: datetime | None = instant(default=None)
    work_id: UUID | None = None
    rest_until: datetime | None = instant(default=None)
    failures: int = 0
    minute_from: datetime | None = instant(default=None)
    minute_writes: int = 0
    last_tested_at: datetime | None = instant(default=None)
    last_worked_at: datetime | None = instant(default=None)
    last_failed_at: datetime | None = instant(default=None)
    last_code: str | None = None
    last_detail: str | None = None
