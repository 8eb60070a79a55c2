"""Which content a report of a kind has, and what its readers would object to. Pure functions."""

import re
from collections.abc import Iterator

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.reporting.report_assemblies.schemas import ReportKind, ReportWords
from services.audit.wording.assertions import needs_exceptions
from services.audit.wording.contents import OpinionKind, SocContent, SocKind
from services.audit.wording.documents import ReportContent
from services.audit.wording.frame import Frame
from services.audit.wording.trust_criteria import criteria_of
from shared.problems import Fault

SOC = frozenset(ReportKind(kind) for kind in SocKind)
# Words that a report on a SOC examination does not use: it is no certificate, and nothing in it is passed or failed.
_UNFIT = re.compile(r"\b(certif\w*|pass(?:ed|es)?|compliant|guarantee\w*)\b", re.IGNORECASE)


def reported_by(kind: EngagementKind, *, soc3: bool) -> ReportKind | None:
    """The kind of a report of such an engagement; None for a SOC 3 of anything but a SOC 2 Type 2."""
    if soc3:
        return ReportKind.SOC3 if kind == EngagementKind.SOC2_TYPE2 else None
    return ReportKind(kind.value)


def member_of(kind: ReportKind) -> str:
    """The member of the words that a report of this kind has."""
    if kind in SOC:
        return "examination"
    return "assessment" if kind == ReportKind.READINESS else "audit"


def fits(kind: ReportKind, words: ReportWords) -> bool:
    return getattr(words, member_of(kind)) is not None


def warnings_of(content: ReportContent) -> list[str]:
    """What is allowed, and what a reader of the report may object to."""
    return list(_soc_warnings(content)) if isinstance(content, SocContent) else []


def _soc_warnings(content: SocContent) -> Iterator[str]:
    frame = Frame(content)
    if frame.is_soc3 and frame.overall != OpinionKind.UNMODIFIED:
        yield f"The opinion is {frame.overall}: think about whether a report for general use should be issued."
    listed = {each.code for each in content.criteria}
    if left_out := [each for each in criteria_of(content.description.engagement.categories) if each not in listed]:
        yield f"The report leaves out criteria of the categories in scope: {', '.join(left_out)}."
    for where, text in _own_words(content):
        if found := sorted({each.lower() for each in _UNFIT.findall(text)}):
            yield f"{where} says {', '.join(found)}, which a report on a SOC examination does not say of itself."


def _own_words(content: SocContent) -> Iterator[tuple[str, str]]:
    """What the firm wrote, and where."""
    for control in content.controls:
        for test in control.tests:
            result = " ".join(str(value) for value in test.result.model_dump().values())
            yield f"The test of {control.code}", " ".join([*(each.text for each in test.procedures), result])
    for judgement in content.judgements:
        for matter in judgement.matters:
            yield f"The matter on {judgement.subject}", f"{matter.text} {matter.effect}"


def lacks_signatures(content: ReportContent) -> Iterator[Fault]:
    """What has to be there before a report is approved: its date, and in a SOC report management's assertion.

    Where the opinion is modified, the assertion states what it excepts, and otherwise it excepts nothing.
    """
    if content.report_date is None:
        yield Fault("/report_date", "a report is approved with its date")
    if not isinstance(content, SocContent):
        return
    frame = Frame(content)
    if content.assertion is None:
        yield Fault("/assertion", "management has recorded no assertion")
    elif needs_exceptions(frame) and not frame.exceptions:
        yield Fault("/assertion/exceptions", "management has to state what modifies the opinion")
    elif frame.exceptions and not needs_exceptions(frame):
        yield Fault("/assertion/exceptions", f"not with an opinion that is {frame.overall}")
