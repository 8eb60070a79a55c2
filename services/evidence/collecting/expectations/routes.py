from uuid import UUID

from fastapi import Response

from services.evidence.collecting.expectations import actions, queries
from services.evidence.collecting.expectations.schemas import ExpectationDraft, ExpectationOut, ExpectationRevision
from services.evidence.items.record_schemas.actions import UnknownRecordSchema
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("evidence expectations")


class ExpectationWithdrawal(Input):
    """Why evidence of this kind is no longer expected."""

    reason: Prose


routes.list(
    "list_expectations",
    "/v1/expectations",
    queries.expectations,
    ExpectationOut,
    permission=P.EVIDENCE_READ,
    description="What the organisation's controls need as proof.",
)


routes.one(
    "get_expectation",
    "/v1/expectations/{expectation_id}",
    queries.expectation,
    ExpectationOut,
    permission=P.EVIDENCE_READ,
    description="One expectation.",
)


@routes.post(
    "/v1/expectations",
    permission=P.EXPECTATIONS_WRITE,
    status_code=201,
    response_model=ExpectationOut,
    refuses=(actions.ControlIsRetired, actions.BeganTooLongAgo, UnknownRecordSchema),
)
async def define_expectation(draft: ExpectationDraft, write: Write) -> Response:
    """Say what a control needs as proof."""
    expectation = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.expectation, expectation.id, f"/v1/expectations/{expectation.id}")


@routes.patch(
    "/v1/expectations/{expectation_id}",
    permission=P.EXPECTATIONS_WRITE,
    response_model=ExpectationOut,
    refuses=(NotFound, actions.BeganTooLongAgo, UnknownRecordSchema),
)
async def revise_expectation(
    expectation_id: UUID, revision: ExpectationRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change an expectation; what was accepted for it counts by the new days from now on."""
    await actions.revise(
        write.session, expectation_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.expectation, expectation_id)


@routes.post(
    "/v1/expectations/{expectation_id}/withdrawals",
    permission=P.EXPECTATIONS_WRITE,
    response_model=ExpectationOut,
    refuses=(NotFound,),
)
async def withdraw_expectation(expectation_id: UUID, withdrawal: ExpectationWithdrawal, write: Write) -> Response:
    """Say that evidence of this kind is no longer expected, and why."""
    await actions.withdraw(write.session, expectation_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.expectation, expectation_id)
