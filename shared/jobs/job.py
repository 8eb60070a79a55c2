"""The states of a job, and what its work says of a step and of the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

PART_BYTES = 256 * 1024


class JobState(StrEnum):
    """queued → running → succeeded, failed or cancelled; running → queued when its worker stops or has to wait."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is after a step, from 0 to 1, and what the next step or another worker has to know of it."""

    progress: float
    kept: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the request would have answered: its body, or where the new thing is."""

    result: BaseModel | None = None
    location: str | None = None
