"""What a population needs before it is received, and before it is called reliable. Pure."""

from datetime import date
from uuid import UUID

from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.sampling.populations.models import PopulationStatus
from services.audit.sampling.populations.schemas import ReliabilityDraft, ReliabilityProcedure
from shared.problems import Fault

FROZEN = frozenset({PopulationStatus.FROZEN, PopulationStatus.RELIABLE, PopulationStatus.UNRELIABLE})
UNFINISHED = frozenset({PopulationStatus.ASKED, PopulationStatus.RECEIVING})
_OVER_A_PERIOD = frozenset({EngagementKind.SOC2_TYPE2, EngagementKind.SOC1_TYPE2})
_WHOLE = 100  # percent

_OF_COMPLETENESS = frozenset(
    {
        ReliabilityProcedure.INSPECT_QUERY,
        ReliabilityProcedure.OBSERVE_RUN,
        ReliabilityProcedure.RECOUNT,
        ReliabilityProcedure.TRACE_FROM_SYSTEM,
        ReliabilityProcedure.CHECK_SEQUENCE,
    }
)
_OF_ACCURACY = frozenset(
    {ReliabilityProcedure.INSPECT_QUERY, ReliabilityProcedure.OBSERVE_RUN, ReliabilityProcedure.TRACE_TO_SYSTEM}
)


def days_asked(first_day: date | None, last_day: date | None, engagement: Engagement) -> tuple[date, date]:
    """The days of a population: those given, or else the engagement's own."""
    first = engagement.as_of_date or engagement.period_start
    last = engagement.as_of_date or engagement.period_end
    if first is None or last is None:
        raise ValueError("an engagement has an as-of date or a period")
    return first_day or first, last_day or last


def faults_of_draft(control_id: UUID | None, first_day: date, last_day: date, engagement: Engagement) -> list[Fault]:
    """Whether the engagement is about the control, and about these days where it is over a period."""
    faults = []
    if control_id is not None and control_id not in engagement.control_ids:
        faults.append(Fault("/control_id", "not in the scope of the engagement"))
    if first_day > last_day:
        faults.append(Fault("/last_day", "must not be before first_day"))
    if engagement.kind in _OVER_A_PERIOD and engagement.period_start and engagement.period_end:
        if first_day < engagement.period_start:
            faults.append(Fault("/first_day", f"the period begins on {engagement.period_start}"))
        if last_day > engagement.period_end:
            faults.append(Fault("/last_day", f"the period ends on {engagement.period_end}"))
    return faults


def faults_of_reliability(draft: ReliabilityDraft) -> list[Fault]:
    """A reliable population was evaluated for completeness and for accuracy, each by a procedure (AT-C 205)."""
    done = {each.procedure for each in draft.procedures}
    if not draft.reliable:
        return []
    faults = []
    if not done & _OF_COMPLETENESS:
        faults.append(Fault("/procedures", "none of them evaluates completeness"))
    if not done & _OF_ACCURACY:
        faults.append(Fault("/procedures", "none of them evaluates accuracy"))
    return faults


def change_percent(rows: int, days: int, *, earlier_rows: int, earlier_days: int) -> int:
    """How many rows more a day there are than earlier, in percent, rounded half away from zero; 0 for none and none."""
    if not earlier_rows:
        return _WHOLE if rows else 0
    change = _WHOLE * (rows * earlier_days - earlier_rows * days)
    divisor = earlier_rows * days
    rounded = (2 * abs(change) + divisor) // (2 * divisor)
    return rounded if change >= 0 else -rounded


def days_of(first_day: date, last_day: date) -> int:
    """How many days a period has, both included."""
    return (last_day - first_day).days + 1
