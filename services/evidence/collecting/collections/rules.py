"""Which collection evidence answers when it does not say. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.evidence.collecting.collections.models import Collection


def answered(covers_from: datetime, covers_until: datetime, waiting: Sequence[Collection]) -> Collection | None:
    """Of the open collections of one expectation, the one whose period is covered longest, the oldest of equals.

    Not the oldest of all that are touched: a report about April that begins in the last hour of March is April's.
    """

    def shared(collection: Collection) -> timedelta:
        assert collection.covers_from is not None, "what an expectation asks for has a period"
        assert collection.covers_until is not None
        return min(covers_until, collection.covers_until) - max(covers_from, collection.covers_from)

    touched = [collection for collection in waiting if shared(collection) > timedelta(0)]
    return max(touched, key=lambda collection: (shared(collection), -collection.intended_on.toordinal()), default=None)
