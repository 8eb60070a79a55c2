"""Keyset cursors: where the last page ended, opaque to the client."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.problems import Fault, Invalid


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort order a listing was begun in, and the sort value and id of the last row seen."""

    sort: str
    value: Any
    id: UUID

    def encode(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        text = json.dumps([self.sort, str(value) if isinstance(value, UUID) else value, str(self.id)])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, encoded: str, *, kind: type[Any], sort: str) -> "Cursor":
        """Read a cursor for a listing sorted by `sort` over a column of Python type `kind`, or refuse it."""
        try:
            padded = encoded + "=" * (-len(encoded) % 4)
            was_sort, value, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if was_sort != sort:
                raise _bad("was made with another sort order")
            return cls(sort, _parse(value, kind), UUID(row_id))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise _bad("is not one that this list gave out") from error


def _parse(value: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant has a time zone")
        return instant.astimezone(UTC)  # not every instant that can be written has a time in UTC
    if kind is date:
        return date.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    if type(value) is not kind or (kind is int and abs(value) >= 1 << 31):
        raise ValueError("another type than the column's")
    if kind is str and b"\x00" in value.encode():  # which refuses a lone surrogate
        raise ValueError("no text of a column is like this")
    return value


def _bad(why: str) -> Invalid:
    return Invalid(f"The cursor {why}.", faults=[Fault("query/cursor", f"The cursor {why}.")])
