"""In which order historical records have their effect. Pure.

A text is approved before its control is put into operation, and it is in operation before it is performed or tested; a
version of a policy is put in force before it is acknowledged. Of one kind the earlier day goes first.
"""

from collections.abc import Iterable, Iterator

from services.controls.history.historical_records.models import HistoricalRecord, RecordKind


def by_kind(records: Iterable[HistoricalRecord]) -> Iterator[tuple[RecordKind, list[HistoricalRecord]]]:
    """Records by their kinds, in the order in which they have their effect."""
    ordered = sorted(records, key=lambda record: (record.effective_on, record.id))
    for kind in RecordKind:
        if of_kind := [record for record in ordered if record.kind == kind]:
            yield kind, of_kind
