"""In which order historical records have their effect. Pure.

A text is approved before its control is put into operation, and it is in operation before it is performed. Of one kind
the earlier day goes first.
"""

from collections.abc import Iterable

from services.controls.history.historical_records.models import HistoricalRecord, RecordKind

_ORDER = {kind: place for place, kind in enumerate(RecordKind)}


def in_order(records: Iterable[HistoricalRecord]) -> list[HistoricalRecord]:
    """Records in the order in which they have their effect."""
    return sorted(records, key=lambda record: (_ORDER[RecordKind(record.kind)], record.effective_on, record.id))
