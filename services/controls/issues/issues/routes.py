from datetime import date
from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.issues.issues import actions, queries
from services.controls.issues.issues.schemas import (
    ClosureDraft,
    DueDateChange,
    IssueDraft,
    IssueOut,
    IssueRevision,
    IssueSummary,
    ReopeningDraft,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("issues")


routes.list(
    "list_issues",
    "/v1/issues",
    queries.issues,
    IssueSummary,
    permission=P.ISSUES_READ,
    description="The issues, those due first coming first.",
    auditors=True,
)


routes.one(
    "get_issue",
    "/v1/issues/{issue_id}",
    queries.issue,
    IssueOut,
    permission=P.ISSUES_READ,
    description="One issue, with its plan, resolution, checks and closure.",
    auditors=True,
)


@routes.post(
    "/v1/issues",
    permission=P.ISSUES_WRITE,
    status_code=201,
    response_model=IssueOut,
    refuses=(actions.IssueKnown, *PERSON_REFUSALS),
)
async def open_issue(draft: IssueDraft, write: Write) -> Response:
    """Put a deficiency on record."""
    issue = await actions.open_issue(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.issue, issue.id, f"/v1/issues/{issue.id}", as_of=_today(write))


@routes.patch(
    "/v1/issues/{issue_id}",
    permission=P.ISSUES_WRITE,
    response_model=IssueOut,
    refuses=(NotFound, SeparationOfDuties, *PERSON_REFUSALS),
)
async def revise_issue(issue_id: UUID, revision: IssueRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change what is said of an issue that is not closed, or whose it is."""
    await actions.revise(
        write.session, issue_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/due-dates",
    permission=P.ISSUES_VERIFY,
    response_model=IssueOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def move_due_date_of_issue(issue_id: UUID, change: DueDateChange, write: Write) -> Response:
    """Let it be due on another day, for a reason. Its owner cannot."""
    await actions.move_due_date(write.session, issue_id, change=change, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/closures",
    permission=P.ISSUES_VERIFY,
    response_model=IssueOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def close_issue(issue_id: UUID, draft: ClosureDraft, write: Write) -> Response:
    """Close it without correction, for a reason. A correction closes it by an effectiveness check."""
    await actions.close(write.session, issue_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/reopenings", permission=P.ISSUES_WRITE, response_model=IssueOut, refuses=(NotFound,)
)
async def reopen_issue(issue_id: UUID, draft: ReopeningDraft, write: Write) -> Response:
    """Open a closed issue again; it counts as a regression when its correction had been verified."""
    await actions.reopen(write.session, issue_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


def _today(write: Write) -> date:
    return day_of(write.at)
