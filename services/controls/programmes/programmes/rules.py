"""What a programme may go for, and which parts of the framework it may choose."""

from collections.abc import Sequence

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.frameworks.frameworks.schemas import FrameworkCategory
from services.controls.programmes.programmes.models import ReportType

_REPORTS: dict[Scheme, frozenset[ReportType]] = {
    Scheme.SOC2: frozenset({ReportType.SOC2_TYPE1, ReportType.SOC2_TYPE2}),
    Scheme.SOC1: frozenset({ReportType.SOC1_TYPE1, ReportType.SOC1_TYPE2}),
    Scheme.ISO27001: frozenset({ReportType.ISO27001_CERTIFICATION}),
    Scheme.OTHER: frozenset(),
}


def reports_on(scheme: Scheme) -> frozenset[ReportType]:
    """What a programme against such a framework may end in; an assessment of one's own always may."""
    return _REPORTS[scheme] | {ReportType.SELF_ASSESSMENT}


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
