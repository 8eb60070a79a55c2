from services.audit.engagements.engagement_history import queries
from services.audit.engagements.engagement_history.schemas import EngagementRecordOut
from services.audit.engagements.engagements.queries import engagement
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("engagement history")


routes.list(
    "list_engagement_history",
    "/v1/engagements/{engagement_id}/historical-records",
    queries.history,
    EngagementRecordOut,
    permission=P.ENGAGEMENTS_READ,
    description=(
        "Everything that was told of earlier days about the controls in scope, accepted or not, the latest told first:"
        " which day it is about, when it came into Attest, and whether that was after the scope was frozen."
    ),
    parent=engagement,
    auditors=True,
)
