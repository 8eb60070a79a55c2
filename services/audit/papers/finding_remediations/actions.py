"""The verbs of a remediation: management states it, the firm verifies or rejects it. Both chains have each."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.parties.queries import at_client
from services.audit.papers.finding_remediations.models import FindingRemediation, RemediationStatus
from services.audit.papers.finding_remediations.schemas import RemediationDecision, RemediationDraft
from services.audit.papers.findings.models import Finding, FindingStatus
from services.audit.papers.tested_engagements.queries import engagement_taking_up
from shared.data.records import found, locked
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.findings import AboutRemediation, FindingRemediated, FindingRemediationDecided
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller, keep_apart
from shared.problems import Fault, Invalid, NotFound, not_allowed

_NOUN = "finding remediation"


async def state(
    session: AsyncSession, finding_id: UUID, *, draft: RemediationDraft, by: Actor, at: datetime
) -> FindingRemediation:
    """State what was done about a finding that was communicated, as management. The finding stays as it is."""
    finding = await found(session, Finding, finding_id)
    if finding is None or finding.client_id != organisation_of(session):
        raise NotFound(f"There is no finding {finding_id}.")
    if finding.status == FindingStatus.WITHDRAWN or finding.communicated is None:
        raise not_allowed("state a remediation", finding.status, [])
    if draft.done_on > at.astimezone(UTC).date():
        raise Invalid("What is not done yet is a plan.", faults=[Fault("/done_on", "lies ahead")])
    made = FindingRemediation(
        **draft.model_dump(),
        org_id=organisation_of(session),
        finding_id=finding.id,
        engagement_id=finding.engagement_id,
        firm_id=finding.org_id,
        control_id=finding.control_id,
        stated_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    await _announce(session, FindingRemediated, made, by=by, at=at)
    return made


async def decide(
    session: AsyncSession, key: UUID, *, decision: RemediationDecision, caller: Caller, at: datetime
) -> None:
    """Stated → verified or rejected, by the team of the engagement or of one that follows it."""
    seen = await found(session, FindingRemediation, key)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {key}.")
    tested = await engagement_taking_up(session, seen.engagement_id, caller, f"decide on a {_NOUN}")
    keep_apart("Who stated a remediation cannot verify it", first=seen.stated_by, second=caller.actor)
    async with at_client(session, tested.engagement.id):
        made = await locked(session, FindingRemediation, key, noun=_NOUN)
        if made.status != RemediationStatus.STATED:
            raise not_allowed("decide on it", made.status, [])
        made.status = RemediationStatus.VERIFIED if decision.verified else RemediationStatus.REJECTED
        made.decision = {
            "engagement_id": str(tested.engagement.id),
            "reason": decision.reason,
            "by": caller.actor.recorded,
            "at": at.isoformat(),
        }
        await _announce(session, FindingRemediationDecided, made, by=caller.actor, at=at, reason=decision.reason)


async def _announce(
    session: AsyncSession,
    kind: type[AboutRemediation],
    made: FindingRemediation,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Announce in the client's chain, where the row is, and in the firm's."""
    names = ("engagement_id", "finding_id", "control_id", "status", "done_on")
    event = kind(**{name: getattr(made, name) for name in names})
    announce(session, event, about=made, by=by, at=at, reason=reason)
    if made.firm_id != made.org_id:
        async with in_organisation(session, made.firm_id):
            about = Written(made.id, made.version, None, {"status": made.status})
            announce(session, event, about=about, by=by, at=at, reason=reason)
