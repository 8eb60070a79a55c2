"""Approving a report, as the engagement partner, in the auditing party's transaction."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.phase_moves.actions import GatesOpen
from services.audit.conduct.phase_moves.queries import facts_of
from services.audit.conduct.phase_moves.rules import GateCode, gates_before
from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.known_firms.queries import known_firm, licences_of
from services.audit.engagements.licensing.rules import may_sign, why_not, why_not_in
from services.audit.judgement.opinions.actions import NotLicensed
from services.audit.judgement.opinions.queries import standing_opinions
from services.audit.reporting.audit_reports.actions import conducted, content_of, own, tell, words_of
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.audit_reports.rules import APPROVING, ReportVerb, digest_of
from services.audit.reporting.report_assemblies.queries import assembled
from services.audit.reporting.report_assemblies.rules import lacks_signatures, reported_by
from services.audit.reporting.report_assemblies.schemas import ReportKind
from services.audit.wording.contents import SocContent
from shared.events.catalogue.audit_reports import AuditReportApproved
from shared.identity.callers import Caller, in_person
from shared.problems import Conflict, Fault, Invalid, not_allowed


class ReportStale(Conflict):
    """What is on record changed after the report was drafted."""


class FirmNotLicensed(Conflict):
    """The firm holds no licence that was verified and is in force for what it signs."""


async def approve(session: AsyncSession, report_id: UUID, *, content_sha256: str, caller: Caller, at: datetime) -> None:
    """Management review → approved, as it was read, once everything before the issue is there.

    `ReportStale` when what is on record says otherwise by now, the opinion that was decided among it; `GatesOpen` with
    all that is missing. `Invalid` for a date before the opinion was decided, or of a day to come.
    """
    in_person(caller.actor, "approve a report")
    report = await own(session, report_id, ReportVerb.APPROVE, caller)
    engagement = await conducted(session, report.engagement_id, caller)
    if engagement.phase not in APPROVING:
        raise not_allowed("approve a report", engagement.phase, sorted(APPROVING))
    await require_licences(session, engagement, report, caller, at=at)
    if report.content_sha256 != content_sha256:
        raise ReportStale("The content is another than the one that was read; read it again.")
    is_soc3 = report.kind == ReportKind.SOC3
    if reported_by(EngagementKind(engagement.kind), soc3=is_soc3) != report.kind:
        raise ReportStale(f"The engagement is {engagement.kind} by now; draft its report.")
    content = content_of(report)
    if faults := [*lacks_signatures(content), *await _faults_of_date(session, report, at=at)]:
        raise Invalid("The report cannot be signed as it is.", faults=faults)
    await require_fresh(session, report, engagement)
    open_gates = gates_before(EngagementPhase.ISSUED, await facts_of(session, engagement, at=at))
    if gates := [gate for gate in open_gates if gate.code != GateCode.REPORT_NOT_ISSUED]:
        faults = [Fault("", gate.text) for gate in gates]
        raise GatesOpen(f"Before it is approved: {' '.join(gate.text for gate in gates[:10])}", faults=faults)
    report.status, report.approved_by, report.approved_at = ReportStatus.APPROVED, caller.actor.recorded, at
    await tell(session, report, AuditReportApproved, by=caller.actor, at=at)


async def require_licences(
    session: AsyncSession, engagement: Engagement, report: AuditReport, caller: Caller, *, at: datetime
) -> None:
    """`FirmNotLicensed` or `NotLicensed` when the firm or its partner may sign no such report at this moment.

    Both were asked for at acceptance; they may have expired or been withdrawn since. A firm signs from an office in a
    state by its permit of that state, its partner by a licence of any (practice mobility).
    """
    kind, on = EngagementKind(engagement.kind), at.date()
    licences = await licences_of(session, report.org_id)
    wrong = why_not(await known_firm(session, report.org_id), licences, kind, on)
    content = content_of(report)
    if wrong is None and isinstance(content, SocContent) and content.office is not None:
        wrong = why_not_in(licences, report.org_id, content.office.state, on)
    if wrong is not None:
        raise FirmNotLicensed(f"{wrong[0].upper()}{wrong[1:]}.")
    if caller.person is None or not may_sign(licences, caller.person, kind, on):
        raise NotLicensed("No licence of yours that the operator verified is in force.")


async def require_fresh(session: AsyncSession, report: AuditReport, engagement: Engagement) -> None:
    """`ReportStale` when what is on record says otherwise by now.

    Asked when it is approved, and again when it is issued: what the report rests on may have been reopened between.
    """
    now = await assembled(session, engagement, ReportKind(report.kind), words_of(report))
    if now is None or digest_of(now.model_dump(mode="json")) != report.content_sha256:
        raise ReportStale("What the report rests on changed since; take the report back and revise it.")


async def _faults_of_date(session: AsyncSession, report: AuditReport, *, at: datetime) -> list[Fault]:
    """A report bears no day before sufficient evidence was obtained and evaluated, and none to come (AT-C 205)."""
    dated, today = report.report_date, at.astimezone(UTC).date()
    if dated is None:
        return []
    decided = [
        each.created_at.astimezone(UTC).date() for each in await standing_opinions(session, [report.engagement_id])
    ]
    faults = [Fault("/report_date", f"lies before the opinion was decided, on {day}") for day in decided if dated < day]
    return faults or ([Fault("/report_date", "lies ahead")] if dated > today else [])
