"""What the audit service announces of an organisation's own plan of its engagements."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _CostEntry(Event):
    """Every event about a cost entry says where it counts, and never how much or for what it was."""

    measure: str
    kind: str
    engagement_id: UUID | None
    programme_id: UUID | None
    year: int
    currency: str
    counters_id: UUID | None


class CostEntryRecorded(_CostEntry):
    """An amount of the budget, an actual amount or a counter-entry was recorded."""

    name: ClassVar[str] = "audit.cost_entry.recorded"


class CostEntryWithdrawn(_CostEntry):
    """A cost entry counts no longer, for a reason; it stays on record."""

    name: ClassVar[str] = "audit.cost_entry.withdrawn"
