"""Values of result files as texts, times, addresses and severities that we keep; None where they are none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from services.integrations.formats.contents import ResultSeverity

LONGEST_NAME, LONGEST_RESOURCE, LONGEST_DETAIL, LONGEST_URL = 300, 600, 1_000, 2_000
_MILLISECONDS = 1e11  # above it a number of a time is in milliseconds, since 1973
_LAST = 7_258_118_400  # the year 2200
_SEVERITIES: Mapping[str, ResultSeverity] = MappingProxyType(
    {
        "critical": ResultSeverity.CRITICAL,
        "fatal": ResultSeverity.CRITICAL,
        "high": ResultSeverity.HIGH,
        "important": ResultSeverity.HIGH,
        "medium": ResultSeverity.MEDIUM,
        "moderate": ResultSeverity.MEDIUM,
        "low": ResultSeverity.LOW,
        "minor": ResultSeverity.LOW,
        "informational": ResultSeverity.INFORMATIONAL,
        "info": ResultSeverity.INFORMATIONAL,
        "negligible": ResultSeverity.INFORMATIONAL,
        "none": ResultSeverity.INFORMATIONAL,
    }
)
# By CVSS (section 5 of the specification of version 3.1), as SARIF's `security-severity` has it too.
_SCORES = (
    (9.0, ResultSeverity.CRITICAL),
    (7.0, ResultSeverity.HIGH),
    (4.0, ResultSeverity.MEDIUM),
    (0.1, ResultSeverity.LOW),
)


def text(value: Any, longest: int = LONGEST_NAME) -> str | None:
    """On one line, cut to its bound, without what cannot be printed."""
    if value is None or isinstance(value, (dict, list)):
        return None
    given = (str(value).lower() if isinstance(value, bool) else str(value))[: longest * 4]
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())
    return line[:longest] or None


def detail(value: Any) -> str | None:
    return text(value, LONGEST_DETAIL)


def url(value: Any) -> str | None:
    """An address that a browser may open."""
    known = isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= LONGEST_URL
    return value if known and value.isprintable() and " " not in value else None


def severity(value: Any) -> ResultSeverity | None:
    return _SEVERITIES.get(value.lower()) if isinstance(value, str) else None


def severity_of_score(value: Any) -> ResultSeverity | None:
    """By a CVSS score from 0 to 10, as a number or a text."""
    try:
        score = float(value)
    except (TypeError, ValueError):
        return None
    if not 0 <= score <= 10:  # noqa: PLR2004 - the scale of CVSS
        return None
    return next((named for least, named in _SCORES if score >= least), ResultSeverity.INFORMATIONAL)


def time(value: Any) -> datetime | None:
    """RFC 3339, without a zone as UTC, or seconds or milliseconds since 1970; between 1970 and 2200."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if value > _MILLISECONDS else value
        return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds < _LAST else None
    if not isinstance(value, str) or len(value) > 64:  # noqa: PLR2004 - longer than any time
        return None
    try:
        read = datetime.fromisoformat(value.strip().removesuffix(" UTC"))
        known = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return known if 0 <= known.timestamp() < _LAST else None


def has_zone(value: Any) -> bool:
    """Whether a time says its offset: one that does not may be half a day off."""
    if not isinstance(value, str):
        return False
    of_day = value.strip().partition("T")[2] or value.strip().partition(" ")[2]
    return of_day.endswith(("Z", "UTC")) or "+" in of_day or "-" in of_day


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def at(value: Any, *path: str) -> Any:
    """What lies at a path of objects, None where there is nothing."""
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def strings(value: Any) -> list[str]:
    """The texts of a list, or of one text."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
