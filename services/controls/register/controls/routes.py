from fastapi import Response

from services.controls.register.controls import actions, queries
from services.controls.register.controls.schemas import ControlDraft, ControlOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken

routes = Routes("controls")


routes.list(
    "list_controls",
    "/v1/controls",
    queries.controls,
    ControlOut,
    permission=P.CONTROLS_READ,
    description="The organisation's controls. None is ever deleted: to sync, a retired one is the tombstone.",
    auditors=True,
)


routes.one(
    "get_control",
    "/v1/controls/{control_id}",
    queries.control,
    ControlOut,
    permission=P.CONTROLS_READ,
    description="One control.",
    auditors=True,
)


@routes.post(
    "/v1/controls",
    permission=P.CONTROLS_WRITE,
    status_code=201,
    response_model=ControlOut,
    refuses=(CodeTaken, *PERSON_REFUSALS),
)
async def define_control(draft: ControlDraft, write: Write) -> Response:
    """Write a control down, as a draft."""
    control = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.control, control.id, f"/v1/controls/{control.id}")
