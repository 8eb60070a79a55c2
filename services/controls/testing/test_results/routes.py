from typing import Annotated

from fastapi import Query

from services.controls.testing.test_results import actions, queries
from services.controls.testing.test_results.schemas import Push, PushOut, ResultOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("test results")


routes.list(
    "list_test_results",
    "/v1/test-results",
    queries.results,
    ResultOut,
    permission=P.TESTS_READ,
    description="All results of tests, the latest observed first.",
    auditors=True,
)


routes.one(
    "get_test_result",
    "/v1/test-results/{result_id}",
    queries.result,
    ResultOut,
    permission=P.TESTS_READ,
    description="One result.",
    auditors=True,
)


@routes.post(
    "/v1/test-results",
    permission=P.TEST_RESULTS_PUSH,
    response_model=PushOut,
    refuses=(actions.PushRefused,),
)
async def push_test_results(
    push: Push,
    write: Write,
    atomic: Annotated[bool, Query(description="Record all of them, or none if any is refused")] = False,
) -> PushOut:
    """Report what checks found: one result or up to 1,000, each answered by itself.

    The same source, run, check and control again is known already, and recorded once. These results need no approval
    and are marked as automated.
    """
    return await actions.push(write.session, results=push.results, atomic=atomic, by=write.caller.actor, at=write.at)
