from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.health import queries
from services.controls.health.schemas import HealthOut
from shared.data.reads import PageRequest
from shared.events.catalogue.controls import HealthState
from shared.http.doors import Read
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("health")


@routes.get("/v1/control-health", permission=P.CONTROLS_READ, response_model=Page[HealthOut])
async def list_control_health(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code", "since", "-since"] = "code",
    state: HealthState | None = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The health of the organisation's controls."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.healths, page, state=state, updated_since=updated_since)


@routes.get(
    "/v1/controls/{control_id}/health",
    permission=P.CONTROLS_READ,
    response_model=HealthOut,
    refuses=(NotFound,),
)
async def get_control_health(control_id: UUID, read: Read) -> Response:
    """Whether a control works, and why."""
    return await read.one(queries.health, control_id)
