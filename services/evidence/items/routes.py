import base64
import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse

from services.evidence.collections.actions import UnknownCollection
from services.evidence.freshness.models import Freshness
from services.evidence.items import actions, queries
from services.evidence.items.models import ReviewStatus
from services.evidence.items.rules import attachment, span
from services.evidence.items.schemas import EvidenceDraft, EvidenceOut, EvidenceSummary, ReviewDraft
from services.evidence.store import StoreUnavailable, content_key, the_store
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound, Problem

routes = Routes("evidence")


class RangeNotSatisfiable(Problem):
    """The file has no such part."""

    status = 416


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
    q: Annotated[Search | None, Query(description="In title and source")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's evidence."""
    return await read.page(
        queries.items,
        PageRequest(limit, cursor, sort),
        as_of=now(),
        status=status,
        freshness=freshness,
        control_id=control_id,
        expectation_id=expectation_id,
        q=q,
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
    refuses=(actions.UnknownReference, UnknownCollection),
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
    responses={
        200: {"description": "The whole file", "content": {"application/octet-stream": {}}},
        206: {"description": "The part asked for", "content": {"application/octet-stream": {}}},
        304: {"description": "The client has it"},
    },
    refuses=(NotFound, RangeNotSatisfiable, StoreUnavailable),
)
async def download_evidence(
    item_id: UUID,
    read: Read,
    asked: Annotated[str | None, Header(alias="Range", max_length=200, description="One range of bytes")] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The bytes of the file, to be saved and not to be shown."""
    body, _version = await queries.content.read(read.platform.database.reads, read.caller.org_id, item_id)
    file = json.loads(body)
    headers = _headers(file)
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    part = span(asked if if_range in {None, headers["ETag"]} else None, file["size"])
    if part is None:
        raise RangeNotSatisfiable(
            f"The file has {file['size']} bytes.", headers={"Content-Range": f"bytes */{file['size']}"}
        )
    start, end = part
    chunks = await the_store().read(content_key(read.caller.org_id, file["sha256"]), start=start, end=end)
    headers["Content-Length"] = str(end - start)
    whole = end - start == file["size"]
    if whole:
        headers["Content-Digest"] = headers["Repr-Digest"]
    else:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file['size']}"
    return StreamingResponse(chunks, 200 if whole else 206, headers)


def _headers(file: dict[str, Any]) -> dict[str, str]:
    """Saved and never run in the reader's browser, whatever the file claims to be."""
    digest = base64.b64encode(bytes.fromhex(file["sha256"])).decode()
    return {
        "Content-Type": file["media_type"],
        "Content-Disposition": attachment(file["name"] or file["sha256"]),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file["sha256"]}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
