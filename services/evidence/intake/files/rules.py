"""How a file goes out again: which part of it, and under which name. Pure."""

import re
from urllib.parse import quote

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_UNQUOTABLE = re.compile(r"[^ !#-\[\]-~]|[%;]")


def span(asked: str | None, size: int) -> tuple[int, int] | None:
    """The half-open span of bytes that a Range header asks for (RFC 9110, 14); the whole when it asks for none.

    None when it asks for a part that is not there. More than one range, or another unit, is answered with the whole.
    """
    parts = _RANGE.fullmatch(asked.strip()) if asked else None
    if parts is None or not any(parts.groups()):
        return 0, size
    first, last = parts.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start, end = int(first), min(size, int(last) + 1 if last else size)
    if last and int(last) < start:
        return 0, size
    return (start, end) if start < size else None


def attachment(name: str) -> str:
    """A Content-Disposition (RFC 6266) that saves and never shows, with the whole name and an ASCII one."""
    return f"attachment; filename=\"{_UNQUOTABLE.sub('_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"
