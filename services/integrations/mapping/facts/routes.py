from services.integrations.mapping.facts import queries
from services.integrations.mapping.facts.schemas import FactOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("facts")


routes.list(
    "list_facts",
    "/v1/facts",
    queries.facts,
    FactOut,
    permission=P.SOURCES_READ,
    description="What was learnt from other systems, the newest first.",
)
