from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.integrations.ticketing.calls import Call
from services.integrations.ticketing.fields.models import FieldState
from services.integrations.ticketing.fields.rules import Ours
from services.integrations.ticketing.terms.models import Content, FieldDirection, FieldName, Outside, Place, Refused


class Task(StrEnum):
    """What a worker does: test a connection, open a ticket, or keep one in step."""

    TEST = "test"
    OPEN = "open"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One piece of work, with all that it needs; nothing else is looked up while it is done.

    `may_write` is whether the ticket's cap allows a write now. `since` is when the intent was stored.
    """

    task: Task
    org_id: UUID
    connection_id: UUID
    lease_until: datetime
    place: Place = field(repr=False)
    ticket_id: UUID | None = None
    since: datetime | None = None
    content: Content | None = field(default=None, repr=False)
    ours: Ours | None = field(default=None, repr=False)
    outside_id: str | None = None
    updated_outside_at: datetime | None = None
    directions: Mapping[FieldName, FieldDirection] = field(default_factory=dict)
    fields: Mapping[FieldName, FieldState] = field(default_factory=dict, repr=False)
    may_write: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a piece of work. With `refused`, what was done before that is there too."""

    claimed: Claimed
    calls: Sequence[Call]
    writes: int
    account: str | None = None
    outside: Outside | None = field(default=None, repr=False)
    fields: Mapping[FieldName, FieldState] = field(default_factory=dict, repr=False)
    refused: Refused | None = None
    is_capped: bool = False
