from fastapi import Response

from services.evidence.collecting.expectations import actions, queries
from services.evidence.collecting.expectations.schemas import ExpectationDraft, ExpectationOut
from services.evidence.collecting.record_schemas.actions import UnknownRecordSchema
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS

routes = Routes("evidence expectations")


routes.list(
    "list_expectations",
    "/v1/expectations",
    queries.expectations,
    ExpectationOut,
    permission=P.EVIDENCE_READ,
    description="What the organisation's controls need as proof.",
    auditors=True,
)


routes.one(
    "get_expectation",
    "/v1/expectations/{expectation_id}",
    queries.expectation,
    ExpectationOut,
    permission=P.EVIDENCE_READ,
    description="One expectation.",
    auditors=True,
)


@routes.post(
    "/v1/expectations",
    permission=P.EXPECTATIONS_WRITE,
    status_code=201,
    response_model=ExpectationOut,
    refuses=(actions.ControlIsRetired, actions.BeganTooLongAgo, UnknownRecordSchema, *PERSON_REFUSALS),
)
async def define_expectation(draft: ExpectationDraft, write: Write) -> Response:
    """Say what a control needs as proof."""
    expectation = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.expectation, expectation.id, f"/v1/expectations/{expectation.id}")
