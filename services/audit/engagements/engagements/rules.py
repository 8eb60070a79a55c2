"""What an engagement speaks of, and how it moves. Pure functions.

A Type 1 report speaks of one date, a Type 2 report of a period, throughout; both days of the period are included
(AICPA SOC 2 guide). No standard prescribes how long a period is, so neither do we. An audit against ISO/IEC 27001 has a
first and a last day on which it is done, as readiness work has.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.audit.engagements.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementPhase,
    TrustServicesCategory,
)
from shared.identity.team_roles import TeamRole
from shared.problems import Fault

AS_OF_A_DATE = frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC1_TYPE1})
_SOC2 = frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC2_TYPE2})
_OF_CERTIFICATION = frozenset(
    {
        EngagementKind.ISO27001_STAGE1,
        EngagementKind.ISO27001_STAGE2,
        EngagementKind.ISO27001_SURVEILLANCE,
        EngagementKind.ISO27001_RECERTIFICATION,
    }
)
# These may be done by a team of the organisation's own; nobody else reports on the organisation that pays them.
OWN_TEAM = frozenset({EngagementKind.READINESS, EngagementKind.ISO27001_INTERNAL})
_ORDER = tuple(phase for phase in EngagementPhase if phase not in {EngagementPhase.DECLINED, EngagementPhase.WITHDRAWN})
_SOC1 = frozenset({EngagementKind.SOC1_TYPE1, EngagementKind.SOC1_TYPE2})
# From these a certificate is decided on.
CERTIFYING = frozenset({EngagementKind.ISO27001_STAGE2, EngagementKind.ISO27001_RECERTIFICATION})
# From the certification on, and until the next.
CYCLE = CERTIFYING | {EngagementKind.ISO27001_SURVEILLANCE}
# What an engagement of a kind can follow; of those that are not named, one of its own kind.
_FOLLOWED = {
    **dict.fromkeys(_SOC2, _SOC2),
    **dict.fromkeys(_SOC1, _SOC1),
    EngagementKind.ISO27001_STAGE2: frozenset({EngagementKind.ISO27001_STAGE1, EngagementKind.ISO27001_STAGE2}),
    EngagementKind.ISO27001_SURVEILLANCE: CYCLE,
    EngagementKind.ISO27001_RECERTIFICATION: CYCLE,
}
# Whoever audits may still find something; of the last phases nothing changes but by additions.
OPEN = _ORDER[:6]
BEFORE_FIELDWORK = (*_ORDER[:3], EngagementPhase.DECLINED)
ENDED = frozenset({EngagementPhase.COMPLETED, EngagementPhase.DECLINED, EngagementPhase.WITHDRAWN})
# The auditing party reads the client's data from its acceptance until it has completed its file.
READABLE = frozenset(_ORDER[1:7])
_LEADING = frozenset({TeamRole.ENGAGEMENT_PARTNER})
_CONDUCTING = _LEADING | {TeamRole.MANAGER}
# What binds the firm is the engagement partner's (AT-C section 105).
_BY_THE_PARTNER = frozenset(
    {EngagementPhase.ACCEPTED, EngagementPhase.REPORTING, EngagementPhase.ISSUED, EngagementPhase.COMPLETED}
)


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


def allowed_from(phase: EngagementPhase) -> dict[EngagementPhase, frozenset[TeamRole]]:
    """Where the auditing party may move an engagement, and which roles of its team may.

    One step on, or back to where it was before, until its report is issued; an accepted engagement is withdrawn from. A
    proposal is accepted so; declining it takes no team.
    """
    if phase not in _ORDER:
        return {}
    place = _ORDER.index(phase)
    forward: dict[EngagementPhase, frozenset[TeamRole]] = {
        to: _LEADING if to in _BY_THE_PARTNER else _CONDUCTING for to in _ORDER[place + 1 : place + 2]
    }
    if phase == EngagementPhase.PROPOSED or phase not in OPEN:
        return forward
    return forward | dict.fromkeys((*_ORDER[1:place], EngagementPhase.WITHDRAWN), _LEADING)


def following(phase: EngagementPhase) -> EngagementPhase | None:
    """The next phase; None after the last."""
    return _ORDER[_ORDER.index(phase) + 1] if phase in _ORDER[:-1] else None


def needs_reason(phase: EngagementPhase, to: EngagementPhase) -> bool:
    """Whether a move is a step back, a refusal or a withdrawal, which need a reason."""
    return to not in _ORDER or _ORDER.index(to) < _ORDER.index(phase)


def since(phase: EngagementPhase, to: EngagementPhase, before: datetime | None, at: datetime) -> datetime | None:
    """Since when an engagement that moves `to` a phase has reached `phase`; None when it has not, or no longer."""
    if to not in _ORDER:
        return before
    if _ORDER.index(to) < _ORDER.index(phase):
        return None
    return before or at


def can_follow(kind: EngagementKind, before: EngagementKind) -> bool:
    """Whether an engagement takes up what one of another kind left open (ISO/IEC 17021-1, 9.3.1, 9.6)."""
    return before in _FOLLOWED.get(kind, {kind})


def report_type_of(kind: EngagementKind) -> str | None:
    """What a programme aims at that has such an engagement, in the words of the controls service; None for any."""
    if kind in OWN_TEAM:
        return None
    return "iso27001_certification" if kind in _OF_CERTIFICATION else kind


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


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where the month is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
