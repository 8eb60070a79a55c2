"""How results become rows: times are bounded by when the file came, and each row belongs to one file. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

_RESULT = (
    "kind",
    "tool",
    "title",
    "verdict",
    "requirements",
    "resource",
    "severity",
    "fixed_in",
    "detail",
    "url",
    "suppression",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """The file that rows belong to."""

    org_id: UUID
    file_id: UUID
    source: str
    run: str
    observed_at: datetime
    at: datetime


def run_of(given: str | None, said: str | None, sha256: str) -> str:
    """The name of the run: as given, as the file says, or else the beginning of its SHA-256."""
    return given or said or f"sha256:{sha256[:16]}"


def observed(said: str | None, otherwise: datetime) -> datetime:
    """When something was observed; a time ahead of ours, or none, is the other one."""
    return min(datetime.fromisoformat(said), otherwise) if said else otherwise


def result_row(key: UUID, row: Mapping[str, Any], file: Kept) -> dict[str, Any]:
    """A result as it is kept."""
    first, fixed = row["first_seen_at"], row["fixed_at"]
    return {name: row[name] for name in _RESULT} | {
        "id": key,
        "org_id": file.org_id,
        "file_id": file.file_id,
        "source": file.source,
        "run": file.run,
        "check_name": row["check"],
        "observed_at": observed(row["observed_at"], file.observed_at),
        "first_seen_at": observed(first, file.at) if first else None,
        "fixed_at": observed(fixed, file.at) if fixed else None,
        "recorded_at": file.at,
    }


def check_row(key: UUID, row: Mapping[str, Any], file: Kept) -> dict[str, Any]:
    """What a check came to, as it is kept."""
    return {
        "id": key,
        "org_id": file.org_id,
        "file_id": file.file_id,
        "source": file.source,
        "run": file.run,
        "tool": row["tool"],
        "check_name": row["check"],
        "title": row["title"],
        "verdict": row["verdict"],
        "verdicts": row["verdicts"],
        "requirements": row["requirements"],
        "severity": row["severity"],
        "detail": row["detail"],
        "url": row["url"],
        "observed_at": observed(row["observed_at"], file.observed_at),
        "recorded_at": file.at,
    }
