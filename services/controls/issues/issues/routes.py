from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.days import Day, day_of
from services.controls.issues.issues import actions, queries
from services.controls.issues.issues.models import IssueSource, IssueStatus
from services.controls.issues.issues.schemas import (
    ClosureDraft,
    DueDateChange,
    IssueDraft,
    IssueOut,
    IssueRevision,
    IssueSummary,
    ReopeningDraft,
)
from shared.clock import now
from shared.data.reads import PageRequest
from shared.events.catalogue.controls import Severity
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("issues")

AsOf = Annotated[Day | None, Query(description="Overdue as of this day in UTC; today when left out")]


@routes.get("/v1/issues", permission=P.ISSUES_READ, response_model=Page[IssueSummary])
async def list_issues(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_on",
    control_id: UUID | None = None,
    status: IssueStatus | None = None,
    severity: Severity | None = None,
    source: IssueSource | None = None,
    owner: Annotated[Owner | None, Query()] = None,
    overdue: bool | None = None,
    as_of: AsOf = None,
    q: Annotated[Search | None, Query(description="In the title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The issues, those due first coming first."""
    return await read.page(
        queries.issues,
        PageRequest(limit, cursor, sort),
        as_of=as_of or day_of(now()),
        control_id=control_id,
        status=status,
        severity=severity,
        source=source,
        owner=owner,
        overdue=overdue,
        q=q,
        updated_since=updated_since,
    )


@routes.get("/v1/issues/{issue_id}", permission=P.ISSUES_READ, response_model=IssueOut, refuses=(NotFound,))
async def get_issue(issue_id: UUID, read: Read, as_of: AsOf = None) -> Response:
    """One issue, with its plan, resolution, checks and closure."""
    return await read.one(queries.issue, issue_id, as_of=as_of or day_of(now()))


@routes.post(
    "/v1/issues",
    permission=P.ISSUES_WRITE,
    status_code=201,
    response_model=IssueOut,
    refuses=(actions.IssueKnown,),
)
async def open_issue(draft: IssueDraft, write: Write) -> Response:
    """Put a deficiency on record."""
    issue = await actions.open_issue(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.issue, issue.id, f"/v1/issues/{issue.id}", as_of=_today(write))


@routes.patch("/v1/issues/{issue_id}", permission=P.ISSUES_WRITE, response_model=IssueOut, refuses=(NotFound,))
async def revise_issue(issue_id: UUID, revision: IssueRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change what is said of an issue that is not closed, or whose it is."""
    await actions.revise(
        write.session, issue_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/due-dates", permission=P.ISSUES_VERIFY, response_model=IssueOut, refuses=(NotFound,)
)
async def move_due_date_of_issue(issue_id: UUID, change: DueDateChange, write: Write) -> Response:
    """Let it be due on another day, for a reason. Its owner cannot."""
    await actions.move_due_date(write.session, issue_id, change=change, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post("/v1/issues/{issue_id}/closures", permission=P.ISSUES_VERIFY, response_model=IssueOut, refuses=(NotFound,))
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
