from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.integrations.base import Base, Part
from shared.clock import new_id
from shared.data.base import instant


class TicketState(StrEnum):
    """intent → creating → open → closed; closed → open when it is opened again outside.

    intent and creating → failed, when it cannot be opened, open and closed → failed, when it is there no more.
    failed → intent, when it is tried again.
    """

    INTENT = "intent"
    CREATING = "creating"
    OPEN = "open"
    CLOSED = "closed"
    FAILED = "failed"


class Ticket(Base, table=True):
    """The ticket of a thing in a system outside.

    `marker` is how it is found there, should the answer to its creation be lost. `category`, `status`, `assignee` and
    `updated_outside_at` are the system's. `fields` is what is remembered of each field that is kept in step.
    `awaits_check`: it was closed outside, and the thing is not over here: whether what was done works is to be checked.
    `is_ended`: over here and closed there.
    """

    __tablename__ = "tickets"

    connection_id: UUID
    system: str
    kind: str
    subject_id: UUID
    permission: str
    rule_id: UUID | None = None
    marker: str
    state: str = TicketState.INTENT
    code: str | None = None
    detail: str | None = None
    outside_id: str | None = None
    key: str | None = None
    url: str | None = None
    category: str | None = None
    status: str | None = None
    assignee: str | None = None
    updated_outside_at: datetime | None = instant(default=None)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    awaits_check: bool = False
    is_ended: bool = False
    opened_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class TicketWork(Part, table=True):
    """When a ticket is worked on next, and how that went.

    `due_at` is null when nothing is due; while a worker has it, it is the end of the lease. `tries` counts failures in
    a row. `hour_from` and `hour_writes` count against the ticket's cap, `is_capped` whether that was announced.
    """

    __tablename__ = "ticket_work"

    ticket_id: UUID = Field(primary_key=True)
    connection_id: UUID
    subject_id: UUID
    due_at: datetime | None = instant(default=None)
    tries: int = 0
    hour_from: datetime | None = instant(default=None)
    hour_writes: int = 0
    is_capped: bool = False


class TicketCall(Part, table=True):
    """One request about a ticket, and what came of it: a status, or a code when it was refused or not answered."""

    __tablename__ = "ticket_calls"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    ticket_id: UUID
    step: str
    started_at: datetime = instant()
    milliseconds: int
    status: int | None = None
    code: str | None = None
