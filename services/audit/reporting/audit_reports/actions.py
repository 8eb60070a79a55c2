"""The verbs of a report until management has reviewed it. The transaction is the auditing party's.

What management may see is announced in the client's trail as well.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.engagements.parties.queries import role_of
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.audit_reports.queries import last_number, span_of
from services.audit.reporting.audit_reports.rules import ALLOWED, WRITING, ReportVerb, digest_of
from services.audit.reporting.audit_reports.schemas import ReportDraft
from services.audit.reporting.report_assemblies.queries import assembled
from services.audit.reporting.report_assemblies.rules import (
    fits,
    member_of,
    reported_by,
    warnings_of,
)
from services.audit.reporting.report_assemblies.schemas import ReportKind, ReportWords
from services.audit.wording.documents import ReportContent, document_of, faults_of
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.audit_reports import (
    AuditReportDrafted,
    AuditReportEvent,
    AuditReportReleased,
    AuditReportRevised,
    AuditReportTakenBack,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_CONTENT: TypeAdapter[ReportContent] = TypeAdapter(ReportContent)


class NoSuchReport(Conflict):
    """An engagement of this kind has no such report."""


class DescriptionNotApproved(Conflict):
    """Management has approved no system description."""


async def draft(
    session: AsyncSession, engagement_id: UUID, *, given: ReportDraft, caller: Caller, at: datetime
) -> AuditReport:
    """Begin a report. `Invalid` with all that does not hold together in its content."""
    engagement = await conducted(session, engagement_id, caller)
    kind = reported_by(EngagementKind(engagement.kind), soc3=given.soc3)
    if kind is None:
        raise NoSuchReport("Only a SOC 2 Type 2 has a SOC 3 as its second report.")
    content = await _content(session, engagement, kind, given)
    if given.revises is not None:
        await _check_revised(session, engagement, kind, given.revises.report_id)
    first, last = span_of(engagement.period_start, engagement.period_end, engagement.as_of_date)
    report = AuditReport(
        engagement_id=engagement.id,
        client_id=engagement.org_id,
        kind=kind,
        number=await last_number(session, engagement.id, kind) + 1,
        **_stored(content),
        covers_from=first,
        covers_until=last,
        revises_id=given.revises.report_id if given.revises else None,
        revision_reason=given.revises.reason if given.revises else None,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(report)
    await tell(session, report, AuditReportDrafted, by=caller.actor, at=at)
    return report


async def revise(
    session: AsyncSession, report_id: UUID, *, words: ReportWords, expected: int, caller: Caller, at: datetime
) -> None:
    """Say a draft anew; what is on record is taken as it is now."""
    report = await own(session, report_id, ReportVerb.REVISE, caller, expected=expected)
    engagement = await conducted(session, report.engagement_id, caller)
    content = await _content(session, engagement, ReportKind(report.kind), words)
    for name, value in _stored(content).items():
        setattr(report, name, value)
    report.covers_from, report.covers_until = span_of(
        engagement.period_start, engagement.period_end, engagement.as_of_date
    )
    await tell(session, report, AuditReportRevised, by=caller.actor, at=at)


async def release(session: AsyncSession, report_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Draft → management review: from now on the client sees it."""
    report = await own(session, report_id, ReportVerb.RELEASE, caller)
    await conducted(session, report.engagement_id, caller)
    report.status, report.released_at = ReportStatus.MANAGEMENT_REVIEW, at
    await tell(session, report, AuditReportReleased, by=caller.actor, at=at)


async def take_back(session: AsyncSession, report_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Back to draft, out of the client's sight. An approval does not count any longer."""
    report = await own(session, report_id, ReportVerb.TAKE_BACK, caller)
    await back_to_draft(session, report, by=caller.actor, at=at, reason=reason)


async def back_to_draft(session: AsyncSession, report: AuditReport, *, by: Actor, at: datetime, reason: str) -> None:
    """Have a locked report in draft again."""
    report.status, report.released_at = ReportStatus.DRAFT, None
    report.approved_by, report.approved_at = None, None
    await tell(session, report, AuditReportTakenBack, by=by, at=at, reason=reason, was_shown=True)


async def conducted(session: AsyncSession, engagement_id: UUID, caller: Caller) -> Engagement:
    """The engagement that the caller's token is for, while its reports are written."""
    await role_of(session, engagement_id, caller)
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None or engagement.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    if engagement.phase not in WRITING:
        raise not_allowed("write a report", engagement.phase, sorted(WRITING))
    return engagement


async def own(
    session: AsyncSession, report_id: UUID, verb: ReportVerb, caller: Caller, *, expected: int = ANY_VERSION
) -> AuditReport:
    """The report, locked, when its state allows the verb and the caller's token is for its engagement."""
    report = await locked(session, AuditReport, report_id, noun="audit report", expected=expected)
    if caller.engagement != report.engagement_id:
        raise NotFound(f"There is no audit report {report_id} in this engagement.")
    await role_of(session, report.engagement_id, caller)
    allowed = ALLOWED[ReportStatus(report.status)]
    if verb not in allowed:
        raise not_allowed(verb, report.status, allowed)
    return report


def content_of(report: AuditReport) -> ReportContent:
    """What the report says, as it is printed."""
    return _CONTENT.validate_python(report.content)


def words_of(report: AuditReport) -> ReportWords:
    """What of the report the auditing party said."""
    member = member_of(ReportKind(report.kind))
    said = ReportWords.model_fields[member].annotation
    names = next(each for each in getattr(said, "__args__", ()) if each is not type(None)).model_fields
    return ReportWords.model_validate({member: {name: report.content[name] for name in names}})


async def tell(
    session: AsyncSession,
    report: AuditReport,
    kind: type[AuditReportEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    was_shown: bool = False,
    **more: Any,
) -> None:
    """Announce in the auditing party's trail, and in the client's of what the client sees, or saw until now."""
    told = {name: getattr(report, name) for name in AuditReportEvent.model_fields if name != "firm_id"}
    event = kind(firm_id=report.org_id, **told, **more)
    announce(session, event, about=report, by=by, at=at, reason=reason)
    if (was_shown or report.released_at is not None) and report.client_id != report.org_id:
        async with in_organisation(session, report.client_id):
            announce(session, event, about=Written(report.id, report.version), by=by, at=at, reason=reason)


async def _content(
    session: AsyncSession, engagement: Engagement, kind: ReportKind, words: ReportWords
) -> ReportContent:
    member = member_of(kind)
    if not fits(kind, words):
        raise Invalid("The report is of another kind.", faults=[Fault(f"/{member}", f"required for {kind}")])
    content = await assembled(session, engagement, kind, words)
    if content is None:
        raise DescriptionNotApproved("The report prints the system description, which management has to approve first.")
    if faults := faults_of(content):
        pointed = [Fault(f"/{member}{fault.pointer}", fault.detail) for fault in faults]
        raise Invalid("The content of the report does not hold together.", faults=pointed)
    return content


def _stored(content: ReportContent) -> dict[str, Any]:
    """What a row keeps of a content."""
    data = content.model_dump(mode="json")
    return {
        "title": document_of(content, draft=True).title,
        "report_date": content.report_date,
        "content": data,
        "content_sha256": digest_of(data),
        "warnings": warnings_of(content),
    }


async def _check_revised(session: AsyncSession, engagement: Engagement, kind: ReportKind, report_id: UUID) -> None:
    revised = await found(session, AuditReport, report_id)
    if revised is None or (revised.engagement_id, revised.kind) != (engagement.id, kind):
        raise Invalid("The report that is revised is unknown.", faults=[Fault("/revises/report_id", "unknown")])
    if revised.status not in {ReportStatus.ISSUED, ReportStatus.WITHDRAWN}:
        raise not_allowed("revise", revised.status, [])
