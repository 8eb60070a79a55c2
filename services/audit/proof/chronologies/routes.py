from services.audit.engagements.engagements.queries import engagement
from services.audit.proof.chronologies import queries
from services.audit.proof.chronologies.schemas import ChronologyEvent
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("chronologies")


routes.list(
    "list_chronology",
    "/v1/engagements/{engagement_id}/chronology",
    queries.chronology,
    ChronologyEvent,
    permission=P.CHRONOLOGIES_READ,
    description=(
        "All that the trails of both parties say of an engagement, earliest first: proposal, independence, populations,"
        " seeds, draws, tests, signatures, conclusions, report. `attest verify` checks the trails themselves."
    ),
    parent=engagement,
    auditors=True,
)
