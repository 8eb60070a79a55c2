from uuid import UUID

from fastapi import Response

from services.controls.testing.control_tests import actions, queries
from services.controls.testing.control_tests.schemas import (
    PerformedTest,
    TestCancellation,
    TestOut,
    TestPlan,
    TestReview,
    TestRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, PersonWithoutPermission, SeparationOfDuties

routes = Routes("control tests")


routes.list(
    "list_control_tests",
    "/v1/control-tests",
    queries.control_tests,
    TestOut,
    permission=P.TESTS_READ,
    description="The tests that people perform, the first due first.",
    auditors=True,
)


routes.one(
    "get_control_test",
    "/v1/control-tests/{test_id}",
    queries.control_test,
    TestOut,
    permission=P.TESTS_READ,
    description="One test, and where it stands.",
    auditors=True,
)


@routes.post(
    "/v1/control-tests",
    permission=P.TESTS_WRITE,
    status_code=201,
    response_model=TestOut,
    refuses=(actions.NothingToTest, SeparationOfDuties, PersonWithoutPermission, *PERSON_REFUSALS),
)
async def plan_control_test(draft: TestPlan, write: Write) -> Response:
    """Plan a test of a control by a procedure. The owner of a control cannot test it."""
    test = await actions.plan(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.control_test, test.id, f"/v1/control-tests/{test.id}")


@routes.patch(
    "/v1/control-tests/{test_id}",
    permission=P.TESTS_WRITE,
    response_model=TestOut,
    refuses=(NotFound, SeparationOfDuties, PersonWithoutPermission, *PERSON_REFUSALS),
)
async def revise_control_test(
    test_id: UUID, revision: TestRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Give a test to someone else, or another date, before it is performed."""
    await actions.revise(
        write.session, test_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.control_test, test_id)


@routes.post(
    "/v1/control-tests/{test_id}/results",
    permission=P.TESTS_PERFORM,
    response_model=TestOut,
    refuses=(NotFound, actions.InquiryAlone, actions.NotYetPerformed, SeparationOfDuties),
)
async def perform_control_test(test_id: UUID, done: PerformedTest, write: Write) -> Response:
    """Record what a test came to, the first time or again: a retest is another result, and the earlier one stays.

    A failure counts for the control's health at once, a pass as soon as someone else has signed it off.
    """
    await actions.perform(write.session, test_id, done=done, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control_test, test_id)


@routes.post(
    "/v1/control-tests/{test_id}/reviews",
    permission=P.TESTS_APPROVE,
    response_model=TestOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def review_control_test(test_id: UUID, review: TestReview, write: Write) -> Response:
    """Sign the last result off, or return it with a reason. The reviewer is not the tester."""
    await actions.review(write.session, test_id, review=review, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control_test, test_id)


@routes.post(
    "/v1/control-tests/{test_id}/cancellations",
    permission=P.TESTS_WRITE,
    response_model=TestOut,
    refuses=(NotFound,),
)
async def cancel_control_test(test_id: UUID, cancellation: TestCancellation, write: Write) -> Response:
    """Say that a planned test is not performed, and why."""
    await actions.cancel(write.session, test_id, reason=cancellation.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.control_test, test_id)
