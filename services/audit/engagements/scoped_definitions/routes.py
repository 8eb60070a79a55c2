from services.audit.engagements.engagements.queries import engagement
from services.audit.engagements.scoped_definitions import queries
from services.audit.engagements.scoped_definitions.schemas import ScopedDefinitionOut
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("scoped definitions")


routes.list(
    "list_scoped_definitions",
    "/v1/engagements/{engagement_id}/control-definitions",
    queries.scoped_definitions,
    ScopedDefinitionOut,
    permission=P.ENGAGEMENTS_READ,
    description=(
        "The texts of the controls in scope that were in force in the time that the engagement speaks of, by code: what"
        " is tested. An approved text never changes; one that was approved after the scope was frozen is marked."
    ),
    parent=engagement,
    auditors=True,
)
