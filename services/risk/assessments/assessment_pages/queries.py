from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assessments.assessed_risks.queries import risks_of, terms_of
from services.risk.assessments.assessment_comparisons.queries import comparison
from services.risk.assessments.assessment_documents.rules import record_of
from services.risk.assessments.assessment_documents.schemas import AssessmentDocument
from services.risk.assessments.assessment_pages.rules import Sources
from services.risk.assessments.drifts.queries import moved_now, started_assessment
from shared.people.references import people_with_ids


async def content_of(session: AsyncSession, assessment_id: UUID) -> tuple[AssessmentDocument, Sources]:
    """The record of an assessment with what its document needs; until the completion with what moved by now."""
    assessment = await started_assessment(session, assessment_id)
    assert assessment.method_number is not None
    risks = await risks_of(session, assessment_id)
    content = AssessmentDocument(record=record_of(assessment, risks), digest=assessment.digest)
    if assessment.completed_at is None:
        moved = await moved_now(session, assessment, risks)
        by_risk = {each.risk_id: moved[each.id] for each in risks}
        told = content.record.model_dump()
        told["risks"] = [each | {"drift": by_risk[each["risk_id"]]} for each in told["risks"]]
        content = AssessmentDocument.model_validate({"record": told, "digest": None})
    ids = {assessment.lead_id, *assessment.participant_ids, *(each.owner_id for each in risks)}
    people = await people_with_ids(session, sorted(ids))
    names = {key: person.name for key, person in people.items()}
    terms = await terms_of(session, assessment.method_number)
    return content, Sources(terms, names, await comparison(session, assessment_id))
