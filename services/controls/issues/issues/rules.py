"""When an issue is due, and what brings it back. Pure: the same facts give the same answer, whoever asks.

Days are calendar days in UTC. An issue is overdue from the day after its due date, while nobody claims that it is
resolved; what is claimed waits for its check, which is no longer the owner's to hurry.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.controls.days import day_of
from services.controls.issues.issues.models import Closure, IssueStatus
from shared.events.catalogue.controls import Severity

HEALTH = "control-health"
"""The cause of an issue that is back whenever one of its controls fails again."""

UNRESOLVED = frozenset({IssueStatus.OPEN, IssueStatus.REMEDIATING})
LIVE = UNRESOLVED | {IssueStatus.RESOLVED}


def of_test(standing_id: UUID) -> str:
    """The cause of an issue that is back whenever a test fails again."""
    return f"test:{standing_id}"


def due(running_since: datetime, days: int) -> date:
    """The last day on which it is resolved in time."""
    return day_of(running_since) + timedelta(days=days)


def is_lower(severity: Severity, other: Severity) -> bool:
    """Whether one severity weighs less than another."""
    order = list(Severity)
    return order.index(severity) > order.index(other)


def regresses(closure: Closure) -> bool:
    """Whether it is a regression when the cause is back: only what was found to be corrected can come undone."""
    return closure == Closure.VERIFIED


def has_recurred(closure: Mapping[str, Any], failed_at: datetime) -> bool:
    """Whether a failure shows that the correction which closed an issue did not last: it came after it."""
    return regresses(Closure(closure["outcome"])) and failed_at > datetime.fromisoformat(closure["at"])


def handed_over(plan: dict[str, Any] | None, leaver: UUID, taker: UUID) -> dict[str, Any] | None:
    """The plan when one person takes over what another is to do; what is done stays with who did it."""
    if plan is None:
        return None

    def of_taker(action: dict[str, Any]) -> bool:
        return action["owner_id"] == str(leaver) and action["done_on"] is None

    return plan | {
        "actions": [action | {"owner_id": str(taker)} if of_taker(action) else action for action in plan["actions"]]
    }
