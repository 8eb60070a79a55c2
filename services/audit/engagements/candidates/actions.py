"""The verbs of a candidate. What is known of the control opens and remediates one; people respond and decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.candidates.models import Candidate, CandidateOutcome, CandidateStatus
from services.audit.engagements.candidates.rules import Finding, consequences
from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN
from services.audit.engagements.facts.rules import Exceedance, Failure
from shared.data.records import ANY_VERSION, locked
from shared.events.catalogue.audit import (
    CandidateConfirmed,
    CandidateCorrected,
    CandidateDismissed,
    CandidateLapsed,
    CandidateRaised,
    CandidateRemediated,
    CandidateReopened,
    CandidateResponded,
    CandidateRiskNoted,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.problems import NotFound, not_allowed

_CHANGE: dict[CandidateStatus, type[CandidateRemediated | CandidateLapsed]] = {
    CandidateStatus.REMEDIATED: CandidateRemediated,
    CandidateStatus.LAPSED: CandidateLapsed,
}


def raise_candidate(
    session: AsyncSession, engagement: Engagement, control_id: UUID, finding: Finding, *, at: datetime
) -> Candidate:
    """Put a finding on record; at once as remediated, when the control is known to work again."""
    candidate = Candidate(
        **asdict(finding),
        org_id=engagement.org_id,
        engagement_id=engagement.id,
        control_id=control_id,
        risks=[],
        responder_ids=[],
        created_at=at,
        updated_at=at,
    )
    session.add(candidate)
    kinds = [CandidateRaised] if finding.remediated_at is None else [CandidateRaised, CandidateRemediated]
    happened = [kind(**_event_fields(candidate)) for kind in kinds]
    announce(session, *happened, about=candidate, by=SYSTEM, at=at, reason=" ".join(candidate.cause))
    return candidate


def follow(session: AsyncSession, candidate: Candidate, finding: Finding, *, at: datetime) -> None:
    """Remediate the candidate when its failure is over; correct it when what is known of it has changed.

    The latter happens when facts are heard in another order than they happened, when the control fails for more reasons
    and when a missed occurrence is performed after all. Only such facts take something off the record: other dates or
    another scope withdraw no candidate, though dates may bring one back.
    """
    unchanged = all(
        getattr(candidate, name) == getattr(finding, name)
        for name in ("kind", "nature", "failed_at", "remediated_at", "cause")
    )
    if unchanged and finding.status in {candidate.status, CandidateStatus.LAPSED}:
        return
    before = candidate.status
    for name, value in asdict(finding).items():
        if name != "failing_version":  # by which it was put on record, once
            setattr(candidate, name, value)
    kind = CandidateCorrected if candidate.status == before else _CHANGE[CandidateStatus(candidate.status)]
    announce(session, kind(**_event_fields(candidate)), about=candidate, by=SYSTEM, at=at)


def note_risks(
    session: AsyncSession,
    candidate: Candidate,
    failing: Iterable[Failure],
    exceedances: Sequence[Exceedance],
    *,
    at: datetime,
) -> None:
    """Note each risk that went above appetite while the control failed, once; it stays when it is back within."""
    if candidate.status == CandidateStatus.LAPSED:
        return
    noted = {UUID(risk["risk_id"]): risk["noted_at"] for risk in candidate.risks}
    found = consequences(failing, exceedances)
    if candidate.risks != _notes(found, noted):
        announce(session, CandidateCorrected(**_event_fields(candidate)), about=candidate, by=SYSTEM, at=at)
    for risk in found:
        if risk.risk_id not in noted:
            noted[risk.risk_id] = at.isoformat()
            event = CandidateRiskNoted(
                **_event_fields(candidate), risk_id=risk.risk_id, risk_title=risk.title, level=risk.level
            )
            announce(session, event, about=candidate, by=SYSTEM, at=at)
    candidate.risks = _notes(found, noted)


async def respond(session: AsyncSession, candidate_id: UUID, *, text: str, by: Actor, at: datetime) -> None:
    """Management's response, until the report is issued. Whoever decided on the candidate is not management."""
    candidate = await _locked(session, candidate_id, "respond")
    if candidate.decision is not None:
        refusal = "Who decided on a candidate cannot respond for management"
        keep_apart(refusal, first=candidate.decision["by"], second=by)
    candidate.management_response = {"text": text, "by": by.recorded, "at": at.isoformat()}
    if by.person is not None:
        candidate.responder_ids = sorted({*candidate.responder_ids, by.person})
    announce(session, CandidateResponded(**_event_fields(candidate)), about=candidate, by=by, at=at)


async def dismiss(
    session: AsyncSession, candidate_id: UUID, engagement_id: UUID, *, reason: str, by: Actor, at: datetime
) -> None:
    """The candidate is no deviation, until the report is issued; the status stays as it is.

    `NotFound` when it is of another engagement; `Conflict` while a deviation stands that it was confirmed as.
    """
    candidate = await _to_decide(session, candidate_id, engagement_id, "dismiss", by=by)
    _decide(candidate, CandidateOutcome.DISMISSED, reason, by=by, at=at)
    event = CandidateDismissed(**_event_fields(candidate))
    announce(session, event, about=candidate, by=by, at=at, reason=reason)


async def confirm(
    session: AsyncSession, candidate_id: UUID, engagement_id: UUID, *, by: Actor, at: datetime
) -> Candidate:
    """The candidate is a deviation, which the auditing party puts on record in its own chain."""
    candidate = await _to_decide(session, candidate_id, engagement_id, "confirm", by=by)
    _decide(candidate, CandidateOutcome.CONFIRMED, None, by=by, at=at)
    announce(session, CandidateConfirmed(**_event_fields(candidate)), about=candidate, by=by, at=at)
    return candidate


async def reopen(session: AsyncSession, candidate_id: UUID, *, by: Actor, at: datetime) -> None:
    """The deviation that it was confirmed as was retracted: it has to be decided on again."""
    candidate = await _locked(session, candidate_id, "reopen")
    candidate.decision = None
    announce(session, CandidateReopened(**_event_fields(candidate)), about=candidate, by=by, at=at)


async def _to_decide(
    session: AsyncSession, candidate_id: UUID, engagement_id: UUID, verb: str, *, by: Actor
) -> Candidate:
    candidate = await _locked(session, candidate_id, verb)
    if candidate.engagement_id != engagement_id:
        raise NotFound(f"There is no candidate {candidate_id} in this engagement.")
    if candidate.decision is not None and candidate.decision["outcome"] == CandidateOutcome.CONFIRMED:
        raise not_allowed(verb, CandidateOutcome.CONFIRMED, ["retract the deviation"])
    for responder in candidate.responder_ids:
        keep_apart("A person who responded for management cannot decide on the candidate", first=responder, second=by)
    return candidate


def _decide(candidate: Candidate, outcome: CandidateOutcome, reason: str | None, *, by: Actor, at: datetime) -> None:
    candidate.decision = {"outcome": outcome.value, "reason": reason, "by": by.recorded, "at": at.isoformat()}


async def _locked(session: AsyncSession, candidate_id: UUID, verb: str) -> Candidate:
    """The candidate, locked, as long as it stands and its engagement's report has not been issued."""
    candidate = await locked(session, Candidate, candidate_id, noun="candidate", expected=ANY_VERSION)
    if candidate.status == CandidateStatus.LAPSED:
        raise not_allowed(verb, candidate.status, [])
    query = select(Engagement.phase).where(col(Engagement.id) == candidate.engagement_id)
    phase = EngagementPhase((await session.execute(query.with_for_update(read=True))).scalar_one())
    if phase not in OPEN:
        raise not_allowed(verb, phase, [])
    return candidate


def _notes(found: Iterable[Exceedance], noted: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "risk_id": str(risk.risk_id),
            "title": risk.title,
            "level": risk.level,
            "exceeded_at": risk.at.isoformat(),
            "noted_at": noted[risk.risk_id],
        }
        for risk in found
        if risk.risk_id in noted
    ]


def _event_fields(candidate: Candidate) -> dict[str, Any]:
    """What every event about a candidate says."""
    return {
        "engagement_id": candidate.engagement_id,
        "control_id": candidate.control_id,
        "control_code": candidate.control_code,
        "nature": candidate.nature,
    }
