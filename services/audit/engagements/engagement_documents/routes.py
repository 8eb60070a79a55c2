from uuid import UUID

from fastapi import Response

from services.audit.engagements.engagement_documents import actions, queries
from services.audit.engagements.engagement_documents.schemas import DocumentDraft, DocumentOut, DocumentWithdrawal
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("engagement documents")


routes.list(
    "list_engagement_documents",
    "/v1/engagement-documents",
    queries.documents,
    DocumentOut,
    permission=P.ENGAGEMENTS_READ,
    description="The documents of engagements, newest first. The quality review is the auditing party's alone.",
    auditors=True,
)


routes.one(
    "get_engagement_document",
    "/v1/engagement-documents/{document_id}",
    queries.document,
    DocumentOut,
    permission=P.ENGAGEMENTS_READ,
    description="One document of an engagement.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/documents",
    permission=P.ENGAGEMENT_DOCUMENTS_WRITE,
    status_code=201,
    response_model=DocumentOut,
    refuses=(NotFound, actions.NoAuditingParty),
    auditors=True,
)
async def record_engagement_document(engagement_id: UUID, draft: DocumentDraft, write: Write) -> Response:
    """Record a document as it was signed: management its own, the auditing party its own, the letter both."""
    document = await actions.record(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.document, document.id, f"/v1/engagement-documents/{document.id}")


@routes.post(
    "/v1/engagement-documents/{document_id}/withdrawals",
    permission=P.ENGAGEMENT_DOCUMENTS_WRITE,
    response_model=DocumentOut,
    refuses=(NotFound,),
    auditors=True,
)
async def withdraw_engagement_document(document_id: UUID, withdrawal: DocumentWithdrawal, write: Write) -> Response:
    """Say that a document does not count any longer; it stays on record."""
    await actions.withdraw(write.session, document_id, reason=withdrawal.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.document, document_id)
