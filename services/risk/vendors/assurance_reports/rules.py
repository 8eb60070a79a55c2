"""What a received report has to say, its checklist, and when it may be relied on. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from services.risk.vendors.assurance_reports.models import (
    AssuranceKind,
    AssuranceStatus,
    AssuranceType,
    AuditorsOpinion,
    Reliance,
)
from services.risk.vendors.assurance_reports.schemas import (
    AssuranceReportDraft,
    ChecklistAnswer,
    ChecklistCode,
    ChecklistFinding,
    OpinionOn,
    ReceivedLetterDraft,
    ReportConclusion,
)
from shared.problems import Fault

_C = ChecklistCode
_DAY = timedelta(days=1)
LONGEST_BRIDGE = relativedelta(months=3)
_STALE_AFTER = relativedelta(months=12)
_TYPED = frozenset({AssuranceKind.SOC1, AssuranceKind.SOC2})
ALLOWED: dict[AssuranceStatus, list[str]] = {
    AssuranceStatus.FILED: ["revise", "review", "add a bridge letter"],
    AssuranceStatus.BEING_REVIEWED: ["revise", "review", "conclude", "add a bridge letter"],
    AssuranceStatus.REVIEWED: ["add a bridge letter"],
    AssuranceStatus.SUPERSEDED: [],
}
_ANY = {
    _C.AUTHENTIC: "Did it come from the vendor's portal or auditor, with a hash or signature that fits?",
    _C.AUDITOR: "Does the auditor have the licence, peer review or accreditation that this report needs?",
    _C.GENERIC_TEXT: "Is it about this vendor: no template text, and not the same spotless result for everyone?",
    _C.KIND_AND_TYPE: "Are its kind and type what we need?",
    _C.SYSTEM: "Are the system and services those that we use?",
    _C.PERIOD: "Does its period cover ours, or does a bridge letter of the vendor's management cover the rest?",
    _C.OPINIONS: "Is every opinion unmodified, or is the basis of a modification no matter for us?",
    _C.EXCEPTIONS: "Is no exception in a control that we rely on, or is it made up for?",
    _C.FOURTH_PARTIES: "Are its subservice organisations known, and do we have their reports where we need them?",
    _C.INCIDENTS: "Are the incidents in it known and settled?",
    _C.CHANGES: "Do the changes in it leave what we rely on as it is?",
}
_SOC = {
    _C.CATEGORIES: "Does it cover the categories, or the control objectives, that we need?",
    _C.NOT_TESTED: "Is no control that we rely on without tests or occurrences?",
    _C.SAMPLING: "Does it say how items were selected, in words that fit the controls?",
    _C.USER_CONTROLS: "Is each complementary user entity control mapped to a control of ours that is owned and tested?",
    _C.SUBSERVICE_CONTROLS: "Are the complementary subservice organisation controls monitored by the vendor?",
    _C.LEFT_OUT_CRITERIA: "Are criteria that it calls not relevant really not relevant for us?",
    _C.UNAUDITED_PART: "Is what only section V says left out of our reliance?",
}
_CERTIFICATE = {
    _C.ACCREDITATION: "Is the certification body accredited for this standard?",
    _C.CERTIFIED_SCOPE: "Do the certified scope and sites include what we use?",
    _C.APPLICABILITY: "Is the version of the statement of applicability named and current?",
    _C.VALIDITY: "Is the certificate valid, with its surveillance audits done?",
}


def questions_for(kind: AssuranceKind) -> dict[ChecklistCode, str]:
    """The points of the checklist for a kind of report, in order."""
    match kind:
        case AssuranceKind.SOC1 | AssuranceKind.SOC2 | AssuranceKind.SOC3:
            return _ANY | _SOC
        case AssuranceKind.ISO27001:
            return _ANY | _CERTIFICATE
        case AssuranceKind.OTHER:
            return dict(_ANY)


def blank_checklist(kind: AssuranceKind) -> list[dict[str, Any]]:
    """The checklist of a new report: nothing is answered."""
    return [
        {"code": code.value, "question": question, "finding": None, "note": None, "page": None}
        for code, question in questions_for(kind).items()
    ]


def stale_on(kind: AssuranceKind, period_end: date) -> date:
    """The first day on which a report says too little of the present."""
    return period_end + _DAY if kind == AssuranceKind.ISO27001 else period_end + _STALE_AFTER


def faults_of(draft: AssuranceReportDraft, today: date) -> list[Fault]:
    """What does not fit together in a report as it is filed."""
    faults = opinion_faults(draft.subject_matters)
    is_certificate = draft.kind == AssuranceKind.ISO27001
    if draft.kind in _TYPED and draft.report_type is None:
        faults.append(Fault("/report_type", "A SOC 1 or SOC 2 report is of type 1 or 2."))
    if draft.kind not in _TYPED and draft.report_type is not None:
        faults.append(Fault("/report_type", f"A report of kind {draft.kind} has no type."))
    if draft.report_type == AssuranceType.TYPE1 and draft.period_start is not None:
        faults.append(Fault("/period_start", "A type 1 report speaks of one day, its `period_end`."))
    if draft.report_type != AssuranceType.TYPE1 and draft.period_start is None:
        faults.append(Fault("/period_start", "Say when its period begins."))
    if draft.period_start is not None and draft.period_start > draft.period_end:
        faults.append(Fault("/period_end", "The period ends before it begins."))
    if draft.period_end > today and not is_certificate:
        faults.append(Fault("/period_end", "A report speaks of days that are over."))
    return faults


def opinion_faults(matters: Sequence[OpinionOn]) -> list[Fault]:
    """Modified opinions without their basis."""
    return [
        Fault(f"/subject_matters/{n}/basis", "Name the basis of a modified opinion.")
        for n, matter in enumerate(matters)
        if matter.opinion != AuditorsOpinion.UNMODIFIED and matter.basis is None
    ]


def answer_faults(answers: Sequence[ChecklistAnswer], kind: AssuranceKind) -> list[Fault]:
    """Answers to points that this kind of report has not, and those that cannot be checked."""
    known, faults = questions_for(kind), []
    for place, answer in enumerate(answers):
        pointer = f"/answers/{place}"
        if answer.code not in known:
            faults.append(Fault(f"{pointer}/code", "The checklist of this kind of report has no such point."))
        if answer.code in {each.code for each in answers[:place]}:
            faults.append(Fault(f"{pointer}/code", "The point is answered twice."))
        if answer.finding != ChecklistFinding.SATISFIED and answer.note is None:
            faults.append(Fault(f"{pointer}/note", "Say what is wrong, or why it does not apply."))
        if answer.finding == ChecklistFinding.SATISFIED and answer.note is None and answer.page is None:
            faults.append(Fault(f"{pointer}/page", "Name the page, or say in a note how it was checked."))
    return faults


def conclusion_faults(
    given: ReportConclusion, checklist: Sequence[Mapping[str, Any]], matters: Sequence[Mapping[str, Any]]
) -> list[Fault]:
    """Why a report cannot be concluded like that."""
    if open_points := [point["code"] for point in checklist if point["finding"] is None]:
        return [Fault("/reliance", f"Not answered yet: {', '.join(open_points)}.")]
    if given.reliance != Reliance.FULL:
        return []
    if issues := [point["code"] for point in checklist if point["finding"] == ChecklistFinding.ISSUE]:
        return [Fault("/reliance", f"Full reliance does not go with issues: {', '.join(issues)}.")]
    if is_modified(matters):
        return [Fault("/reliance", "Full reliance does not go with a modified opinion.")]
    return []


def is_modified(matters: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some opinion is modified."""
    return any(matter["opinion"] != AuditorsOpinion.UNMODIFIED for matter in matters)


def letter_faults(letter: ReceivedLetterDraft, report_type: str | None, period_end: date, today: date) -> list[Fault]:
    """Why a letter bridges nothing (practice: three months at most, by management, after a type 2 report)."""
    faults = []
    if report_type != AssuranceType.TYPE2:
        faults.append(Fault("/covers_from", "Only the period of a type 2 report can be carried on by a letter."))
    if not letter.by_management:
        faults.append(Fault("/by_management", "A bridge letter is the vendor's management's: an auditor signs none."))
    if letter.covers_from > period_end + _DAY:
        faults.append(Fault("/covers_from", f"It leaves days after {period_end} uncovered."))
    if letter.covers_until <= max(period_end, letter.covers_from - _DAY):
        faults.append(Fault("/covers_until", "It covers no day after the report's period."))
    if letter.covers_until >= max(period_end + _DAY, letter.covers_from) + LONGEST_BRIDGE:
        faults.append(Fault("/covers_until", "A bridge letter covers three months at most."))
    if letter.signed_on < letter.covers_until:
        faults.append(Fault("/signed_on", "Nobody can speak of days after the signature."))
    if letter.signed_on > today:
        faults.append(Fault("/signed_on", "The day has not come yet."))
    if (letter.material_changes or letter.incidents) and letter.note is None:
        faults.append(Fault("/note", "Say what changed or happened."))
    return faults
