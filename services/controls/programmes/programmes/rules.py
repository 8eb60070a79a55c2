"""What a programme may go for and when, which kind of scope it has, and which parts of the framework it may choose."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.frameworks.frameworks.schemas import FrameworkCategory
from services.controls.programmes.programmes.models import ReportType
from shared.problems import Fault

TITLES = {Scheme.SOC2: "SOC 2", Scheme.SOC1: "SOC 1", Scheme.ISO27001: "ISO/IEC 27001"}
_REPORTS: dict[Scheme, frozenset[ReportType]] = {
    Scheme.SOC2: frozenset({ReportType.SOC2_TYPE1, ReportType.SOC2_TYPE2}),
    Scheme.SOC1: frozenset({ReportType.SOC1_TYPE1, ReportType.SOC1_TYPE2}),
    Scheme.ISO27001: frozenset({ReportType.ISO27001_CERTIFICATION}),
    Scheme.OTHER: frozenset(),
}

ON_A_DATE = frozenset({ReportType.SOC2_TYPE1, ReportType.SOC1_TYPE1})
OVER_A_PERIOD = frozenset({ReportType.SOC2_TYPE2, ReportType.SOC1_TYPE2})
_BOTH_ENDS = "a period has a first day and a last day"


def reports_on(scheme: Scheme) -> frozenset[ReportType]:
    """What a programme against such a framework may end in; an assessment of one's own always may."""
    return _REPORTS[scheme] | {ReportType.SELF_ASSESSMENT}


def faults_of_dates(
    report_type: ReportType, *, as_of_date: date | None, period_start: date | None, period_end: date | None
) -> list[Fault]:
    """What is wrong with the dates.

    A Type 1 report has an as-of date and no period, a Type 2 report a period and no as-of date. ISO/IEC 27001 fixes no
    period for a certification: the audit looks at records of operation up to its own day (clause 9), and an
    organisation may say over which time it wants to have them. Nor has a self-assessment a standard that fixes one.
    """
    is_dated, needs_period = report_type in ON_A_DATE, report_type in OVER_A_PERIOD
    has_end = period_start is not None or period_end is not None
    # For each member, whether it is needed, and whether it is not to be there.
    rules = {
        "as_of_date": (as_of_date, is_dated, not is_dated),
        "period_start": (period_start, not is_dated and (needs_period or has_end), is_dated),
        "period_end": (period_end, not is_dated and (needs_period or has_end), is_dated),
    }
    faults = []
    for name, (value, is_needed, is_barred) in rules.items():
        if value is None and is_needed:
            faults.append(Fault(f"/{name}", f"required for {report_type}" if needs_period or is_dated else _BOTH_ENDS))
        if value is not None and is_barred:
            faults.append(Fault(f"/{name}", f"not for {report_type}"))
    if not faults and period_start is not None and period_end is not None and period_start >= period_end:
        faults.append(Fault("/period_end", "must lie after period_start"))
    return faults


def faults_of_scope(scheme: Scheme, *, system: bool, isms_scope: bool) -> Iterator[Fault]:
    """What is wrong with which kinds of scope a programme has.

    A SOC report is about a system, whose description the report contains (DC 200, DC3; AT-C 320). ISO/IEC 27001 asks
    for the scope of the management system (4.3) instead. Other frameworks may be about a system.
    """
    if scheme == Scheme.ISO27001:
        if not isms_scope:
            yield Fault("/isms_scope", "required: ISO/IEC 27001 asks for the scope of the management system (4.3)")
        if system:
            yield Fault("/system", "not for ISO/IEC 27001, which is about a management system: use isms_scope")
        return
    if isms_scope:
        yield Fault("/isms_scope", "only for ISO/IEC 27001; what a report is about stands in system")
    if scheme in {Scheme.SOC2, Scheme.SOC1} and not system:
        yield Fault("/system", "required: a SOC report describes the system that it is about")


def chosen(categories: Sequence[str], offered: Sequence[FrameworkCategory]) -> list[str]:
    """The categories in the framework's own order, without repetition.

    ValueError names what the framework does not offer, and what it lets nobody leave out: security is in every SOC 2.
    None chosen, where none must be, is the whole framework.
    """
    if unknown := sorted(set(categories) - {category.code for category in offered}):
        known = ", ".join(category.code for category in offered) or "none"
        raise ValueError(f"not categories of this framework: {', '.join(unknown)} (it has: {known})")
    if missing := [category.code for category in offered if category.always and category.code not in categories]:
        raise ValueError(f"{', '.join(missing)} is in every one and cannot be left out")
    return [category.code for category in offered if category.code in categories]
