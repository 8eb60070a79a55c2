"""What this service hears, and does about it: of evidence, of members, and of its own controls and tests that fail."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.actions import note_expectation, note_proofs
from services.controls.health.models import ProofState
from services.controls.known_members.actions import note_member
from services.controls.recurrences.actions import note_failed_test, note_failing_control
from shared.clock import now
from shared.events.catalogue.controls import ControlFailing
from shared.events.catalogue.evidence import (
    EvidenceAccepted,
    EvidenceExpired,
    EvidenceExpiring,
    EvidenceRefreshed,
    EvidenceSuperseded,
    ExpectationDefined,
    ExpectationWithdrawn,
)
from shared.events.catalogue.gateway import MemberAdded, MemberChanged, MemberRemoved
from shared.events.catalogue.testing import Outcome, TestRecorded
from shared.events.event import Heard, hears

_STATE = {
    EvidenceAccepted: ProofState.ACCEPTED,
    EvidenceRefreshed: ProofState.ACCEPTED,
    EvidenceExpiring: ProofState.EXPIRING,
    EvidenceExpired: ProofState.EXPIRED,
    EvidenceSuperseded: ProofState.SUPERSEDED,
}


@hears(ExpectationDefined, ExpectationWithdrawn)
async def know_what_evidence_is_expected(
    session: AsyncSession, heard: Heard[ExpectationDefined | ExpectationWithdrawn]
) -> None:
    await note_expectation(
        session,
        expectation_id=heard.subject,
        org_id=heard.org_id,
        control_id=heard.event.control_id,
        title=heard.event.title,
        withdrawn=isinstance(heard.event, ExpectationWithdrawn),
        version=heard.version,
        at=heard.occurred_at,
        noted_at=now(),
    )


@hears(EvidenceAccepted, EvidenceRefreshed, EvidenceExpiring, EvidenceExpired, EvidenceSuperseded)
async def reassess_controls_by_their_evidence(
    session: AsyncSession,
    heard: Heard[EvidenceAccepted | EvidenceRefreshed | EvidenceExpiring | EvidenceExpired | EvidenceSuperseded],
) -> None:
    await note_proofs(
        session,
        item_id=heard.subject,
        org_id=heard.org_id,
        title=heard.event.title,
        proves=heard.event.proves,
        state=_STATE[type(heard.event)],
        version=heard.version,
        at=heard.occurred_at,
        noted_at=now(),
    )


@hears(ControlFailing)
async def put_failing_controls_on_record(session: AsyncSession, heard: Heard[ControlFailing]) -> None:
    """In a transaction of its own, since an issue may be about other controls too, which are held with it."""
    await note_failing_control(
        session,
        heard.subject,
        reasons=heard.event.reasons,
        codes=heard.event.reason_codes,
        failed_at=heard.occurred_at,
        at=now(),
    )


@hears(TestRecorded)
async def bring_back_issues_whose_test_fails_again(session: AsyncSession, heard: Heard[TestRecorded]) -> None:
    if heard.event.outcome == Outcome.FAIL:
        await note_failed_test(
            session,
            heard.event.control_id,
            standing_id=heard.event.standing_id,
            title=heard.event.title,
            failed_at=heard.event.observed_at,
            at=now(),
        )


@hears(MemberAdded, MemberChanged, MemberRemoved)
async def know_members_by_their_address(
    session: AsyncSession, heard: Heard[MemberAdded | MemberChanged | MemberRemoved]
) -> None:
    await note_member(
        session, member_id=heard.subject, org_id=heard.org_id, email=heard.event.email, version=heard.version
    )
