from uuid import UUID

from fastapi import Response

from services.gateway.firms.firms.actions import NotAnAuditFirm
from services.gateway.firms.licences import actions, queries
from services.gateway.firms.licences.schemas import (
    LicenceDraft,
    LicenceOut,
    LicenceVerification,
    LicenceWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("licences of audit firms")


routes.list(
    "list_licences",
    "/v1/licences",
    queries.licences,
    LicenceOut,
    permission=P.FIRMS_READ,
    description="The licences of the caller's firm and of its people, and those that listed firms hold themselves.",
)


routes.one(
    "get_licence",
    "/v1/licences/{licence_id}",
    queries.licence,
    LicenceOut,
    permission=P.FIRMS_READ,
    description="One licence.",
)


@routes.post(
    "/v1/licences",
    permission=P.FIRMS_WRITE,
    status_code=201,
    response_model=LicenceOut,
    refuses=(NotAnAuditFirm, actions.LicenceDeclaredAlready, UnknownPerson, PersonGone),
)
async def declare_licence(draft: LicenceDraft, write: Write) -> Response:
    """Declare a licence of the caller's firm, or of one of its people."""
    licence = await actions.declare(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.licence, licence.id, f"/v1/licences/{licence.id}")


@routes.post(
    "/v1/licences/{licence_id}/verifications",
    permission=P.LICENCES_VERIFY,
    response_model=LicenceOut,
    refuses=(NotFound,),
)
async def verify_licence(licence_id: UUID, verification: LicenceVerification, write: Write) -> Response:
    """Record how a licence was verified, or why it was not. Only operators may."""
    await actions.verify(write.session, licence_id, verification=verification, by=write.caller.actor, at=write.at)
    return await write.changed(queries.licence, licence_id)


@routes.post(
    "/v1/licences/{licence_id}/withdrawals",
    permission=P.FIRMS_WRITE,
    response_model=LicenceOut,
    refuses=(NotFound, NotAnAuditFirm),
)
async def withdraw_licence(licence_id: UUID, withdrawal: LicenceWithdrawal, write: Write) -> Response:
    """Say that a licence no longer counts, and why."""
    await actions.withdraw(write.session, licence_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.licence, licence_id)
