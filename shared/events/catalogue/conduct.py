"""What the audit service announces of the conduct of engagements, in the firm's chain; the client's says it as well."""

from typing import Any, ClassVar
from uuid import UUID

from shared.events.event import Event


class EngagementScopeChanged(Event):
    """The type, the period, the categories or the controls of an engagement changed after fieldwork had begun."""

    name: ClassVar[str] = "audit.scope_change.recorded"

    engagement_id: UUID
    before: dict[str, Any]
    after: dict[str, Any]
