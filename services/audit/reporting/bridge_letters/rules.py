"""What a bridge letter may say. Pure functions.

It is management's and speaks of the days after a Type 2 report, for about three months at most, by convention; it says
whether there were material changes and incidents, or that there were none. It cannot speak of days to come.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.audit.reporting.report_assemblies.schemas import ReportKind
from shared.problems import Fault

BRIDGED = frozenset({ReportKind.SOC2_TYPE2, ReportKind.SOC3, ReportKind.SOC1_TYPE2})
_LONGEST = timedelta(days=92)  # three months


def first_day_after(report_until: date) -> date:
    return report_until + timedelta(days=1)


def faults_of_span(covers_from: date, covers_until: date, override_reason: str | None) -> Iterator[Fault]:
    """What is wrong with the days of a letter."""
    if covers_until < covers_from:
        yield Fault("/covers_until", f"the letter begins on {covers_from}, the day after the report's period")
    elif covers_until - covers_from >= _LONGEST and override_reason is None:
        yield Fault("/override_reason", "needed for a letter about more than three months")


def faults_of_statements(
    *, changes: str | None, no_changes: bool, incidents: str | None, no_incidents: bool
) -> Iterator[Fault]:
    """What the letter leaves unsaid, or says twice."""
    for name, text, none in (("changes", changes, no_changes), ("incidents", incidents, no_incidents)):
        if text is None and not none:
            yield Fault(f"/{name}", f"say which {name} there were, or that there were none")
        if text is not None and none:
            yield Fault(f"/no_{name}", f"it is also said which {name} there were")


def faults_of_day(signed_on: date, *, covers_until: date, today: date) -> Iterator[Fault]:
    """What is wrong with the day on which a letter is signed."""
    if signed_on < covers_until:
        yield Fault("/signed_on", "the letter would speak of days to come")
    if signed_on > today:
        yield Fault("/signed_on", "lies ahead")
