from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.health.health import queries
from services.controls.health.health.schemas import HealthChangeOut, HealthOut
from shared.data.reads import PageRequest
from shared.events.catalogue.controls import HealthState
from shared.http.doors import Read
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("control health")


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


@routes.get("/v1/control-health-changes", permission=P.CONTROLS_READ, response_model=Page[HealthChangeOut])
async def list_control_health_changes(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["since", "-since", "updated_at", "-updated_at"] = "-since",
    control_id: UUID | None = None,
    state: HealthState | None = None,
    as_of: Annotated[Instant | None, Query(description="Only what held at this instant: one for each control")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The history of health: of one control its timeline, as of an instant what held then."""
    return await read.page(
        queries.health_changes,
        PageRequest(limit, cursor, sort),
        control_id=control_id,
        state=state,
        as_of=as_of,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/control-health-changes/{change_id}",
    permission=P.CONTROLS_READ,
    response_model=HealthChangeOut,
    refuses=(NotFound,),
)
async def get_control_health_change(change_id: UUID, read: Read) -> Response:
    """One change of a control's health."""
    return await read.one(queries.health_change, change_id)
