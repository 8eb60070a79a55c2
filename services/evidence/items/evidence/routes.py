from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.evidence.collecting.collections.actions import UnknownCollection
from services.evidence.collecting.record_schemas.actions import RecordDoesNotFit, UnknownRecordSchema
from services.evidence.intake.delivery import DOWNLOAD_REFUSALS, REFUSALS, RESPONSES, STORED, Asked, Wanted, deliver
from services.evidence.intake.scans.rules import Quarantined
from services.evidence.items.evidence import actions, queries
from services.evidence.items.evidence.schemas import EvidenceDraft, EvidenceOut, EvidenceSummary
from services.evidence.items.search.queries import search_terms
from shared.http.doors import Read, Reader, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded

routes = Routes("evidence")


async def _searched(read: Reader, query: queries.EvidenceQuery) -> dict[str, Any]:
    if query.q is None:
        return {}
    async with read.transaction() as session:
        # The session sees the caller's own organisation, which for auditors is not where the evidence is.
        return (await search_terms(session, query.q, narrow=read.caller.engagement is None)).filters()


routes.list(
    "list_evidence",
    "/v1/evidence",
    queries.items,
    EvidenceSummary,
    permission=P.EVIDENCE_READ,
    description="The organisation's evidence.",
    given=_searched,
    auditors=True,
)


routes.one(
    "get_evidence",
    "/v1/evidence/{item_id}",
    queries.item,
    EvidenceOut,
    permission=P.EVIDENCE_READ,
    description=(
        "One piece of evidence, and for each expectation how long it counts.\n\n"
        "Its ETag changes with every change that is announced: for freshness, some seconds after it is computed."
    ),
    auditors=True,
)


@routes.post(
    "/v1/evidence",
    permission=P.EVIDENCE_SUBMIT,
    status_code=201,
    response_model=EvidenceOut,
    refuses=(
        actions.UnknownReference,
        UnknownCollection,
        RecordDoesNotFit,
        LimitExceeded,
        Busy,
        actions.NotYetCollected,
        UnknownRecordSchema,
        Quarantined,
    ),
)
async def submit_evidence(draft: EvidenceDraft, write: Write) -> Response:
    """Hand in evidence. To renew it, hand in new evidence for the same expectation."""
    item = await actions.submit(write.session, write.platform.children, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.item, item.id, f"/v1/evidence/{item.id}", as_of=write.at)


@routes.get(
    "/v1/evidence/{item_id}/content",
    permission=P.EVIDENCE_READ,
    response_class=StreamingResponse,
    responses=RESPONSES,
    refuses=DOWNLOAD_REFUSALS,
    auditors=True,
)
async def download_evidence(item_id: UUID, read: Read, wanted: Wanted) -> Response:
    """The bytes of the file, to be saved and not to be shown. Several ranges at once are answered with the whole."""
    return await _content(item_id, read, wanted)


@routes.head(
    "/v1/evidence/{item_id}/content",
    permission=P.EVIDENCE_READ,
    response_class=StreamingResponse,
    responses=RESPONSES,
    refuses=REFUSALS,
    auditors=True,
)
async def describe_evidence_content(item_id: UUID, read: Read, wanted: Wanted) -> Response:
    """What a download would answer, without the bytes: their size, digest, type and name."""
    return await _content(item_id, read, wanted)


async def _content(item_id: UUID, read: Reader, wanted: Asked) -> Response:
    body, _version = await read.body(queries.content, item_id)
    return await deliver(STORED.validate_json(body), asked=wanted)
