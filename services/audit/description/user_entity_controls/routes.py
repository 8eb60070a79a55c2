from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.described_engagements.schemas import DescribedWithdrawal
from services.audit.description.user_entity_controls import actions, queries
from services.audit.description.user_entity_controls.schemas import (
    UserEntityControlDraft,
    UserEntityControlOut,
    UserEntityControlRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import CodeTaken, NotFound

routes = Routes("user entity controls")


routes.list(
    "list_user_entity_controls",
    "/v1/user-entity-controls",
    queries.controls,
    UserEntityControlOut,
    permission=P.DESCRIPTIONS_READ,
    description="The complementary user entity controls that system descriptions name, withdrawn ones included.",
    auditors=True,
)


routes.one(
    "get_user_entity_control",
    "/v1/user-entity-controls/{control_id}",
    queries.control,
    UserEntityControlOut,
    permission=P.DESCRIPTIONS_READ,
    description="One user entity control.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/user-entity-controls",
    permission=P.DESCRIPTIONS_WRITE,
    status_code=201,
    response_model=UserEntityControlOut,
    refuses=(NotFound, NotDescribed, CodeTaken),
)
async def record_user_entity_control(engagement_id: UUID, draft: UserEntityControlDraft, write: Write) -> Response:
    """Record a control that user entities have to operate. One code names one control of an engagement."""
    control = await actions.record(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.control, control.id, f"/v1/user-entity-controls/{control.id}")


@routes.patch(
    "/v1/user-entity-controls/{control_id}",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=UserEntityControlOut,
    refuses=(NotFound,),
)
async def revise_user_entity_control(
    control_id: UUID, revision: UserEntityControlRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what user entities have to do, or the criteria. Approved descriptions stay as they are."""
    await actions.revise(
        write.session, control_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.control, control_id)


@routes.post(
    "/v1/user-entity-controls/{control_id}/withdrawals",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=UserEntityControlOut,
    refuses=(NotFound,),
)
async def withdraw_user_entity_control(control_id: UUID, withdrawal: DescribedWithdrawal, write: Write) -> Response:
    """Say that it does not belong into the system description. It stays on record."""
    await actions.withdraw(write.session, control_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control, control_id)
