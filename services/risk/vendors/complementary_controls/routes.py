from uuid import UUID

from fastapi import Response

from services.risk.vendors.complementary_controls import actions, queries
from services.risk.vendors.complementary_controls.schemas import (
    ComplementaryControlOut,
    ComplementaryControls,
    ComplementaryControlsOut,
    ComplementaryMapping,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("complementary controls")


routes.list(
    "list_complementary_controls",
    "/v1/complementary-controls",
    queries.controls,
    ComplementaryControlOut,
    permission=P.VENDORS_READ,
    description="What vendors' reports ask of us, which control answers it, and whether that is shown to work.",
)


routes.one(
    "get_complementary_control",
    "/v1/complementary-controls/{control_id}",
    queries.control,
    ComplementaryControlOut,
    permission=P.VENDORS_READ,
    description="One complementary user entity control of a received report.",
)


@routes.post(
    "/v1/assurance-reports/{report_id}/complementary-controls",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=ComplementaryControlsOut,
    refuses=(NotFound,),
)
async def record_complementary_controls(report_id: UUID, given: ComplementaryControls, write: Write) -> Response:
    """Record the controls that a report asks of its users, all of them or none."""
    recorded = await actions.record(write.session, report_id, given=given, by=write.caller.actor, at=write.at)
    out = ComplementaryControlsOut(ids=[control.id for control in recorded])
    return Response(out.model_dump_json(), 201, media_type="application/json")


@routes.put(
    "/v1/complementary-controls/{control_id}/mapping",
    permission=P.VENDORS_WRITE,
    response_model=ComplementaryControlOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def map_complementary_control(
    control_id: UUID, mapping: ComplementaryMapping, expected: ExpectedVersion, write: Write
) -> Response:
    """Name the control of ours that answers it and who answers for that, or say why it does not apply."""
    await actions.map_control(
        write.session, control_id, mapping=mapping, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.control, control_id)
