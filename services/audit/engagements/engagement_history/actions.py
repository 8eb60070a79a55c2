"""What is known of historical records, as the controls service announces them."""

from services.audit.engagements.engagement_history.models import KnownRecord
from shared.events.catalogue.history import (
    HistoricalRecordAccepted,
    HistoricalRecordRecorded,
    HistoricalRecordRefused,
    RecordStatus,
)
from shared.events.event import Event
from shared.events.replicas import Facet, Replica

_STATUS: dict[type[Event], RecordStatus] = {
    HistoricalRecordRecorded: RecordStatus.RECORDED,
    HistoricalRecordAccepted: RecordStatus.ACCEPTED,
    HistoricalRecordRefused: RecordStatus.REFUSED,
}

RECORDS = Replica(
    KnownRecord,
    Facet(
        "version",
        tuple(_STATUS),
        *("kind", "code", "control_ids", "effective_on", "recorded_at"),
        status=lambda heard: _STATUS[type(heard.event)],
        decided_at=lambda heard: None if isinstance(heard.event, HistoricalRecordRecorded) else heard.occurred_at,
    ),
)
