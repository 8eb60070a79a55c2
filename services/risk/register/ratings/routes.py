from services.risk.register.ratings import queries
from services.risk.register.ratings.schemas import PastRatingOut
from services.risk.register.risks.queries import risk
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("risk ratings")


routes.list(
    "list_risk_ratings",
    "/v1/risks/{risk_id}/ratings",
    queries.ratings,
    PastRatingOut,
    permission=P.RISKS_READ,
    description="Every rating a risk has had, the newest first, with its reason.",
    parent=risk,
    auditors=True,
)
