"""The verbs of an engagement document: each party's own rows, in its own transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagement_documents.models import (
    DocumentKind,
    DocumentStatus,
    EngagementDocument,
)
from services.audit.engagements.engagement_documents.rules import why_not
from services.audit.engagements.engagement_documents.schemas import DocumentDraft
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.engagements.parties.queries import role_of
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.engagement_documents import (
    AboutEngagementDocument,
    EngagementDocumentRecorded,
    EngagementDocumentWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound, not_allowed


class NoAuditingParty(Conflict):
    """The engagement is proposed to nobody yet."""


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: DocumentDraft, caller: Caller, at: datetime
) -> EngagementDocument:
    """Record a document as the party that the caller acts for, until the engagement has ended."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    if engagement.firm_id is None:
        raise NoAuditingParty("The engagement is proposed to nobody; say which firm first.")
    if engagement.phase in ENDED:
        raise not_allowed("record a document", engagement.phase, [])
    await _require_recorder(session, engagement, draft.kind, caller)
    if draft.dated_on > at.date():
        raise Invalid("A document does not bear a day to come.", faults=[Fault("/dated_on", "lies ahead")])
    if draft.exceptions and draft.kind != DocumentKind.MANAGEMENT_ASSERTION:
        raise Invalid("Only an assertion has exceptions.", faults=[Fault("/exceptions", f"not of a {draft.kind}")])
    document = EngagementDocument(
        **draft.model_dump(exclude={"signatories"}),
        signatories=[signatory.model_dump() for signatory in draft.signatories],
        engagement_id=engagement.id,
        client_id=engagement.org_id,
        firm_id=engagement.firm_id,
        recorded_by=caller.actor.recorded,
        shown=draft.kind != DocumentKind.QUALITY_REVIEW,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(document)
    announce(session, _event(EngagementDocumentRecorded, document), about=document, by=caller.actor, at=at)
    return document


async def withdraw(session: AsyncSession, document_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Recorded → withdrawn, by the party that recorded it."""
    document = await locked(session, EngagementDocument, document_id, noun="engagement document", expected=ANY_VERSION)
    if document.status == DocumentStatus.WITHDRAWN:
        raise not_allowed("withdraw", document.status, [])
    engagement = await found(session, Engagement, document.engagement_id)
    if engagement is None or engagement.phase in ENDED:
        raise not_allowed("withdraw a document", engagement.phase if engagement else "unknown", [])
    await _require_recorder(session, engagement, DocumentKind(document.kind), caller)
    document.status = DocumentStatus.WITHDRAWN
    event = _event(EngagementDocumentWithdrawn, document)
    announce(session, event, about=document, by=caller.actor, at=at, reason=reason)


async def _require_recorder(session: AsyncSession, engagement: Engagement, kind: DocumentKind, caller: Caller) -> None:
    role = await role_of(session, engagement.id, caller)
    if role is None and engagement.org_id != organisation_of(session):
        raise Forbidden("Use a token for the engagement to act in it.")
    if (wrong := why_not(kind, role)) is not None:
        raise Invalid("This party does not record this document.", faults=[Fault("/kind", wrong)])


def _event(kind: type[AboutEngagementDocument], document: EngagementDocument) -> AboutEngagementDocument:
    return kind(
        engagement_id=document.engagement_id, kind=document.kind, title=document.title, dated_on=document.dated_on
    )
