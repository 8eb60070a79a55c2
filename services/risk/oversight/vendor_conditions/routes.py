from uuid import UUID

from fastapi import Response

from services.risk.days import day_of
from services.risk.oversight.vendor_conditions import actions, queries
from services.risk.oversight.vendor_conditions.schemas import (
    ConditionMet,
    ConditionMove,
    ConditionWithdrawal,
    VendorConditionOut,
)
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("vendor conditions")


routes.list(
    "list_vendor_conditions",
    "/v1/vendor-conditions",
    queries.conditions,
    VendorConditionOut,
    permission=P.VENDORS_READ,
    description="The conditions of approvals, those due first.",
)


routes.one(
    "get_vendor_condition",
    "/v1/vendor-conditions/{condition_id}",
    queries.condition,
    VendorConditionOut,
    permission=P.VENDORS_READ,
    description="One condition of an approval.",
)


@routes.post(
    "/v1/vendor-conditions/{condition_id}/fulfilments",
    permission=P.VENDORS_WRITE,
    response_model=VendorConditionOut,
    refuses=(NotFound, UnusableEvidence, SeparationOfDuties),
)
async def fulfil_vendor_condition(condition_id: UUID, met: ConditionMet, write: Write) -> Response:
    """Say that a condition is met, and what shows it; its owner cannot. With the last one the vendor is approved."""
    await actions.meet(write.session, condition_id, met=met, by=write.caller.actor, at=write.at)
    return await write.changed(queries.condition, condition_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendor-conditions/{condition_id}/withdrawals",
    permission=P.VENDORS_APPROVE,
    response_model=VendorConditionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def withdraw_vendor_condition(condition_id: UUID, withdrawal: ConditionWithdrawal, write: Write) -> Response:
    """Ask for a condition no longer, and say why; its owner cannot."""
    await actions.withdraw(write.session, condition_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.condition, condition_id, as_of=day_of(write.at))


@routes.post(
    "/v1/vendor-conditions/{condition_id}/due-dates",
    permission=P.VENDORS_APPROVE,
    response_model=VendorConditionOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def move_vendor_condition(condition_id: UUID, move: ConditionMove, write: Write) -> Response:
    """Have a condition due on another day; its owner cannot."""
    await actions.move(write.session, condition_id, move=move, by=write.caller.actor, at=write.at)
    return await write.changed(queries.condition, condition_id, as_of=day_of(write.at))
