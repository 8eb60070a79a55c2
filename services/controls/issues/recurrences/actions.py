"""The verbs of recurrence: a closed issue comes back as a regression instead of being opened twice."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.issues.issue_policies.queries import policy_in_force
from services.controls.issues.issues.actions import locked_issue, open_owned, reopen_locked
from services.controls.issues.issues.models import Issue, IssueSource
from services.controls.issues.issues.queries import of_the_same_cause
from services.controls.issues.issues.rules import HEALTH, has_recurred, of_test
from services.controls.issues.issues.schemas import IssueDescription
from services.controls.issues.recurrences.schemas import TestIssueDraft
from services.controls.register.controls.models import Control
from services.controls.testing.test_results.models import Result
from services.controls.testing.test_standings.models import Standing
from shared.data.records import found, lock_by_id
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.testing import Outcome
from shared.events.trail import caused_by
from shared.identity.callers import SYSTEM, Actor
from shared.people.references import require_people
from shared.problems import Conflict, NotFound

_LONGEST, _LONGEST_TITLE, _MOST_EVIDENCE = 10_000, 200, 50
_SAID_OF_ISSUES = frozenset({ReasonCode.SERIOUS_ISSUE_OPEN, ReasonCode.MORE})


class NotFailed(Conflict):
    """The test did not fail."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A control that fails, in which words, by which codes, and the event that said so."""

    control_id: UUID
    reasons: Sequence[str]
    codes: Sequence[str]
    event_id: UUID


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test of a control that failed, when that was observed, and the event that said so."""

    control_id: UUID
    standing_id: UUID
    title: str
    failed_at: datetime
    event_id: UUID


async def open_for_result(
    session: AsyncSession, result_id: UUID, *, draft: TestIssueDraft, by: Actor, at: datetime
) -> Issue:
    """Open an issue for a failed test. `IssueKnown` when there is one for this test: it comes back by itself."""
    owners = await require_people(session, {"/owner": draft.owner})
    result = await found(session, Result, result_id)
    if result is None:
        raise NotFound(f"There is no test result {result_id}.")
    if result.outcome != Outcome.FAIL:
        raise NotFailed(f"The outcome of the test is {result.outcome}.")
    standing, control = (
        await found(session, Standing, result.standing_id),
        await found(session, Control, result.control_id),
    )
    assert standing is not None
    assert control is not None
    issue = IssueDescription(
        title=draft.title or f"{control.code}: {standing.title} failed"[:_LONGEST_TITLE],
        description=draft.description or result.notes or f"The test '{standing.title}' failed.",
        control_ids=[control.id],
        severity=draft.severity,
        source=IssueSource.TEST,
        source_reference=f"test result {result.id}",
        recurs_with=of_test(standing.id),
        evidence_ids=list(dict.fromkeys(result.evidence_ids))[:_MOST_EVIDENCE],
    )
    owner_id = owners["/owner"].id if owners else control.owner_id
    return await open_owned(session, draft=issue, owner_id=owner_id, by=by, at=at)


async def note_failed_tests(session: AsyncSession, failed: Sequence[FailedTest], *, at: datetime) -> None:
    """Bring the issues back whose correction these tests had been found to show."""
    shown = [
        _Shown(
            failure.control_id,
            of_test(failure.standing_id),
            failure.failed_at,
            f"The test '{failure.title}' failed.",
            failure.event_id,
        )
        for failure in failed
    ]
    await _bring_back(session, shown, at=at)


async def note_failing_controls(
    session: AsyncSession, failing: Sequence[Failing], *, failed_at: datetime, at: datetime
) -> None:
    """Put failing controls on record: as a regression, or where the policy says so and none is known, as an issue.

    A control that fails for no other reason than its open issues is on record already.
    """
    policy = await policy_in_force(session)
    shown = [
        _Shown(failure.control_id, HEALTH, failed_at, " ".join(failure.reasons), failure.event_id)
        for failure in failing
        if not failure.codes or not set(failure.codes) <= _SAID_OF_ISSUES
    ]
    opening = [failure.control_id for failure in shown] if policy.opens_for_failing_controls else []
    new = {*opening} - await _bring_back(session, shown, at=at, also=opening)
    for failure in failing:
        control = await found(session, Control, failure.control_id) if failure.control_id in new else None
        if control is None:
            continue
        draft = IssueDescription(
            title=f"Control {control.code} fails",
            description="\n".join(failure.reasons)[:_LONGEST],
            control_ids=[control.id],
            severity=policy.severity_for_failing_controls,
            source=IssueSource.CONTROL_HEALTH,
            recurs_with=HEALTH,
        )
        with caused_by(session, failure.event_id):
            await open_owned(session, draft=draft, owner_id=control.owner_id, by=SYSTEM, at=at)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What shows a cause again: at which control and when, in words, and the event that said so."""

    control_id: UUID
    cause: str
    failed_at: datetime
    reason: str
    event_id: UUID


async def _bring_back(
    session: AsyncSession, shown: Sequence[_Shown], *, at: datetime, also: Collection[UUID] = ()
) -> set[UUID]:
    """Take in that what shows a cause has failed again; the controls of which an issue is known to have it.

    One that was verified as corrected before then reopens as a regression. One that is open stays as it is, and so
    does one whose risk was accepted, or that was a duplicate. The controls in `also` are locked with theirs.
    """
    if not shown:
        return set()
    again = defaultdict(list)
    for failure in shown:
        again[failure.control_id, failure.cause].append(failure)
    known = await of_the_same_cause(session, {control_id for control_id, _ in again}, *{cause for _, cause in again})
    await lock_by_id(session, Control, {*also, *(control for issue in known for control in issue.control_ids)})
    on_record: set[UUID] = set()
    for issue in known:
        for control_id in issue.control_ids:
            for failure in again.get((control_id, issue.recurs_with or ""), []):
                on_record.add(control_id)
                its = await locked_issue(session, issue.id)
                if its.closure is not None and has_recurred(its.closure, failure.failed_at):
                    with caused_by(session, failure.event_id):
                        await reopen_locked(session, its, reason=failure.reason, by=SYSTEM, at=at)
    return on_record
