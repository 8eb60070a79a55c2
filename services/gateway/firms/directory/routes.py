from uuid import UUID

from fastapi import Response

from services.gateway.firms.directory import queries
from services.gateway.firms.directory.schemas import FirmOut
from services.gateway.firms.firms import actions
from services.gateway.firms.firms.schemas import FirmRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("audit firms")


routes.list(
    "list_firms",
    "/v1/firms",
    queries.firms,
    FirmOut,
    permission=P.FIRMS_READ,
    description="The directory: the audit firms that are listed, and the caller's own.",
)


routes.one(
    "get_firm",
    "/v1/firms/{firm_id}",
    queries.firm,
    FirmOut,
    permission=P.FIRMS_READ,
    description="One audit firm.",
)


@routes.patch("/v1/firms/{firm_id}", permission=P.FIRMS_WRITE, response_model=FirmOut, refuses=(NotFound,))
async def revise_firm(firm_id: UUID, revision: FirmRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change how the caller's own firm describes itself, or list it in the directory."""
    await actions.revise(
        write.session, firm_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.firm, firm_id, as_of=write.at)
