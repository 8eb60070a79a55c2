from uuid import UUID

from fastapi import Response

from services.controls.programmes.adopted_mappings import actions, queries
from services.controls.programmes.adopted_mappings.schemas import AdoptedMappingOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("adopted mappings")


routes.list(
    "list_adopted_mappings",
    "/v1/adopted-mappings",
    queries.mappings,
    AdoptedMappingOut,
    permission=P.PROGRAMMES_READ,
    description="Which controls answer which requirements through a crosswalk, by whose adoption, and how far.",
)


routes.one(
    "get_adopted_mapping",
    "/v1/adopted-mappings/{mapping_id}",
    queries.mapping,
    AdoptedMappingOut,
    permission=P.PROGRAMMES_READ,
    description="One adopted mapping.",
)


@routes.delete(
    "/v1/adopted-mappings/{mapping_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=AdoptedMappingOut,
    refuses=(NotFound,),
)
async def withdraw_adopted_mapping(mapping_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Withdraw an adopted mapping: this control does not answer that requirement. It stays on record as a tombstone."""
    await actions.withdraw(write.session, mapping_id, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.mapping, mapping_id)
