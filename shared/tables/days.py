"""Days as people write them in tables. Pure; none is guessed: `03/04/2026` is two days, and refused."""

import re
from datetime import UTC, date, datetime

_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
_TIME = re.compile(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
REFUSAL = "is no day that can be read in one way only: write it as 2026-03-31."


def day_in(text: str) -> date | None:
    """The day that a text means: ISO 8601, `31.03.2026`, `31 March 2026`, `Mar 31, 2026`; None when it means none."""
    said = " ".join(_TIME.sub("", text.strip()).replace(",", " ").split())
    if _ISO.fullmatch(said):  # by far the most, and much faster
        try:
            return date.fromisoformat(said)
        except ValueError:
            return None
    for form in _FORMS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
