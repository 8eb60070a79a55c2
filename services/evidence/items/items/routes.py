from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.evidence.collecting.collections.actions import UnknownCollection
from services.evidence.delivery import REFUSALS, RESPONSES, STORED, Asked, Wanted, deliver
from services.evidence.items.freshness.models import Freshness
from services.evidence.items.items import actions, queries
from services.evidence.items.items.models import ReviewStatus
from services.evidence.items.items.schemas import EvidenceDraft, EvidenceOut, EvidenceSummary, ReviewDraft
from services.evidence.items.record_schemas.actions import RecordDoesNotFit
from services.evidence.items.search.queries import sought
from services.evidence.items.tags.schemas import TagName
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Reader, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("evidence")


@routes.get("/v1/evidence", permission=P.EVIDENCE_READ, response_model=Page[EvidenceSummary])
async def list_evidence(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal[
        "created_at", "-created_at", "updated_at", "-updated_at", "covers_until", "-covers_until"
    ] = "-created_at",
    status: ReviewStatus | None = None,
    freshness: Annotated[
        Freshness | None, Query(description="At this moment: the worst of the proofs that count")
    ] = None,
    control_id: UUID | None = None,
    expectation_id: UUID | None = None,
    tag: Annotated[TagName | None, Query()] = None,
    q: Annotated[
        Search | None,
        Query(description="Words in title, text, source, file name, record and tags; the last may be a beginning"),
    ] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's evidence."""
    words: dict[str, Any] = {}
    if q is not None:
        async with read.transaction() as session:
            words = (await sought(session, q)).filters()
    return await read.page(
        queries.items,
        PageRequest(limit, cursor, sort),
        as_of=now(),
        status=status,
        freshness=freshness,
        control_id=control_id,
        expectation_id=expectation_id,
        tag=tag,
        **words,
        updated_since=updated_since,
    )


@routes.get("/v1/evidence/{item_id}", permission=P.EVIDENCE_READ, response_model=EvidenceOut, refuses=(NotFound,))
async def get_evidence(
    item_id: UUID,
    read: Read,
    as_of: Annotated[Instant | None, Query(description="Freshness as of this instant; now when left out")] = None,
) -> Response:
    """One piece of evidence, and for each expectation how long it counts.

    Its ETag changes with every change that is announced, which for freshness is some seconds after it is computed.
    """
    return await read.one(queries.item, item_id, as_of=as_of or now())


@routes.post(
    "/v1/evidence",
    permission=P.EVIDENCE_SUBMIT,
    status_code=201,
    response_model=EvidenceOut,
    refuses=(actions.UnknownReference, UnknownCollection, RecordDoesNotFit),
)
async def submit_evidence(draft: EvidenceDraft, write: Write) -> Response:
    """Hand in evidence. To renew it, hand in new evidence for the same expectation."""
    item = await actions.submit(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.item, item.id, f"/v1/evidence/{item.id}", as_of=write.at)


@routes.post(
    "/v1/evidence/{item_id}/reviews",
    permission=P.EVIDENCE_REVIEW,
    response_model=EvidenceOut,
    refuses=(NotFound,),
)
async def review_evidence(item_id: UUID, review: ReviewDraft, write: Write) -> Response:
    """Accept submitted evidence, or return it with a reason. The reviewer is not the submitter."""
    await actions.review(write.session, item_id, review=review, by=write.caller.actor, at=write.at)
    return await write.changed(queries.item, item_id, as_of=write.at)


@routes.get(
    "/v1/evidence/{item_id}/content",
    permission=P.EVIDENCE_READ,
    response_class=StreamingResponse,
    responses=RESPONSES,
    refuses=REFUSALS,
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
)
async def describe_evidence_content(item_id: UUID, read: Read, wanted: Wanted) -> Response:
    """What a download would answer, without the bytes: their size, digest, type and name."""
    return await _content(item_id, read, wanted)


async def _content(item_id: UUID, read: Reader, wanted: Asked) -> Response:
    body, _version = await queries.content.read(read.platform.database.reads, read.caller.org_id, item_id)
    return await deliver(STORED.validate_json(body), of=read.caller.org_id, asked=wanted)
