"""What an import is: its media type, and how much it may weigh, and where the version is."""

from uuid import UUID

LARGEST = 32 * 1024 * 1024  # bytes; NIST SP 800-53 in OSCAL has ten million
MOST_BASES = 5
MOST_SOURCES = 10  # with all that the bases of a profile were themselves resolved against

_TABLE = "text/csv"


def location_of(version_id: UUID) -> str:
    """Where a version is."""
    return f"/v1/framework-versions/{version_id}"


def kind_of(content_type: str | None) -> str | None:
    """The media type without its parameters; None when it is one that no version comes in as."""
    essence = (content_type or "").partition(";")[0].strip().lower()
    subtype = essence.removeprefix("application/")
    is_json = essence.startswith("application/") and (subtype == "json" or subtype.endswith("+json"))
    return essence if (is_json or essence == _TABLE) and essence.isascii() and len(essence) <= 100 else None  # noqa: PLR2004 - longer than any media type there is
