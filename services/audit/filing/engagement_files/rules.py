"""How long an engagement file is kept, and which holds are on it. Pure functions.

No standard says for how long a firm keeps the file of an attestation engagement: it is the firm's policy, under its
system of quality management. Seven years from the release of the report is the policy unless it says otherwise, and
nobody keeps one for less than five.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.audit.engagements.engagements.rules import months_after

YEARS, LEAST_YEARS = 7, 5
_MONTHS = 12


def retain_until(released_on: date, years: int = YEARS) -> date:
    """The last day on which a file is kept."""
    return months_after(released_on, years * _MONTHS)


def is_too_early(released_on: date, until: date) -> bool:
    """Whether a file would be kept for less than the least time."""
    return until < retain_until(released_on, LEAST_YEARS)


def standing(holds: Sequence[dict[str, Any]]) -> list[str]:
    """The matters of the holds that are not released."""
    return [str(each["matter"]) for each in holds if each["released_at"] is None]
