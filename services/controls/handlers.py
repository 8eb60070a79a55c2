"""What this service hears, and does about it: of evidence, of members, and of its own controls and tests that fail."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.health.actions import ItemNews, note_expectation, note_proofs
from services.controls.health.health.models import ProofState
from services.controls.issues.recurrences.actions import FailedTest, Failing, note_failed_tests, note_failing_controls
from services.controls.people.known_members.actions import note_member
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
from shared.events.event import Heard, hears, hears_at_once

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


@hears_at_once(EvidenceAccepted, EvidenceRefreshed, EvidenceExpiring, EvidenceExpired, EvidenceSuperseded)
async def reassess_controls_by_their_evidence(
    session: AsyncSession,
    heard: Sequence[
        Heard[EvidenceAccepted | EvidenceRefreshed | EvidenceExpiring | EvidenceExpired | EvidenceSuperseded]
    ],
) -> None:
    news = [
        ItemNews(each.subject, each.event.title, each.event.proves, _STATE[type(each.event)], each.version, each.id)
        for each in heard
    ]
    await note_proofs(session, news, at=heard[0].occurred_at, noted_at=now())


@hears_at_once(ControlFailing)
async def put_failing_controls_on_record(session: AsyncSession, heard: Sequence[Heard[ControlFailing]]) -> None:
    """In a transaction of its own, since an issue may be about other controls too, which are held with it."""
    failing = [Failing(each.subject, each.event.reasons, each.event.reason_codes, each.id) for each in heard]
    await note_failing_controls(session, failing, failed_at=heard[0].occurred_at, at=now())


@hears_at_once(TestRecorded)
async def bring_back_issues_whose_test_fails_again(session: AsyncSession, heard: Sequence[Heard[TestRecorded]]) -> None:
    failed = [
        FailedTest(each.event.control_id, each.event.standing_id, each.event.title, each.event.observed_at, each.id)
        for each in heard
        if each.event.outcome == Outcome.FAIL
    ]
    await note_failed_tests(session, failed, at=now())


@hears(MemberAdded, MemberChanged, MemberRemoved)
async def know_members_by_their_address(
    session: AsyncSession, heard: Heard[MemberAdded | MemberChanged | MemberRemoved]
) -> None:
    await note_member(
        session, member_id=heard.subject, org_id=heard.org_id, email=heard.event.email, version=heard.version
    )
