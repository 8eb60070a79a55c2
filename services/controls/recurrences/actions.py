"""The verbs of recurrence: a closed issue comes back as a regression instead of being opened twice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.controls.models import Control
from services.controls.holding import hold
from services.controls.issue_policies.queries import policy_in_force
from services.controls.issues.actions import held, open_issue, reopen_held
from services.controls.issues.models import Issue, IssueSource
from services.controls.issues.queries import of_the_same_cause
from services.controls.issues.rules import HEALTH, came_undone, of_test
from services.controls.issues.schemas import IssueDraft
from services.controls.recurrences.schemas import TestIssueDraft
from services.controls.test_results.models import Result
from services.controls.test_standings.models import Standing
from shared.data.records import found
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.testing import Outcome
from shared.identity.callers import SYSTEM
from shared.problems import Conflict, NotFound

_LONGEST, _LONGEST_TITLE, _MOST_EVIDENCE = 10_000, 200, 50
_SAID_OF_ISSUES = frozenset({ReasonCode.SERIOUS_ISSUE_OPEN, ReasonCode.MORE})


class NotFailed(Conflict):
    """Only a failed test is an issue."""


async def note_recurrence(
    session: AsyncSession, control_id: UUID, *, cause: str, failed_at: datetime, reason: str, at: datetime
) -> bool:
    """Take in that what shows a cause has failed again; whether an issue of the control is known to have it.

    One that was verified as corrected before then reopens as a regression. One that is open stays as it is, and so
    does one whose risk was accepted, or that was a duplicate.
    """
    known = await of_the_same_cause(session, [control_id], cause)
    await hold(session, [control for each in known for control in each.control_ids])
    for each in known:
        controls, issue = await held(session, each.id)
        if issue.closure is not None and came_undone(issue.closure, failed_at):
            await reopen_held(session, issue, controls, reason=reason, by=SYSTEM, at=at)
    return bool(known)


async def open_for_result(
    session: AsyncSession, result_id: UUID, *, draft: TestIssueDraft, by: str, at: datetime
) -> Issue:
    """Open an issue for a failed test. `IssueKnown` when there is one for this test: it comes back by itself."""
    result = await found(session, Result, result_id)
    if result is None:
        raise NotFound(f"There is no test result {result_id}.")
    if result.outcome != Outcome.FAIL:
        raise NotFailed(f"The test came to {result.outcome}.")
    standing, control = (
        await found(session, Standing, result.standing_id),
        await found(session, Control, result.control_id),
    )
    assert standing is not None
    assert control is not None
    issue = IssueDraft(
        title=draft.title or f"{control.code}: {standing.title} failed"[:_LONGEST_TITLE],
        description=draft.description or result.notes or f"The test '{standing.title}' failed.",
        control_ids=[control.id],
        severity=draft.severity,
        source=IssueSource.TEST,
        source_reference=f"test result {result.id}",
        recurs_with=of_test(standing.id),
        owner=draft.owner or control.owner,
        evidence_ids=list(dict.fromkeys(result.evidence_ids))[:_MOST_EVIDENCE],
    )
    return await open_issue(session, draft=issue, by=by, at=at)


async def note_failed_test(
    session: AsyncSession, control_id: UUID, *, standing_id: UUID, title: str, failed_at: datetime, at: datetime
) -> None:
    """Bring the issue back whose correction the test had been found to show."""
    reason = f"The test '{title}' failed."
    await note_recurrence(session, control_id, cause=of_test(standing_id), failed_at=failed_at, reason=reason, at=at)


async def note_failing_control(
    session: AsyncSession,
    control_id: UUID,
    *,
    reasons: Sequence[str],
    codes: Sequence[str],
    failed_at: datetime,
    at: datetime,
) -> None:
    """Put a failing control on record: as a regression, or where the policy says so and none is known, as an issue.

    A control that fails for no other reason than its open issues is on record already.
    """
    if codes and set(codes) <= _SAID_OF_ISSUES:
        return
    reason = " ".join(reasons)
    if await note_recurrence(session, control_id, cause=HEALTH, failed_at=failed_at, reason=reason, at=at):
        return
    policy, control = await policy_in_force(session), await found(session, Control, control_id)
    if policy.opens_for_failing_controls and control is not None:
        draft = IssueDraft(
            title=f"Control {control.code} fails",
            description="\n".join(reasons)[:_LONGEST],
            control_ids=[control_id],
            severity=policy.severity_for_failing_controls,
            source=IssueSource.CONTROL_HEALTH,
            recurs_with=HEALTH,
            owner=control.owner,
        )
        await open_issue(session, draft=draft, by=SYSTEM, at=at)
