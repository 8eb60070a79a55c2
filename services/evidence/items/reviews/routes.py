from typing import Literal
from uuid import UUID

from fastapi import Response

from services.evidence.items.reviews import queries
from services.evidence.items.reviews.schemas import ReviewOut
from shared.data.reads import PageRequest
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P

routes = Routes("evidence reviews")


@routes.get("/v1/evidence/{item_id}/reviews", permission=P.EVIDENCE_READ, response_model=Page[ReviewOut])
async def list_evidence_reviews(
    item_id: UUID,
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["reviewed_at", "-reviewed_at"] = "reviewed_at",
) -> Response:
    """What was concluded of this evidence and of every other version of it, oldest first."""
    return await read.page(queries.reviews, PageRequest(limit, cursor, sort), item_id=item_id)
