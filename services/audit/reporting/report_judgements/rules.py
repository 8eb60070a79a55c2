"""The opinion of a report, as it was decided, and management's responses. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.audit.judgement.matters.rules import bearing
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.judgement.opinions.models import Opinion
from services.audit.papers.findings.models import Finding
from services.audit.wording.contents import (
    Judgement,
    ManagementsResponse,
    Matter,
    OpinionKind,
    ReportedControl,
    ReportedDeviations,
    SubjectMatter,
)
from services.audit.wording.phrases import day_of


def judgements_of(
    opinion: Opinion, matters: Mapping[SubjectMatter, Sequence[MatterOut]], *, criteria: Sequence[str]
) -> list[Judgement]:
    """The opinion on each subject matter, with the matters that it rests on."""
    kinds = {SubjectMatter(subject): OpinionKind(kind) for subject, kind in opinion.subjects.items()}
    return [
        Judgement(
            subject=subject,
            kind=kinds[subject],
            matters=[_matter(each, criteria) for each in bearing(subject, kinds[subject], matters)],
        )
        for subject in SubjectMatter
        if subject in kinds
    ]


def _matter(matter: MatterOut, criteria: Sequence[str]) -> Matter:
    """The matter as it is printed, with the criteria of the report, which are named without their framework."""
    concerned = {each.partition(":")[2] or each for each in matter.criteria}
    said = matter.model_dump(include={"text", "effect", "controls", "commitments", "limitation"})
    return Matter(**said, criteria=[code for code in criteria if code in concerned])


def responses_to(
    findings: Sequence[Finding], controls: Sequence[ReportedControl], judgements: Sequence[Judgement]
) -> list[ManagementsResponse]:
    """Responses to findings on controls with deviations, or that a matter concerns, with what is planned."""
    in_matters = {code for judgement in judgements for matter in judgement.matters for code in matter.controls}
    told = [
        control.code
        for control in controls
        if control.code in in_matters or any(isinstance(test.result, ReportedDeviations) for test in control.tests)
    ]
    return [
        ManagementsResponse(control=code, text=_answered(finding.response))
        for code in told
        for finding in findings
        if finding.control_code == code and finding.response is not None
    ]


def _answered(response: Mapping[str, str | None]) -> str:
    text, plan, day = response["text"], response.get("plan"), response.get("planned_by")
    if not plan or not day:
        return f"{text}"
    return f"{text}\n\nPlanned by {day_of(date.fromisoformat(day))}: {plan}"
