import json
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query, Response

from services.risk.assessments.assessment_comparisons.rules import comparison_of
from services.risk.assessments.assessment_documents.queries import method_terms, with_other
from services.risk.assessments.assessment_documents.rules import NotStarted, csv_rows, document_with, with_changes
from services.risk.assessments.assessment_documents.schemas import AssessmentDocument
from services.risk.assessments.assessment_pages.rules import Sources, document_of
from services.risk.assessments.drifts.queries import changes_until_now
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.printing.html_pages import as_html
from shared.printing.problems import CannotBePrinted
from shared.printing.tasks import PDF, printed
from shared.problems import Busy, LimitExceeded, NotFound
from shared.tables.csv_writing import csv_lines

routes = Routes("assessment documents")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_TEXT = {"schema": {"type": "string"}}
_FORMS: Final[dict[str, Any]] = {
    "text/html": _TEXT,
    "text/csv": _TEXT,
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
}


@routes.get(
    "/v1/risk-assessments/{assessment_id}/document",
    permission=P.RISKS_READ,
    response_model=AssessmentDocument,
    responses={200: {"description": "The record of the assessment, in the form that was asked for", "content": _FORMS}},
    refuses=(NotFound, NotStarted, CannotBePrinted, LimitExceeded, Busy),
    auditors=True,
)
async def get_risk_assessment_document(
    assessment_id: UUID,
    read: Read,
    written_as: Annotated[Literal["json", "html", "pdf", "csv"], Query(alias="as")] = "json",
) -> Response:
    """The record of an assessment as data with its digest, as a page, as PDF, or as a table with a row for each risk.

    One that is not completed says on every page that it is a draft, and an auditor's extract that it is one.
    """
    recorded, other = await with_other(read.model, assessment_id)
    if recorded.record.completed_at is None:
        async with read.transaction() as session:
            recorded = with_changes(recorded, await changes_until_now(session, assessment_id))
    content = document_with(recorded)
    if written_as == "json":
        return await read.computed(content)
    named = {
        "Content-Disposition": f'attachment; filename="risk-assessment.{written_as}"',
        "X-Content-Type-Options": "nosniff",
    }
    people = {person.id: person.name for person in recorded.people}
    if written_as == "csv":
        return Response(csv_lines(csv_rows(content.record, people)), headers=named, media_type="text/csv")
    terms = await _terms(read, content.record.method_number)
    compared = comparison_of(recorded.record, other.record if other else None)
    document = document_of(content, Sources(terms, people, compared))
    if written_as == "html":
        headers = {"Content-Security-Policy": _POLICY}
        return Response(as_html(document), headers=headers, media_type="text/html; charset=utf-8")
    at = content.record.completed_at or content.record.started_at
    pdf = await printed(read.platform.children, PDF, read.caller.org_id, document, at=at)
    return Response(pdf, headers=named, media_type="application/pdf")


async def _terms(read: Read, number: int) -> MethodTerms:
    """The terms by which risks were rated; 0 is the default preset."""
    if number == 0:
        return PRESETS[DEFAULT]
    body, _ = await method_terms.read(read.connection, read.caller.fence, number)
    return MethodTerms.model_validate(json.loads(body)["terms"])
