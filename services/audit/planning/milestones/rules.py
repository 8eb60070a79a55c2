"""What a milestone is called, and which ones the engagement itself shows. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from services.audit.engagements.engagements.models import Engagement
from services.audit.planning.milestones.models import MilestoneKind
from shared.problems import Fault

# The scope is frozen when fieldwork begins: the engagement's phase shows both.
SHOWN_BY_ENGAGEMENT = frozenset(
    {MilestoneKind.SCOPE_FROZEN, MilestoneKind.FIELDWORK_START, MilestoneKind.REPORT_ISSUED}
)

TITLES: Mapping[MilestoneKind, str] = {
    MilestoneKind.KICKOFF: "Kick-off",
    MilestoneKind.READINESS_DONE: "Readiness assessment done",
    MilestoneKind.SCOPE_FROZEN: "Scope frozen",
    MilestoneKind.FIELDWORK_START: "Fieldwork begins",
    MilestoneKind.FIELDWORK_END: "Fieldwork ends",
    MilestoneKind.DRAFT_REPORT: "Draft report received",
    MilestoneKind.MANAGEMENT_REVIEW: "Draft report reviewed by management",
    MilestoneKind.REPORT_ISSUED: "Report issued",
}


def title_of(kind: MilestoneKind, given: str | None) -> str | None:
    """What it is called: what was given, or else the name of its kind; None where a custom one is given none."""
    return given or TITLES.get(kind)


def shown_on(kind: MilestoneKind, engagement: Engagement) -> date | None:
    """The day on which the engagement shows that it was reached; None while it does not."""
    instant = engagement.issued_at if kind == MilestoneKind.REPORT_ISSUED else engagement.fieldwork_at
    return None if instant is None else day_of(instant)


def faults_of_completion(done_on: date, *, today: date) -> list[Fault]:
    """What is wrong with the day on which a milestone is said to have been reached."""
    return [Fault("/done_on", "must not lie ahead")] if done_on > today else []


def day_of(instant: datetime) -> date:
    """The calendar day of an instant, in UTC."""
    return instant.astimezone(UTC).date()
