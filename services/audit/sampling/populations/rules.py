"""What a population needs before it is received, and before it is called reliable. Pure."""

from datetime import date

from services.audit.sampling.populations.models import PopulationStatus
from services.audit.sampling.populations.schemas import ReliabilityDraft, ReliabilityProcedure
from shared.problems import Fault

FROZEN = frozenset({PopulationStatus.FROZEN, PopulationStatus.RELIABLE, PopulationStatus.UNRELIABLE})
UNFINISHED = frozenset({PopulationStatus.ASKED, PopulationStatus.RECEIVING})
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
