from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.testing.test_results import actions, queries
from services.controls.testing.test_results.models import Review
from services.controls.testing.test_results.schemas import Push, PushOut, ResultOut
from shared.data.reads import PageRequest
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Title
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("test results")


@routes.get("/v1/test-results", permission=P.TESTS_READ, response_model=Page[ResultOut])
async def list_test_results(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["observed_at", "-observed_at", "updated_at", "-updated_at"] = "-observed_at",
    control_id: UUID | None = None,
    test_id: UUID | None = None,
    source: Annotated[Title | None, Query(examples=["github-actions"])] = None,
    run_id: Title | None = None,
    check: Annotated[Title | None, Query(examples=["branch-protection"])] = None,
    outcome: Outcome | None = None,
    kind: TestKind | None = None,
    review: Review | None = None,
    automated: bool | None = None,
    observed_from: Annotated[Instant | None, Query(description="Observed then or later")] = None,
    observed_until: Annotated[Instant | None, Query(description="Observed before then")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """All results of tests, the latest observed first."""
    return await read.page(
        queries.results,
        PageRequest(limit, cursor, sort),
        control_id=control_id,
        test_id=test_id,
        source=source,
        run_id=run_id,
        check=check,
        outcome=outcome,
        kind=kind,
        review=review,
        automated=automated,
        observed_from=observed_from,
        observed_until=observed_until,
        updated_since=updated_since,
    )


@routes.get("/v1/test-results/{result_id}", permission=P.TESTS_READ, response_model=ResultOut, refuses=(NotFound,))
async def get_test_result(result_id: UUID, read: Read) -> Response:
    """One result."""
    return await read.one(queries.result, result_id)


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
