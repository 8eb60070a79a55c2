from datetime import date
from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.issues.issues import queries
from services.controls.issues.issues.schemas import IssueOut
from services.controls.issues.remediation import actions
from services.controls.issues.remediation.schemas import EffectivenessCheckDraft, IssuePlan, ResolutionDraft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("remediation")


@routes.put(
    "/v1/issues/{issue_id}/plan",
    permission=P.ISSUES_WRITE,
    response_model=IssueOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def plan_corrective_action(issue_id: UUID, draft: IssuePlan, expected: ExpectedVersion, write: Write) -> Response:
    """Put down root cause and corrective action, also to say what is done by now. The trail keeps what was before."""
    await actions.plan(write.session, issue_id, draft=draft, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/resolutions",
    permission=P.ISSUES_WRITE,
    response_model=IssueOut,
    refuses=(NotFound, actions.ActionsUnfinished),
)
async def resolve_issue(issue_id: UUID, draft: ResolutionDraft, write: Write) -> Response:
    """Claim that the issue is corrected, with all planned actions done."""
    await actions.resolve(write.session, issue_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


@routes.post(
    "/v1/issues/{issue_id}/effectiveness-checks",
    permission=P.ISSUES_VERIFY,
    response_model=IssueOut,
    refuses=(NotFound, actions.TestStillFails, SeparationOfDuties),
)
async def check_effectiveness(issue_id: UUID, draft: EffectivenessCheckDraft, write: Write) -> Response:
    """Say whether the correction works: it closes the issue, or opens it again. Not by who resolved it."""
    await actions.check(write.session, issue_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(queries.issue, issue_id, as_of=_today(write))


def _today(write: Write) -> date:
    return day_of(write.at)
