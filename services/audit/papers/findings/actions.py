"""The verbs of a finding. What the client may know is announced in its chain as well, in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN
from services.audit.papers.deviations.models import Deviation
from services.audit.papers.deviations.queries import deviations_among
from services.audit.papers.findings.models import Finding, FindingStatus
from services.audit.papers.findings.queries import findings_of
from services.audit.papers.findings.schemas import Compensating, FindingDraft, FindingResponse, FindingRevision
from services.audit.papers.paper_signatures.queries import is_effective
from services.audit.papers.papers.queries import papers_among
from services.audit.papers.tested_engagements.queries import TESTED, engagement_in_work
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written, touched
from shared.events.catalogue.findings import (
    AboutFinding,
    FindingCommunicated,
    FindingConcluded,
    FindingDrafted,
    FindingResponded,
    FindingRevised,
    FindingWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller, keep_apart
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NOUN = "finding"
_SHOWN = frozenset({FindingStatus.COMMUNICATED, FindingStatus.RESPONDED})


class NotCompensating(Conflict):
    """A control that is said to compensate was not found effective by a reviewed paper."""


async def draft_finding(
    session: AsyncSession, engagement_id: UUID, *, draft: FindingDraft, caller: Caller, at: datetime
) -> Finding:
    """Draft a finding from deviations of one control. `Invalid` for deviations that do not stand, or of several."""
    tested = await engagement_in_work(session, engagement_id, caller, f"draft a {_NOUN}", phases=TESTED)
    deviations = await _deviations(session, engagement_id, draft.deviation_ids)
    await _check_compensating(session, engagement_id, deviations[0].control_id, draft.compensating)
    finding = Finding(
        **draft.model_dump(mode="json", exclude={"deviation_ids"}),
        deviation_ids=draft.deviation_ids,
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        client_id=tested.engagement.org_id,
        control_id=deviations[0].control_id,
        control_code=deviations[0].control_code,
        drafted_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(finding)
    announce(session, FindingDrafted(**event_fields(finding)), about=finding, by=caller.actor, at=at)
    return finding


async def revise(
    session: AsyncSession, finding_id: UUID, *, revision: FindingRevision, expected: int, caller: Caller, at: datetime
) -> None:
    """Change a draft; of one that was communicated only which controls compensate."""
    states = [FindingStatus.DRAFTED, *_SHOWN]
    finding = await _in_work(session, finding_id, caller, "revise", states, expected=expected)
    if finding.status != FindingStatus.DRAFTED and revision.model_fields_set - {"compensating"}:
        raise not_allowed("revise the words", finding.status, ["revise what compensates", "withdraw"])
    if revision.deviation_ids is not None:
        deviations = await _deviations(session, finding.engagement_id, revision.deviation_ids)
        finding.deviation_ids = revision.deviation_ids
        finding.control_id, finding.control_code = deviations[0].control_id, deviations[0].control_code
    await _check_compensating(session, finding.engagement_id, finding.control_id, revision.compensating or ())
    for name, value in revision.model_dump(mode="json", exclude_none=True, exclude={"deviation_ids"}).items():
        setattr(finding, name, value)
    announce(session, FindingRevised(**event_fields(finding)), about=finding, by=caller.actor, at=at)


async def communicate(session: AsyncSession, finding_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Drafted → communicated: the client sees it from now on."""
    finding = await _in_work(session, finding_id, caller, "communicate", [FindingStatus.DRAFTED])
    finding.communicated = {"by": caller.actor.recorded, "at": at.isoformat()}
    finding.status = FindingStatus.COMMUNICATED
    await _announce_to_both(session, FindingCommunicated, finding, by=caller.actor, at=at)


async def respond(
    session: AsyncSession, finding_id: UUID, *, response: FindingResponse, by: Actor, at: datetime
) -> None:
    """Communicated or responded → responded, by management. Nobody of the firm responds."""
    seen = await found(session, Finding, finding_id)
    if seen is None or seen.client_id != organisation_of(session):
        raise NotFound(f"There is no {_NOUN} {finding_id}.")
    engagement = await found(session, Engagement, seen.engagement_id)
    if engagement is None or engagement.phase not in OPEN:
        raise not_allowed("respond", engagement.phase if engagement else EngagementPhase.COMPLETED, [])
    keep_apart("Who drafted a finding cannot respond for management", first=seen.drafted_by, second=by)
    async with in_organisation(session, seen.org_id):
        finding = await locked(session, Finding, finding_id, noun=_NOUN)
        if finding.status not in _SHOWN:
            raise not_allowed("respond", finding.status, [])
        finding.response = {**response.model_dump(mode="json"), "by": by.recorded, "at": at.isoformat()}
        finding.status = FindingStatus.RESPONDED
        await _announce_to_both(session, FindingResponded, finding, by=by, at=at)


async def conclude(session: AsyncSession, finding_id: UUID, *, text: str, caller: Caller, at: datetime) -> None:
    """Communicated or responded → concluded.

    `Invalid` when a deviation does not stand, `NotCompensating` unless each control that compensates was tested.
    """
    finding = await _in_work(session, finding_id, caller, "conclude", _SHOWN)
    await _deviations(session, finding.engagement_id, finding.deviation_ids)
    if not await _compensated(session, finding):
        raise NotCompensating("A paper of a compensating control is not reviewed, or found it not effective.")
    finding.conclusion = {"text": text, "by": caller.actor.recorded, "at": at.isoformat()}
    finding.status = FindingStatus.CONCLUDED
    touched(session, finding.engagement_id, at=at)
    event = FindingConcluded(**event_fields(finding))
    announce(session, event, about=finding, by=caller.actor, at=at, reason=text)


async def findings_open(session: AsyncSession, engagement_id: UUID) -> int:
    """How many findings are not settled: not concluded or withdrawn, or concluded from what does not stand."""
    findings = [each for each in await findings_of(session, engagement_id) if each.status != FindingStatus.WITHDRAWN]
    return sum([each.status != FindingStatus.CONCLUDED or not await _stands(session, each) for each in findings])


async def withdraw(session: AsyncSession, finding_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Drafted, communicated or responded → withdrawn."""
    states = [FindingStatus.DRAFTED, *_SHOWN]
    finding = await _in_work(session, finding_id, caller, "withdraw", states)
    finding.withdrawal = {"reason": reason, "by": caller.actor.recorded, "at": at.isoformat()}
    was_shown, finding.status = finding.communicated is not None, FindingStatus.WITHDRAWN
    if was_shown:
        await _announce_to_both(session, FindingWithdrawn, finding, by=caller.actor, at=at, reason=reason)
    else:
        event = FindingWithdrawn(**event_fields(finding))
        announce(session, event, about=finding, by=caller.actor, at=at, reason=reason)


async def _stands(session: AsyncSession, finding: Finding) -> bool:
    known = await deviations_among(session, finding.engagement_id, finding.deviation_ids)
    return len(known) == len(finding.deviation_ids) and await _compensated(session, finding)


async def _compensated(session: AsyncSession, finding: Finding) -> bool:
    named = [UUID(each["paper_id"]) for each in finding.compensating]
    papers = await papers_among(session, finding.engagement_id, named)
    return all(key in papers and is_effective(papers[key]) for key in named)


async def _in_work(
    session: AsyncSession,
    finding_id: UUID,
    caller: Caller,
    verb: str,
    states: Collection[FindingStatus],
    *,
    expected: int = ANY_VERSION,
) -> Finding:
    seen = await found(session, Finding, finding_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {finding_id}.")
    await engagement_in_work(session, seen.engagement_id, caller, f"{verb} a {_NOUN}", phases=TESTED)
    finding = await locked(session, Finding, finding_id, noun=_NOUN, expected=expected)
    if finding.status not in states:
        raise not_allowed(verb, finding.status, [])
    return finding


async def _announce_to_both(
    session: AsyncSession,
    kind: type[AboutFinding],
    finding: Finding,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Announce in the firm's chain and, where the client is another organisation, what it may know in its chain."""
    event = kind(**event_fields(finding))
    announce(session, event, about=finding, by=by, at=at, reason=reason)
    if finding.client_id != finding.org_id:
        shown = {"status": finding.status, "title": finding.title, "response": finding.response}
        async with in_organisation(session, finding.client_id):
            about = Written(finding.id, finding.version, None, shown)
            announce(session, event, about=about, by=by, at=at, reason=reason)


async def _deviations(session: AsyncSession, engagement_id: UUID, ids: Sequence[UUID]) -> list[Deviation]:
    known = await deviations_among(session, engagement_id, ids)
    fault = None
    if len(known) < len(ids):
        fault = Fault("/deviation_ids", "names a deviation that does not stand")
    elif len({each.control_id for each in known.values()}) > 1:
        fault = Fault("/deviation_ids", "are of several controls")
    if fault is not None:
        raise Invalid("The finding does not rest on these deviations.", faults=[fault])
    return [*known.values()]


async def _check_compensating(
    session: AsyncSession, engagement_id: UUID, control_id: UUID, compensating: Sequence[Compensating]
) -> None:
    ids = {each.paper_id for each in compensating}
    papers = await papers_among(session, engagement_id, ids)
    if len(papers) < len(ids) or any(paper.control_id == control_id for paper in papers.values()):
        fault = Fault("/compensating", "names no paper of another control of this engagement")
        raise Invalid("Nothing compensates by such a paper.", faults=[fault])


def event_fields(finding: Finding) -> dict[str, Any]:
    """What every event about a finding says."""
    names = ("engagement_id", "control_id", "control_code", "title", "status")
    return {name: getattr(finding, name) for name in names}
