"""What the audit service announces of the documents of engagements, in the organisation that recorded them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutEngagementDocument(Event):
    """Every event about a document says which it is, and the day that it bears."""

    engagement_id: UUID
    kind: str
    title: str
    dated_on: date


class EngagementDocumentRecorded(AboutEngagementDocument):
    """A party of an engagement recorded a document as it was signed."""

    name: ClassVar[str] = "audit.engagement_document.recorded"


class EngagementDocumentWithdrawn(AboutEngagementDocument):
    """A document does not count any longer, for the reason given."""

    name: ClassVar[str] = "audit.engagement_document.withdrawn"
