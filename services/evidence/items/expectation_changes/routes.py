from uuid import UUID

from fastapi import Response

from services.evidence.collecting.expectations.actions import BeganTooLongAgo
from services.evidence.collecting.expectations.queries import expectation
from services.evidence.collecting.expectations.schemas import ExpectationOut
from services.evidence.collecting.record_schemas.actions import UnknownRecordSchema
from services.evidence.items.expectation_changes import actions
from services.evidence.items.expectation_changes.schemas import ExpectationRevision, ExpectationWithdrawal
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("expectation changes")


@routes.patch(
    "/v1/expectations/{expectation_id}",
    permission=P.EXPECTATIONS_WRITE,
    response_model=ExpectationOut,
    refuses=(NotFound, BeganTooLongAgo, UnknownRecordSchema, *PERSON_REFUSALS),
)
async def revise_expectation(
    expectation_id: UUID, revision: ExpectationRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change an expectation; what was accepted for it counts by the new days from now on."""
    await actions.revise(
        write.session, expectation_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(expectation, expectation_id)


@routes.post(
    "/v1/expectations/{expectation_id}/withdrawals",
    permission=P.EXPECTATIONS_WRITE,
    response_model=ExpectationOut,
    refuses=(NotFound,),
)
async def withdraw_expectation(expectation_id: UUID, withdrawal: ExpectationWithdrawal, write: Write) -> Response:
    """Say that evidence of this kind is no longer expected, and why."""
    await actions.withdraw(write.session, expectation_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(expectation, expectation_id)
