"""The content of a report from what is on record, and from what the auditing party says."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.description.description_contents.schemas import Content as DescriptionContent
from services.audit.description.system_descriptions.models import DescriptionStatus
from services.audit.description.system_descriptions.queries import approved_content, versions_of
from services.audit.engagements.engagement_documents.models import (
    DocumentKind,
    DocumentStatus,
    EngagementDocument,
)
from services.audit.engagements.engagement_documents.schemas import Signatory
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.known_firms.queries import known_firm
from services.audit.engagements.known_organisations.queries import known_organisation
from services.audit.reporting.report_assemblies.schemas import ReportKind, ReportWords
from services.audit.reporting.report_controls.queries import controls_of
from services.audit.reporting.report_findings.queries import findings_of, taken_up
from services.audit.reporting.report_judgements.queries import opinion_in, responses_of
from services.audit.wording.assessments import ReadinessContent
from services.audit.wording.audit_contents import AuditContent
from services.audit.wording.contents import Assertion, SocContent
from services.audit.wording.documents import ReportContent
from shared.data.sessions import in_organisation


async def assembled(
    session: AsyncSession, engagement: Engagement, kind: ReportKind, words: ReportWords
) -> ReportContent | None:
    """The content of a report of the engagement; None while the system description of a SOC report is not approved.

    The transaction is the auditing party's. What the client says is read in the client's organisation.
    """
    assert engagement.firm_id is not None, "an engagement that is conducted has a firm"
    firm = await known_firm(session, engagement.firm_id)
    async with in_organisation(session, engagement.org_id):
        client = await known_organisation(session, engagement.org_id)
        description = await _description(session, engagement) if words.examination else None
        assertion = await _assertion(session, engagement) if words.examination else None
    organisation = client.title if client else engagement.title
    auditors = firm.name if firm else organisation
    if words.examination is not None:
        if description is None:
            return None
        codes = [each.code for each in words.examination.criteria]
        controls = await controls_of(session, engagement, description.controls, criteria=codes)
        opinion = await opinion_in(session, engagement, criteria=codes)
        judgements = opinion.get("judgements", [])
        general = kind == ReportKind.SOC3
        return SocContent(
            **words.examination.model_dump(),
            **opinion,
            kind=kind,
            service_organization=organisation,
            firm=auditors,
            description=description,
            assertion=assertion,
            responses=[] if general else await responses_of(session, engagement.id, controls, judgements),
            controls=controls,
        )
    first, last = engagement.period_start, engagement.as_of_date or engagement.period_end
    if words.audit is not None:
        dates = {"first_day": first, "last_day": last}
        return AuditContent(
            **words.audit.model_dump(),
            kind=kind,
            auditee=organisation,
            body=auditors,
            **dates,
            findings=await findings_of(session, engagement),
            taken_up=await taken_up(session, engagement),
        )
    assert words.assessment is not None, "one of the three is said"
    said = words.assessment.model_dump()
    return ReadinessContent(**said, organization=organisation, assessor=auditors, assessed_on=last)


async def _description(session: AsyncSession, engagement: Engagement) -> DescriptionContent | None:
    versions = await versions_of(session, engagement.id)
    approved = next((each for each in versions if each.status == DescriptionStatus.APPROVED), None)
    return await approved_content(session, approved.id) if approved else None


async def _assertion(session: AsyncSession, engagement: Engagement) -> Assertion | None:
    """The last assertion that management recorded as signed for this firm; its first signatory signs in the report."""
    query = select(EngagementDocument).where(
        EngagementDocument.engagement_id == engagement.id,
        EngagementDocument.firm_id == engagement.firm_id,
        EngagementDocument.kind == DocumentKind.MANAGEMENT_ASSERTION,
        EngagementDocument.status == DocumentStatus.RECORDED,
    )
    newest = query.order_by(col(EngagementDocument.dated_on).desc(), col(EngagementDocument.id).desc()).limit(1)
    document = (await session.scalars(newest)).one_or_none()
    if document is None:
        return None
    signatory = Signatory.model_validate(document.signatories[0])
    return Assertion(signatory=signatory, signed_on=document.dated_on, exceptions=document.exceptions)
