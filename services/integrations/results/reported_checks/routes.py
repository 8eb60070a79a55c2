from services.integrations.results.reported_checks import queries
from services.integrations.results.reported_checks.schemas import ReportedCheckOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("reported checks")


routes.list(
    "list_reported_checks",
    "/v1/reported-checks",
    queries.reported_checks,
    ReportedCheckOut,
    permission=P.SOURCES_READ,
    description="What the checks of result files came to, the newest first.",
)
