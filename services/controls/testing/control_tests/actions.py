"""The verbs of a test that people perform. The control is held before its tests, everywhere in this service."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.days import day_of
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.definitions.queries import definition_in_force
from services.controls.testing.control_tests.models import OPEN, ControlTest, TestDecision, TestStatus
from services.controls.testing.control_tests.schemas import PerformedTest, TestPlan, TestReview, TestRevision
from services.controls.testing.procedures.models import Procedure, ProcedureStatus, ProcedureVersion
from services.controls.testing.procedures.rules import supports
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_results.queries import counting
from services.controls.testing.test_standings.actions import restate, standing_of_procedure
from services.controls.testing.test_standings.models import Standing
from shared.clock import CLOCK_SKEW
from shared.data.records import ANY_VERSION, found, lock_by_id, lock_rows, locked
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
from shared.identity.callers import SYSTEM, Actor, Somebody, keep_apart, person_of
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import Conflict, Fault, Invalid, not_allowed

_NEXT: dict[str, list[str]] = {
    TestStatus.PLANNED: ["revise", "perform", "cancel"],
    TestStatus.PERFORMED: ["review"],
    TestStatus.RETURNED: ["revise", "perform", "cancel"],
    TestStatus.SIGNED_OFF: ["perform"],
    TestStatus.CANCELLED: [],
}


class NothingToTest(Invalid):
    """The control or the procedure does not exist or is not in use."""


class InquiryAlone(Invalid):
    """Inquiry alone cannot support a conclusion."""


class NotYetPerformed(Invalid):
    """The time of the test is in the future."""


@dataclass(frozen=True, slots=True)
class LockedTest:
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
    tester_id = await require_person(session, draft.tester, "/tester", needs=P.TESTS_PERFORM)
    controls = await lock_by_id(session, Control, [draft.control_id])
    version = await version_in_force(session, draft.procedure_id)
    faults = [] if controls and controls[0].status != ControlStatus.RETIRED else [_unusable("/control_id", "retired")]
    faults += [] if version else [_unusable("/procedure_id", "retired or not approved yet")]
    if faults or version is None:
        raise NothingToTest("The control or the procedure cannot be used for a test.", faults=faults)
    (control,) = controls
    refuse_owner(control, tester_id)
    # What is tested is the control as it was at the end of the period, and not as it may be by now.
    until = min(at, datetime.combine(draft.period_end, time.max, UTC)) if draft.period_end else at
    tested = await definition_in_force(session, control.id, until)
    test = ControlTest(
        **draft.model_dump(exclude={"tester"}),
        tester_id=tester_id,
        definition_id=tested.id if tested else None,
        procedure_version_id=version.id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(test)
    event = TestPlanned(**LockedTest(test, control, version).about(), due_at=test.due_at, tester_id=tester_id)
    announce(session, event, about=test, by=by, at=at)
    touched(session, control.id, at=at)
    return test


async def revise(
    session: AsyncSession, test_id: UUID, *, revision: TestRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Give a test to someone else, or another date, before it is performed."""
    testers = await people_columns(session, revision, "tester", needs=P.TESTS_PERFORM)
    target = await _locked(session, test_id, "revise", expected)
    for name, value in {**revision.model_dump(exclude_none=True, exclude={"tester"}), **testers}.items():
        setattr(target.test, name, value)
    refuse_owner(target.control, target.test.tester_id)
    event = TestRevised(**target.about(), due_at=target.test.due_at, tester_id=target.test.tester_id)
    announce(session, event, about=target.test, by=by, at=at)
    touched(session, target.control.id, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give the tests that a leaver is to perform to another person, but for those of controls that they own."""
    theirs = select(ControlTest).where(ControlTest.tester_id == handover.from_person, col(ControlTest.status).in_(OPEN))
    waiting = (await session.scalars(theirs)).all()
    owners = {
        control.id: control.owner_id
        for control in await lock_by_id(session, Control, {test.control_id for test in waiting})
    }
    for test in await lock_rows(session, theirs.order_by(col(ControlTest.id))):
        if owners.get(test.control_id) in {None, handover.to_person}:
            continue
        test.tester_id = handover.to_person
        target = await _locked(session, test.id, "revise")
        event = TestRevised(**target.about(), due_at=test.due_at, tester_id=test.tester_id)
        announce(session, event, about=test, by=SYSTEM, at=handover.at, reason=handover.reason)


async def perform(session: AsyncSession, test_id: UUID, *, done: PerformedTest, by: Actor, at: datetime) -> None:
    """Record what a test came to; one that was performed before is retested, and the earlier result stays.

    `InquiryAlone` when it would pass or fail by inquiry alone. A failure counts at once, a pass when it is signed off.
    """
    target = await _locked(session, test_id, "perform")
    refuse_owner(target.control, by)
    _refuse_unfounded(target, done, at)
    standing = await standing_of_procedure(
        session,
        target.control.id,
        procedure_id=target.test.procedure_id,
        kind=TestKind(target.test.kind),
        title=target.procedure.title,
        at=at,
    )
    result = _result(target, done, standing, by, at)
    session.add(result)
    event = TestRecorded(
        **target.about(),
        standing_id=standing.id,
        automated=False,
        outcome=done.outcome,
        observed_at=result.observed_at,
    )
    announce(session, event, about=result, by=by, at=at)
    target.test.status, target.test.result_id, target.test.outcome = TestStatus.PERFORMED, result.id, done.outcome
    restate(standing, await counting(session, standing.id))
    touched(session, target.control.id, at=at)


async def review(session: AsyncSession, test_id: UUID, *, review: TestReview, by: Actor, at: datetime) -> None:
    """Performed → signed off, or returned with a reason, by someone other than the tester. The result keeps both."""
    target = await _locked(session, test_id, "review")
    assert target.test.result_id, "what was performed has a result"
    result = await locked(session, Result, target.test.result_id, noun="test result", expected=ANY_VERSION)
    keep_apart("The tester cannot sign off the test", first=result.tester, second=by)
    result.review, result.reviewer, result.reviewed_at = Review(review.decision), by.recorded, at
    result.review_reason = review.reason
    target.test.status = TestStatus(review.decision)
    kind = TestResultSignedOff if review.decision == TestDecision.SIGNED_OFF else TestResultReturned
    event = kind(**target.about(), outcome=Outcome(result.outcome), tester_id=person_of(result.tester))
    announce(session, event, about=result, by=by, at=at, reason=review.reason)
    standing = await locked(session, Standing, result.standing_id, noun="test standing", expected=ANY_VERSION)
    restate(standing, await counting(session, standing.id))
    touched(session, target.control.id, at=at)


async def cancel(session: AsyncSession, test_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """What is planned or was returned is not performed; the reason is kept in the trail."""
    target = await _locked(session, test_id, "cancel")
    target.test.status = TestStatus.CANCELLED
    announce(session, TestCancelled(**target.about()), about=target.test, by=by, at=at, reason=reason)
    touched(session, target.control.id, at=at)


async def _locked(session: AsyncSession, test_id: UUID, verb: str, expected: int = ANY_VERSION) -> LockedTest:
    known = await found(session, ControlTest, test_id)
    controls = await lock_by_id(session, Control, [known.control_id] if known else [])
    test = await locked(session, ControlTest, test_id, noun="control test", expected=expected)
    if verb not in _NEXT[test.status]:
        raise not_allowed(verb, test.status, _NEXT[test.status])
    version = await found(session, ProcedureVersion, test.procedure_version_id)
    assert version, "what was approved is never removed"
    return LockedTest(test, controls[0], version)


async def version_in_force(session: AsyncSession, procedure_id: UUID) -> ProcedureVersion | None:
    """The approved version of a procedure; None where it is retired or has none yet."""
    procedure = await found(session, Procedure, procedure_id)
    if procedure is None or procedure.status == ProcedureStatus.RETIRED or procedure.approved_version_id is None:
        return None
    return await found(session, ProcedureVersion, procedure.approved_version_id)


def _unusable(pointer: str, why: str) -> Fault:
    return Fault(pointer, f"unknown, {why}")


def _refuse_unfounded(target: LockedTest, done: PerformedTest, at: datetime) -> None:
    if target.control.status == ControlStatus.RETIRED:
        raise Conflict(f"The control {target.control.code} is retired.")
    if done.observed_at is not None and done.observed_at > at + CLOCK_SKEW:
        raise NotYetPerformed("observed_at is in the future.", faults=[Fault("/observed_at", "in the future")])
    if done.observed_at is not None and day_of(done.observed_at) < day_of(target.test.created_at):
        detail = "That was before the test was planned: what was tested before is told as a historical record."
        raise Invalid(detail, faults=[Fault("/observed_at", detail)])
    refuse_inquiry_alone(target.procedure, done.outcome)


def refuse_inquiry_alone(procedure: ProcedureVersion, outcome: Outcome) -> None:
    """`InquiryAlone` where a test by this procedure cannot come to this."""
    if not supports(procedure.methods, outcome):
        fault = Fault("/outcome", f"'{procedure.title}' uses inquiry only")
        raise InquiryAlone("Inquiry alone cannot support a conclusion; use a stronger method as well.", faults=[fault])


def refuse_owner(control: Control, tester: Somebody) -> None:
    """`SeparationOfDuties` where the tester is the owner of the control."""
    keep_apart("The owner of a control cannot test it", first=control.owner_id, second=tester)


def _result(target: LockedTest, done: PerformedTest, standing: Standing, by: Actor, at: datetime) -> Result:
    return Result(
        org_id=target.test.org_id,
        control_id=target.control.id,
        standing_id=standing.id,
        test_id=target.test.id,
        retest_of=target.test.result_id,
        definition_id=target.test.definition_id,
        kind=target.test.kind,
        outcome=done.outcome,
        observed_at=done.observed_at or at,
        notes=done.notes,
        evidence_ids=done.evidence_ids,
        tester=by.recorded,
        review=Review.AWAITED,
        created_at=at,
        updated_at=at,
    )
