from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.adoptions import actions, queries
from services.controls.programmes.adoptions.schemas import AdoptionDraft, AdoptionOut, AdoptionResult
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("adoptions")


@routes.post(
    "/v1/programmes/{programme_id}/adoptions",
    permission=P.PROGRAMMES_WRITE,
    response_model=AdoptionResult,
    refuses=(NotFound,),
)
async def adopt_mappings(
    programme_id: UUID,
    draft: AdoptionDraft,
    write: Write,
    dry_run: Annotated[bool, Query(description="Say what would be adopted, and do nothing")] = False,
) -> AdoptionResult:
    """Map controls to the requirements of a programme's framework through crosswalks. Ask with `dry_run` first.

    A crosswalk relates requirements, and not controls: look at each row before you adopt it, and leave out those whose
    control does not do what the requirement asks.
    """
    return await actions.adopt(
        write.session, programme_id, draft=draft, dry_run=dry_run, by=write.caller.actor, at=write.at
    )


routes.list(
    "list_adoptions",
    "/v1/adoptions",
    queries.adoptions,
    AdoptionOut,
    permission=P.PROGRAMMES_READ,
    description="Who adopted mappings for which programme; the mappings are listed by themselves.",
)


routes.one(
    "get_adoption",
    "/v1/adoptions/{adoption_id}",
    queries.adoption,
    AdoptionOut,
    permission=P.PROGRAMMES_READ,
    description="One adoption.",
)


@routes.post(
    "/v1/adoptions/{adoption_id}/rollbacks",
    permission=P.PROGRAMMES_WRITE,
    response_model=AdoptionOut,
    refuses=(NotFound,),
)
async def roll_adoption_back(adoption_id: UUID, write: Write) -> Response:
    """Undo an adoption: those of its mappings that are still in use are withdrawn. Controls stay as they are."""
    await actions.roll_back(write.session, adoption_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.adoption, adoption_id)
