"""What an engagement speaks of, and how it moves. Pure functions.

A Type 1 report speaks of one date, a Type 2 report of a period, throughout; both days of the period are included
(AICPA SOC 2 guide). No standard prescribes how long a period is, so neither do we. An audit against ISO/IEC 27001 has a
first and a last day on which it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.audit.engagements.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementPhase,
    TrustServicesCategory,
)
from shared.problems import Fault

AS_OF_A_DATE = frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC1_TYPE1})
_SOC2 = frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC2_TYPE2})
_STAGES = frozenset({EngagementKind.ISO27001_STAGE1, EngagementKind.ISO27001_STAGE2})
OPEN = (EngagementPhase.PLANNED, EngagementPhase.FIELDWORK, EngagementPhase.REVIEW, EngagementPhase.REPORTING)
_ORDER = tuple(EngagementPhase)


@dataclass(frozen=True, slots=True)
class Span:
    """The time an engagement speaks of: from an instant, up to but not including another."""

    start: datetime
    end: datetime


def span_of(engagement: Engagement) -> Span:
    """From the first moment of the first day to the end of the last, in UTC."""
    first = engagement.as_of_date or engagement.period_start
    last = engagement.as_of_date or engagement.period_end
    if first is None or last is None:
        raise ValueError("an engagement has an as-of date or a period")
    midnight = time(tzinfo=UTC)
    return Span(datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight))


def faults_of_dates(
    kind: EngagementKind, *, as_of_date: date | None, period_start: date | None, period_end: date | None
) -> list[Fault]:
    """What is wrong with the dates: Type 1 has an as-of date and no period, Type 2 a period and no as-of date."""
    given = {"as_of_date": as_of_date, "period_start": period_start, "period_end": period_end}
    wanted = ("as_of_date",) if kind in AS_OF_A_DATE else ("period_start", "period_end")
    faults = [Fault(f"/{name}", f"required for {kind}") for name in wanted if given[name] is None]
    faults += [
        Fault(f"/{name}", f"not for {kind}")
        for name, value in given.items()
        if name not in wanted and value is not None
    ]
    if not faults and period_start and period_end and period_start >= period_end:
        faults.append(Fault("/period_end", "must lie after period_start"))
    return faults


def allowed_from(phase: EngagementPhase) -> list[EngagementPhase]:
    """Where an engagement may move: one step on, or back to where it was before, until its report is issued."""
    place = _ORDER.index(phase)
    back = _ORDER[:place] if phase in OPEN else ()
    return [*_ORDER[place + 1 : place + 2], *back]


def is_earlier(phase: EngagementPhase, to: EngagementPhase) -> bool:
    """Whether this is a step back, which needs a reason."""
    return _ORDER.index(to) < _ORDER.index(phase)


def since(phase: EngagementPhase, to: EngagementPhase, before: datetime | None, at: datetime) -> datetime | None:
    """Since when an engagement that moves `to` a phase has reached `phase`; None when it has not, or no longer."""
    if is_earlier(phase, to):
        return None
    return before or at


def report_type_of(kind: EngagementKind) -> str:
    """What a programme aims at that has such an engagement, in the words of the controls service."""
    return "iso27001_certification" if kind in _STAGES else kind


def categories_of(
    kind: EngagementKind, given: Sequence[TrustServicesCategory] | None
) -> Sequence[TrustServicesCategory]:
    """The Trust Services Categories in the order of the criteria; security alone in a SOC 2 when none are given.

    ValueError without security, which no SOC 2 leaves out, and for categories of anything else.
    """
    if kind not in _SOC2:
        if given:
            raise ValueError(f"not for {kind}: only a SOC 2 has categories")
        return []
    categories = [TrustServicesCategory.SECURITY] if given is None else given
    if TrustServicesCategory.SECURITY not in categories:
        raise ValueError("security is in every SOC 2")
    return [category for category in TrustServicesCategory if category in categories]
