"""The verbs of a received report, each under the lock of its vendor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.days import day_of
from services.risk.vendors.assurance_reports.models import AssuranceKind, AssuranceReport, AssuranceStatus, Reliance
from services.risk.vendors.assurance_reports.queries import unannounced_stale
from services.risk.vendors.assurance_reports.rules import (
    ALLOWED,
    answer_faults,
    blank_checklist,
    conclusion_faults,
    faults_of,
    is_modified,
    letter_faults,
    opinion_faults,
    stale_on,
)
from services.risk.vendors.assurance_reports.schemas import (
    AssuranceReportDraft,
    AssuranceReportRevision,
    Checklist,
    ReceivedLetterDraft,
    ReportConclusion,
)
from services.risk.vendors.known_evidence.queries import require_items
from services.risk.vendors.vendors.actions import locked_vendor, review_by_event
from services.risk.vendors.vendors.models import ReviewCause, Vendor
from services.risk.vendors.vendors.rules import REVIEWED_BY_EVENT
from shared.data.records import ANY_VERSION, found, lock_free, locked
from shared.events.catalogue.assurance import (
    AssuranceReportConcluded,
    AssuranceReportFiled,
    AssuranceReportReviewed,
    AssuranceReportRevised,
    AssuranceReportStale,
    AssuranceReportSuperseded,
    AssuranceReportTold,
    BridgeLetterReceived,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import Fault, Invalid, NotFound, not_allowed

_NOUN = "assurance report"


async def file(
    session: AsyncSession, vendor_id: UUID, *, draft: AssuranceReportDraft, by: Actor, at: datetime
) -> AssuranceReport:
    """File a report as it was received. `Invalid` names what does not fit together."""
    _refuse(faults_of(draft, day_of(at)))
    await require_items(session, {"/evidence_id": draft.evidence_id})
    vendor = await locked_vendor(session, vendor_id, "revise")
    if draft.supersedes is not None:
        earlier = await found(session, AssuranceReport, draft.supersedes)
        if earlier is None or earlier.vendor_id != vendor.id:
            raise Invalid("The vendor has no such report.", faults=[Fault("/supersedes", "no report of this vendor")])
    report = AssuranceReport(
        **draft.model_dump(mode="json", exclude={"period_start", "period_end", "evidence_id", "supersedes"}),
        **draft.model_dump(include={"period_start", "period_end", "evidence_id", "supersedes"}),
        vendor_id=vendor.id,
        stale_on=stale_on(draft.kind, draft.period_end),
        bridge_letters=[],
        checklist=blank_checklist(draft.kind),
        filed_by=by.recorded,
        org_id=vendor.org_id,
        created_at=at,
        updated_at=at,
    )
    session.add(report)
    _tell(session, report, AssuranceReportFiled, by=by, at=at)
    return report


async def revise(
    session: AsyncSession, report_id: UUID, *, revision: AssuranceReportRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what was written down of a report that is not reviewed yet."""
    _refuse(opinion_faults(revision.subject_matters or ()))
    await require_items(session, {"/evidence_id": revision.evidence_id})
    _, report = await _locked(session, report_id, "revise", expected=expected)
    given = revision.model_dump(mode="json")
    for name in revision.model_fields_set - {"evidence_id"}:
        if given[name] is not None:
            setattr(report, name, given[name])
    report.evidence_id = revision.evidence_id or report.evidence_id
    _tell(session, report, AssuranceReportRevised, by=by, at=at)


async def answer(session: AsyncSession, report_id: UUID, *, given: Checklist, by: Actor, at: datetime) -> None:
    """→ being reviewed, with what was found for points of the checklist."""
    _, report = await _locked(session, report_id, "review")
    _refuse(answer_faults(given.answers, AssuranceKind(report.kind)))
    answers = {each.code.value: each.model_dump(mode="json") for each in given.answers}
    report.checklist = [point | answers.get(point["code"], {}) for point in report.checklist]
    report.status = AssuranceStatus.BEING_REVIEWED
    _tell(session, report, AssuranceReportReviewed, by=by, at=at)


async def conclude(session: AsyncSession, report_id: UUID, *, given: ReportConclusion, by: Actor, at: datetime) -> None:
    """Being reviewed → reviewed. A modified opinion makes a review due; an earlier report is superseded."""
    vendor, report = await _locked(session, report_id, "conclude")
    _refuse(conclusion_faults(given, report.checklist, report.subject_matters))
    report.status, report.reliance, report.conclusion = AssuranceStatus.REVIEWED, given.reliance, given.conclusion
    report.reviewed_by, report.reviewed_at = by.recorded, at
    _tell(session, report, AssuranceReportConcluded, by=by, at=at, reason=given.conclusion)
    if report.supersedes is not None and given.reliance != Reliance.NONE:
        earlier = await locked(session, AssuranceReport, report.supersedes, noun=_NOUN)
        if earlier.status != AssuranceStatus.SUPERSEDED:
            earlier.status = AssuranceStatus.SUPERSEDED
            _tell(session, earlier, AssuranceReportSuperseded, by=by, at=at)
    if is_modified(report.subject_matters) and vendor.status in REVIEWED_BY_EVENT:
        reason = f"The opinion in '{report.title}' is modified."
        review_by_event(session, vendor, ReviewCause.REPORT_QUALIFIED, by=by, at=at, reason=reason)


async def bridge(
    session: AsyncSession, report_id: UUID, *, letter: ReceivedLetterDraft, by: Actor, at: datetime
) -> None:
    """Add a letter of the vendor's management on the time after the report's period."""
    await require_items(session, {"/evidence_id": letter.evidence_id})
    _, report = await _locked(session, report_id, "add a bridge letter")
    _refuse(letter_faults(letter, report.report_type, report.period_end, day_of(at)))
    report.bridge_letters = [*report.bridge_letters, letter.model_dump(mode="json")]
    _tell(session, report, BridgeLetterReceived, by=by, at=at)


async def announce_stale(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which reports have gone stale, each once; how many it was."""
    due = unannounced_stale(as_of).with_only_columns(AssuranceReport).order_by(col(AssuranceReport.stale_on))
    reports = await lock_free(session, due.limit(limit))
    for report in reports:
        report.stale_told_for = report.stale_on
        _tell(session, report, AssuranceReportStale, by=SYSTEM, at=as_of)
    return len(reports)


async def _locked(
    session: AsyncSession, report_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> tuple[Vendor, AssuranceReport]:
    seen = await found(session, AssuranceReport, report_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {report_id}.")
    vendor = await locked(session, Vendor, seen.vendor_id, noun="vendor")
    report = await locked(session, AssuranceReport, report_id, noun=_NOUN, expected=expected)
    can = ALLOWED[AssuranceStatus(report.status)]
    if verb not in can:
        raise not_allowed(verb, report.status, can)
    return vendor, report


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _tell(
    session: AsyncSession,
    report: AssuranceReport,
    kind: type[AssuranceReportTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    facts = report.model_dump(
        include={"vendor_id", "title", "kind", "report_type", "period_start", "period_end", "status", "reliance"}
    )
    facts["report_kind"] = facts.pop("kind")
    announce(session, kind.model_validate(facts), about=report, by=by, at=at, reason=reason)
