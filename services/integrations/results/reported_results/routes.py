from services.integrations.results.reported_results import queries
from services.integrations.results.reported_results.schemas import ReportedResultOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("reported results")


routes.list(
    "list_reported_results",
    "/v1/reported-results",
    queries.reported_results,
    ReportedResultOut,
    permission=P.SOURCES_READ,
    description="Single results of result files, by resource, the newest first.",
)
