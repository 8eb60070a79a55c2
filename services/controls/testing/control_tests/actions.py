"""The verbs of a test that people perform. The control is held before its tests, everywhere in this service."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.people.known_members.queries import keep_owner_apart
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.definitions.queries import definition_in_force
from services.controls.testing.control_tests.models import ControlTest, TestDecision, TestStatus
from services.controls.testing.control_tests.schemas import PerformedTest, TestPlan, TestReview, TestRevision
from services.controls.testing.procedures.models import Procedure, ProcedureStatus, ProcedureVersion
from services.controls.testing.procedures.rules import supports
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_results.queries import counting
from services.controls.testing.test_standings.actions import restate, standing_of_procedure
from services.controls.testing.test_standings.models import Standing
from shared.clock import CLOCK_SKEW
from shared.data.records import ANY_VERSION, found, lock_by_id, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.testing import (
    Outcome,
    TestCancelled,
    TestKind,
    TestPlanned,
    TestRecorded,
    TestResultReturned,
    TestResultSignedOff,
    TestRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.problems import Conflict, Fault, Invalid, not_allowed

_NEXT: dict[str, list[str]] = {
    TestStatus.PLANNED: ["revise", "perform", "cancel"],
    TestStatus.PERFORMED: ["review"],
    TestStatus.RETURNED: ["revise", "perform", "cancel"],
    TestStatus.SIGNED_OFF: ["perform"],
    TestStatus.CANCELLED: [],
}
_NOT_THE_OWNER = "The owner of a control cannot test it"


class NothingToTest(Invalid):
    """The control or the procedure does not exist or is not in use."""


class InquiryAlone(Invalid):
    """Inquiry alone cannot support a conclusion."""


class NotYetPerformed(Invalid):
    """The time of the test is in the future."""


@dataclass(frozen=True, slots=True)
class Held:
    """A test, the control it is of, and what it follows. Control and test are locked."""

    test: ControlTest
    control: Control
    procedure: ProcedureVersion

    def about(self) -> dict[str, Any]:
        """What every event about it says."""
        return {
            "test_id": self.test.id,
            "control_id": self.control.id,
            "control_code": self.control.code,
            "title": self.procedure.title,
            "kind": TestKind(self.test.kind),
        }


async def plan(session: AsyncSession, *, draft: TestPlan, by: Actor, at: datetime) -> ControlTest:
    """Plan a test by the version of the procedure that is in force.

    `NothingToTest` names what is not there, retired or not approved yet.
    """
    controls = await lock_by_id(session, Control, [draft.control_id])
    version = await _version_in_force(session, draft.procedure_id)
    faults = [] if controls and controls[0].status != ControlStatus.RETIRED else [_unusable("/control_id", "retired")]
    faults += [] if version else [_unusable("/procedure_id", "retired or not approved yet")]
    if faults or version is None:
        raise NothingToTest("The control or the procedure cannot be used for a test.", faults=faults)
    (control,) = controls
    await keep_owner_apart(session, _NOT_THE_OWNER, owner=control.owner, second=draft.tester)
    # What is tested is the control as it was at the end of the period, and not as it may be by now.
    until = min(at, datetime.combine(draft.period_end, time.max, UTC)) if draft.period_end else at
    tested = await definition_in_force(session, control.id, until)
    test = ControlTest(
        **draft.model_dump(),
        definition_id=tested.id if tested else None,
        procedure_version_id=version.id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(test)
    event = TestPlanned(**Held(test, control, version).about(), due_at=test.due_at)
    announce(session, event, about=test, by=by, at=at)
    touched(session, control.id, at=at)
    return test


async def revise(
    session: AsyncSession, test_id: UUID, *, revision: TestRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Give a test to someone else, or another date, before it is performed."""
    held = await _held(session, test_id, "revise", expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(held.test, name, value)
    await keep_owner_apart(session, _NOT_THE_OWNER, owner=held.control.owner, second=held.test.tester)
    event = TestRevised(**held.about(), due_at=held.test.due_at)
    announce(session, event, about=held.test, by=by, at=at)
    touched(session, held.control.id, at=at)


async def perform(session: AsyncSession, test_id: UUID, *, done: PerformedTest, by: Actor, at: datetime) -> None:
    """Record what a test came to; one that was performed before is retested, and the earlier result stays.

    `InquiryAlone` when it would pass or fail by inquiry alone. A failure counts at once, a pass when it is signed off.
    """
    held = await _held(session, test_id, "perform")
    await keep_owner_apart(session, _NOT_THE_OWNER, owner=held.control.owner, second=by)
    _refuse_unfounded(held, done, at)
    standing = await standing_of_procedure(
        session,
        held.control.id,
        procedure_id=held.test.procedure_id,
        kind=TestKind(held.test.kind),
        title=held.procedure.title,
        at=at,
    )
    result = _result(held, done, standing, by, at)
    session.add(result)
    event = TestRecorded(
        **held.about(),
        standing_id=standing.id,
        automated=False,
        outcome=done.outcome,
        observed_at=result.observed_at,
    )
    announce(session, event, about=result, by=by, at=at)
    held.test.status, held.test.result_id, held.test.outcome = TestStatus.PERFORMED, result.id, done.outcome
    restate(standing, await counting(session, standing.id))
    touched(session, held.control.id, at=at)


async def review(session: AsyncSession, test_id: UUID, *, review: TestReview, by: Actor, at: datetime) -> None:
    """Performed → signed off, or returned with a reason, by someone other than the tester. The result keeps both."""
    held = await _held(session, test_id, "review")
    assert held.test.result_id, "what was performed has a result"
    result = await locked(session, Result, held.test.result_id, noun="test result", expected=ANY_VERSION)
    keep_apart("The tester cannot sign off the test", first=result.tester, second=by)
    result.review, result.reviewer, result.reviewed_at = Review(review.decision), by.text, at
    result.review_reason = review.reason
    held.test.status = TestStatus(review.decision)
    kind = TestResultSignedOff if review.decision == TestDecision.SIGNED_OFF else TestResultReturned
    event = kind(**held.about(), outcome=Outcome(result.outcome), tester=result.tester)
    announce(session, event, about=result, by=by, at=at, reason=review.reason)
    standing = await locked(session, Standing, result.standing_id, noun="test standing", expected=ANY_VERSION)
    restate(standing, await counting(session, standing.id))
    touched(session, held.control.id, at=at)


async def cancel(session: AsyncSession, test_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """What is planned or was returned is not performed; the reason is kept in the trail."""
    held = await _held(session, test_id, "cancel")
    held.test.status = TestStatus.CANCELLED
    announce(session, TestCancelled(**held.about()), about=held.test, by=by, at=at, reason=reason)
    touched(session, held.control.id, at=at)


async def _held(session: AsyncSession, test_id: UUID, verb: str, expected: int = ANY_VERSION) -> Held:
    known = await found(session, ControlTest, test_id)
    controls = await lock_by_id(session, Control, [known.control_id] if known else [])
    test = await locked(session, ControlTest, test_id, noun="control test", expected=expected)
    if verb not in _NEXT[test.status]:
        raise not_allowed(verb, test.status, _NEXT[test.status])
    version = await found(session, ProcedureVersion, test.procedure_version_id)
    assert version, "what was approved is never removed"
    return Held(test, controls[0], version)


async def _version_in_force(session: AsyncSession, procedure_id: UUID) -> ProcedureVersion | None:
    procedure = await found(session, Procedure, procedure_id)
    if procedure is None or procedure.status == ProcedureStatus.RETIRED or procedure.approved_version_id is None:
        return None
    return await found(session, ProcedureVersion, procedure.approved_version_id)


def _unusable(pointer: str, why: str) -> Fault:
    return Fault(pointer, f"unknown, {why}")


def _refuse_unfounded(held: Held, done: PerformedTest, at: datetime) -> None:
    if held.control.status == ControlStatus.RETIRED:
        raise Conflict(f"The control {held.control.code} is retired.")
    if done.observed_at is not None and done.observed_at > at + CLOCK_SKEW:
        raise NotYetPerformed("observed_at is in the future.", faults=[Fault("/observed_at", "in the future")])
    if not supports(held.procedure.methods, done.outcome):
        fault = Fault("/outcome", f"'{held.procedure.title}' uses inquiry only")
        raise InquiryAlone("Inquiry alone cannot support a conclusion; use a stronger method as well.", faults=[fault])


def _result(held: Held, done: PerformedTest, standing: Standing, by: Actor, at: datetime) -> Result:
    return Result(
        org_id=held.test.org_id,
        control_id=held.control.id,
        standing_id=standing.id,
        test_id=held.test.id,
        retest_of=held.test.result_id,
        definition_id=held.test.definition_id,
        kind=held.test.kind,
        outcome=done.outcome,
        observed_at=done.observed_at or at,
        notes=done.notes,
        evidence_ids=done.evidence_ids,
        tester=by.text,
        review=Review.AWAITED,
        created_at=at,
        updated_at=at,
    )
