from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.issues.issues import queries
from services.controls.issues.issues.actions import IssueKnown
from services.controls.issues.issues.schemas import IssueOut
from services.controls.issues.recurrences import actions
from services.controls.issues.recurrences.schemas import TestIssueDraft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("issues from test results")


@routes.post(
    "/v1/test-results/{result_id}/issues",
    permission=P.ISSUES_WRITE,
    status_code=201,
    response_model=IssueOut,
    refuses=(NotFound, actions.NotFailed, IssueKnown, *PERSON_REFUSALS),
)
async def open_issue_for_test_result(result_id: UUID, draft: TestIssueDraft, write: Write) -> Response:
    """Open an issue for a failed test. There is one a test: once closed, it is back when the test fails again."""
    issue = await actions.open_for_result(write.session, result_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.issue, issue.id, f"/v1/issues/{issue.id}", as_of=day_of(write.at))
