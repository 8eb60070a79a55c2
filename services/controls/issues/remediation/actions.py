"""The verbs of remediation: plan, resolve, check. Who claims that an issue is resolved does not check it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.issues.issues.actions import ALLOWED, close_locked, event_fields, locked_issue
from services.controls.issues.issues.models import Closure, Effectiveness, Issue, IssueStatus
from services.controls.issues.issues.rules import UNRESOLVED, of_test
from services.controls.issues.remediation.schemas import EffectivenessCheckDraft, IssuePlan, ResolutionDraft
from services.controls.testing.test_standings.models import Standing
from shared.data.transactions import touched
from shared.events.catalogue.issues import IssueActionPlanned, IssueReopened, IssueResolved
from shared.events.catalogue.testing import Outcome
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.people.references import require_people
from shared.problems import Conflict, Fault, not_allowed


class ActionsUnfinished(Conflict):
    """Some corrective actions are not done."""


class TestStillFails(Conflict):
    """The test that raised the issue has not passed since."""


async def plan(
    session: AsyncSession, issue_id: UUID, *, draft: IssuePlan, expected: int, by: Actor, at: datetime
) -> None:
    """Put down root cause and corrective action, or put them down anew. An open issue is remediating from now on."""
    references = {f"/actions/{place}/owner": action.owner for place, action in enumerate(draft.actions)}
    done = {f"/actions/{place}/owner": action.done_on for place, action in enumerate(draft.actions) if action.done_on}
    owners = await require_people(session, references, days=done)
    issue = await locked_issue(session, issue_id, expected=expected)
    if issue.status not in UNRESOLVED:
        raise _refused("plan", issue)
    issue.status = IssueStatus.REMEDIATING
    actions = [
        {**action.model_dump(mode="json", exclude={"owner"}), "owner_id": str(owners[f"/actions/{place}/owner"].id)}
        for place, action in enumerate(draft.actions)
    ]
    issue.plan = _signed({**draft.model_dump(mode="json", exclude={"actions"}), "actions": actions}, by, at)
    announce(session, IssueActionPlanned(**event_fields(issue)), about=issue, by=by, at=at)
    touched(session, *issue.control_ids, at=at)


async def resolve(session: AsyncSession, issue_id: UUID, *, draft: ResolutionDraft, by: Actor, at: datetime) -> None:
    """Remediating → resolved: claim that all that was planned is done."""
    issue = await locked_issue(session, issue_id)
    if issue.status != IssueStatus.REMEDIATING or issue.plan is None:
        raise _refused("resolve", issue)
    if open_ones := [place for place, action in enumerate(issue.plan["actions"]) if action["done_on"] is None]:
        faults = [Fault(f"/plan/actions/{place}/done_on", "not done") for place in open_ones]
        raise ActionsUnfinished("Say in the plan when each action was done, then resolve the issue.", faults=faults)
    issue.status = IssueStatus.RESOLVED
    issue.resolution = _signed(draft.model_dump(mode="json"), by, at)
    event = IssueResolved(**event_fields(issue))
    announce(session, event, about=issue, by=by, at=at, reason=draft.statement)
    touched(session, *issue.control_ids, at=at)


async def check(
    session: AsyncSession, issue_id: UUID, *, draft: EffectivenessCheckDraft, by: Actor, at: datetime
) -> None:
    """Resolved → closed as verified, or back to open when the correction does not work: then it is planned anew."""
    issue = await locked_issue(session, issue_id)
    if issue.status != IssueStatus.RESOLVED or issue.resolution is None:
        raise _refused("check", issue)
    keep_apart("The person who resolved an issue cannot verify it", first=issue.resolution["by"], second=by)
    if draft.outcome == Effectiveness.EFFECTIVE and issue.recurs_with is not None:
        await _require_pass(session, issue.recurs_with, issue.control_ids)
    done = _signed(draft.model_dump(mode="json"), by, at)
    issue.effectiveness_checks = [*issue.effectiveness_checks, done]
    if draft.outcome == Effectiveness.EFFECTIVE:
        closure = {"outcome": Closure.VERIFIED, "reason": draft.conclusion, "duplicate_of": None}
        close_locked(session, issue, closure, by=by, at=at)
        return
    issue.status, issue.resolution = IssueStatus.OPEN, None
    event = IssueReopened(**event_fields(issue), regression=False, regressions=issue.regressions)
    announce(session, event, about=issue, by=by, at=at, reason=draft.conclusion)
    touched(session, *issue.control_ids, at=at)


async def _require_pass(session: AsyncSession, cause: str, control_ids: Sequence[UUID]) -> None:
    """What shows the cause must not show it at this moment."""
    failing = select(Standing.id, Standing.title).where(
        col(Standing.control_id).in_(control_ids),
        Standing.concluded == Outcome.FAIL,
        col(Standing.withdrawn_at).is_(None),
    )
    for standing_id, title in await session.execute(failing):
        if of_test(standing_id) == cause:
            raise TestStillFails(f"The test '{title}' fails; the correction is effective when it passes.")


def _signed(given: dict[str, Any], by: Actor, at: datetime) -> dict[str, Any]:
    return {**given, "by": by.recorded, "at": at.isoformat()}


def _refused(verb: str, issue: Issue) -> Conflict:
    return not_allowed(verb, issue.status, ALLOWED[IssueStatus(issue.status)])
