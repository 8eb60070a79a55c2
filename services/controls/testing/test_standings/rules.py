"""What the results of one test come to. Pure; results may come in any order.

1. Only pass and fail conclude: an error, what was inconclusive or not applicable leaves the conclusion as it is.
2. What was observed later counts, whatever came later. Of what was observed at the same instant the worse counts.
3. A failure is cleared by a later pass, and by nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.events.catalogue.testing import Outcome

_CONCLUSIVE = frozenset({Outcome.PASS, Outcome.FAIL})
_WEIGHT = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASS: 1,
    Outcome.INCONCLUSIVE: 2,
    Outcome.ERROR: 3,
    Outcome.FAIL: 4,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One result. `next_due_at` is by when its source says that the next one is due."""

    result_id: UUID
    outcome: Outcome
    observed_at: datetime
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """What the results have come to so far; see `Standing`."""

    concluded: Outcome | None = None
    since: datetime | None = None
    concluded_at: datetime | None = None
    concluded_by: UUID | None = None
    latest: Outcome | None = None
    latest_at: datetime | None = None
    latest_by: UUID | None = None
    due_at: datetime | None = None

    def differs(self, other: "Stand") -> bool:
        """Whether a person would be told: more than that the same was found once more."""
        return (self.concluded, self.latest, self.due_at) != (other.concluded, other.latest, other.due_at)


def after(stand: Stand, found: Iterable[Finding]) -> Stand:
    """What it comes to with these results too."""
    for later in sorted(found, key=lambda finding: (finding.observed_at, _WEIGHT[finding.outcome])):
        if later.outcome in _CONCLUSIVE and _counts(later, stand.concluded, stand.concluded_at):
            same = stand.concluded == later.outcome
            stand = replace(
                stand,
                concluded=later.outcome,
                since=stand.since if same else later.observed_at,
                concluded_at=later.observed_at,
                concluded_by=later.result_id,
            )
        if _counts(later, stand.latest, stand.latest_at):
            stand = replace(
                stand,
                latest=later.outcome,
                latest_at=later.observed_at,
                latest_by=later.result_id,
                due_at=later.next_due_at,
            )
    return stand


def _counts(finding: Finding, outcome: Outcome | None, observed_at: datetime | None) -> bool:
    if outcome is None or observed_at is None:
        return True
    return (finding.observed_at, _WEIGHT[finding.outcome]) > (observed_at, _WEIGHT[outcome])
