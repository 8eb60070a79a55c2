from services.evidence.items.items.queries import existing
from services.evidence.items.reviews import queries
from services.evidence.items.reviews.schemas import ReviewOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("evidence reviews")


routes.list(
    "list_evidence_reviews",
    "/v1/evidence/{item_id}/reviews",
    queries.reviews,
    ReviewOut,
    permission=P.EVIDENCE_READ,
    description="What was concluded of this evidence and of every other version of it, oldest first.",
    parent=existing,
)
