"""What an engagement for a programme lacks. Pure.

1. It is accepted, and as the programme aims: for a SOC report with the same date or period and the same categories,
   and with controls in its scope. An audit against ISO/IEC 27001 has days of its own and no categories.
2. Its report is there when it has been issued, which of a Type 2 report is not before the period is over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.controls.programmes.known_engagements.models import KnownEngagement
from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.programmes.models import ReportType
from shared.events.catalogue.controls import ReasonCode

_PATH = "/v1/engagements"
STAGE1, STAGE2 = "iso27001_stage1", "iso27001_stage2"
_SPEAK_OF_A_PERIOD = frozenset({ReportType.SOC2_TYPE2, ReportType.SOC1_TYPE2})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a programme aims at: its first and last day, included, and the categories that an auditor names."""

    first_day: date | None
    last_day: date | None
    categories: Sequence[str]


def current(engagements: Sequence[KnownEngagement], *kinds: str) -> KnownEngagement | None:
    """The engagement that counts, of these kinds if any are named: the last one issued, else the last one proposed."""
    of_kind = [each for each in engagements if not kinds or each.kind in kinds]
    return max(of_kind, key=lambda each: (each.issued_at is not None, each.proposed_at), default=None)


def missing_of_agreement(engagement: KnownEngagement | None, aim: Aim, *, whom: str) -> Iterator[Missing]:
    """What is missing until the work with the auditor can begin; `whom` says who that is."""
    if engagement is None:
        yield Missing(code=ReasonCode.NO_ENGAGEMENT, text=f"No engagement with a {whom} is agreed.", path=_PATH)
        return
    path = f"{_PATH}/{engagement.id}"
    if engagement.accepted_at is None:
        words = f"'{engagement.title}' is not accepted by a {whom}."
        yield Missing(code=ReasonCode.ENGAGEMENT_NOT_ACCEPTED, text=words, path=f"{path}/next-phase")
    if not engagement.control_ids:
        words = f"No controls are in the scope of '{engagement.title}'."
        yield Missing(code=ReasonCode.ENGAGEMENT_WITHOUT_CONTROLS, text=words, path=f"{path}/scope")
    differing = [] if engagement.kind in {STAGE1, STAGE2} else [*_differing(engagement, aim)]
    if differing:
        words = f"'{engagement.title}' has other {' and '.join(differing)} than the programme."
        yield Missing(code=ReasonCode.ENGAGEMENT_DIFFERS, text=words, path=path)


def _differing(engagement: KnownEngagement, aim: Aim) -> Iterator[str]:
    last_day = (engagement.covers_until - _DAY).date()
    if (engagement.covers_from.date(), last_day) != (aim.first_day, aim.last_day):
        yield "dates"
    if {*engagement.categories} != {*aim.categories}:
        yield "categories"


def missing_of_report(engagement: KnownEngagement, *, at: datetime) -> Iterator[Missing]:
    """What is missing until the engagement's report is there."""
    if engagement.issued_at is not None:
        return
    if engagement.kind in _SPEAK_OF_A_PERIOD and at < engagement.covers_until:
        words = f"The period ends on {(engagement.covers_until - _DAY):%Y-%m-%d}."
        yield Missing(code=ReasonCode.PERIOD_NOT_OVER, text=words, path=f"{_PATH}/{engagement.id}")
    words = f"The report of '{engagement.title}' is not issued; the engagement is in {engagement.phase}."
    yield Missing(code=ReasonCode.REPORT_NOT_ISSUED, text=words, path=f"{_PATH}/{engagement.id}/phases")
