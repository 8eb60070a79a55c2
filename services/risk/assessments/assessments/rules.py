"""What each state of an assessment allows, and when its due day is announced. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from services.risk.assessments.assessments.models import AssessmentStatus
from services.risk.assessments.assessments.schemas import AssessmentDraft, AssessmentRevision
from shared.problems import Fault

DAYS_BEFORE: Final = 7  # when participants are reminded
_RATED: Final = ("rate", "resolve", "submit", "revise", "cancel")
ALLOWED: Final[Mapping[AssessmentStatus, tuple[str, ...]]] = {
    AssessmentStatus.DRAFT: ("revise", "start", "cancel"),
    AssessmentStatus.STARTED: _RATED,
    AssessmentStatus.RATING: _RATED,
    AssessmentStatus.SUBMITTED: ("approve", "return", "cancel"),
    AssessmentStatus.RETURNED: _RATED,
    AssessmentStatus.APPROVED: ("complete", "return", "cancel"),
    AssessmentStatus.COMPLETED: (),
    AssessmentStatus.CANCELLED: (),
}
# What can still change when the scope is frozen.
_AFTER_THE_START: Final = frozenset({"participants", "approvers", "lead", "due_on"})


def frozen_members(revision: AssessmentRevision) -> list[str]:
    """The members of a revision that cannot change once the scope is frozen."""
    return sorted(revision.model_fields_set - _AFTER_THE_START)


@dataclass(frozen=True, slots=True)
class People:
    """Who rates and who approves an assessment as it would be, and how many of each it needs."""

    participants: Sequence[UUID]
    approvers: Sequence[UUID]
    raters_needed: int
    approvers_needed: int


def faults_in(given: AssessmentDraft | AssessmentRevision, people: People) -> Iterator[Fault]:
    """Fewer people than are needed, and approvers who rate."""
    if len(people.participants) < people.raters_needed:
        at = "/participants" if given.participants is not None else "/raters_needed"
        detail = f"Each risk needs the rating of {people.raters_needed} participants; there are"
        yield Fault(at, f"{detail} {len(people.participants)}.")
    if people.approvers and len(people.approvers) < people.approvers_needed:
        at = "/approvers" if given.approvers is not None else "/approvers_needed"
        yield Fault(at, f"It needs {people.approvers_needed} approvers; {len(people.approvers)} are named.")
    if set(people.approvers) & set(people.participants):
        at = "/approvers" if given.approvers is not None else "/participants"
        yield Fault(at, "Who rates risks of an assessment cannot approve it.")


def next_notice(due_on: date, at: datetime) -> datetime:
    """When the due day is announced next: some days before it, and when it is over."""
    reminder = _midnight(due_on) - timedelta(days=DAYS_BEFORE)
    return reminder if reminder > at else over_at(due_on)


def over_at(due_on: date) -> datetime:
    """The first instant after a due day."""
    return _midnight(due_on) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
