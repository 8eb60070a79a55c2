"""Who may decide on a historical record: neither who recorded it nor who performed what it tells. Pure."""

from services.controls.history.historical_records.models import HistoricalRecord
from shared.identity.callers import Actor, keep_apart, person_of


def keep_decider_apart(record: HistoricalRecord, by: Actor) -> None:
    """`SeparationOfDuties` for who recorded or performed it, by themselves or through any client.

    A performer whom the directory never had is told apart by name.
    """
    keep_apart("Who recorded it cannot decide on it", first=record.recorded_by, second=by)
    performer = person_of(record.performed_by)
    if performer is None and _same_name(str(record.performed_by["person"]["name"]), by.person_name):
        performer = by.person
    keep_apart("Who performed it cannot decide on it", first=performer, second=by)


def _same_name(one: str, other: str | None) -> bool:
    return other is not None and one.casefold().split() == other.casefold().split()
