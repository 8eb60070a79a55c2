"""The verbs of a conclusion. What rests on something that changed is voided when a transaction is concluded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.judgement.conclusions.models import Conclusion, ConclusionStatus
from services.audit.judgement.conclusions.queries import grounds_of, standing_rows
from services.audit.judgement.conclusions.rules import (
    Grounds,
    basis_of,
    faults_of_matters,
    fits,
    is_for_want_of_evidence,
    stale,
    what_is_open,
)
from services.audit.judgement.conclusions.schemas import ConclusionDraft
from services.audit.judgement.matters.queries import concluded_findings
from services.audit.judgement.matters.rules import faults_of_matter, matter_of
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.papers.tested_engagements.queries import JUDGED, engagement_in_work
from shared.data.records import found, lock_by_id
from shared.data.sessions import organisation_of
from shared.data.transactions import Touch, touched
from shared.events.catalogue.judgement import ConclusionReached, ConclusionReplaced, ConclusionVoided
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Caller, in_person
from shared.problems import Conflict, Fault, Invalid


class NotReadyToConclude(Conflict):
    """Something has to be there before this is concluded."""


async def conclude(
    session: AsyncSession, engagement_id: UUID, *, draft: ConclusionDraft, caller: Caller, at: datetime
) -> Conclusion:
    """Conclude, in evaluation or later; a conclusion takes the place of the last one on the same.

    `NotReadyToConclude` while papers are not reviewed, or nothing is concluded on what is below. `Invalid` for what
    the engagement does not judge, and for matters that its conclusions do not bear out.
    """
    in_person(caller.actor, "conclude")
    tested = await engagement_in_work(session, engagement_id, caller, "conclude", phases=JUDGED)
    grounds, key = await grounds_of(session, tested.engagement), (draft.about, draft.ref)
    faults = [] if key in grounds.keys else [Fault("/ref", f"no {draft.about} of this engagement")]
    if not fits(draft.about, draft.verdict):
        faults.append(Fault("/verdict", f"not of a {draft.about}"))
    if faults:
        raise Invalid("This is no conclusion of the engagement.", faults=faults)
    if missing := what_is_open(key, grounds):
        raise NotReadyToConclude(" ".join(missing[:10]), faults=[Fault("/ref", text) for text in missing])
    matters = await _matters(session, engagement_id, draft, grounds)
    for row in await standing_rows(session, engagement_id):
        if (row.about, row.ref) == key:
            row.status = ConclusionStatus.REPLACED
            announce(session, ConclusionReplaced(**_event_fields(row)), about=row, by=caller.actor, at=at)
    conclusion = Conclusion(
        **draft.model_dump(exclude={"matters"}),
        matters=[each.model_dump(mode="json") for each in matters],
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        rests_on=basis_of(key, grounds),
        concluded_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(conclusion)
    event = ConclusionReached(**_event_fields(conclusion))
    announce(session, event, about=conclusion, by=caller.actor, at=at, reason=draft.reason)
    touched(session, engagement_id, at=at)
    return conclusion


async def void_what_is_stale(session: AsyncSession, engagements: Mapping[UUID, Touch]) -> None:
    """Void what rests on something that changed in these engagements; before each commit that touched one."""
    for engagement_id, touch in engagements.items():
        standing = await standing_rows(session, engagement_id)
        engagement = await found(session, Engagement, engagement_id) if standing else None
        if engagement is None:
            continue
        gone = [UUID(each.id) for each in stale(await grounds_of(session, engagement, commitments=False))]
        for row in await lock_by_id(session, Conclusion, gone):
            if row.status != ConclusionStatus.CONCLUDED:  # another edit at the same time has voided it
                continue
            row.status = ConclusionStatus.VOIDED
            announce(session, ConclusionVoided(**_event_fields(row)), about=row, by=SYSTEM, at=touch.at)


async def _matters(
    session: AsyncSession, engagement_id: UUID, draft: ConclusionDraft, grounds: Grounds
) -> list[MatterOut]:
    """What modifies the opinion on the subject matter, with all that it concerns. `Invalid` with every fault."""
    findings = await concluded_findings(session, engagement_id) if draft.matters else {}
    matters, faults, short = list[MatterOut](), list[Fault](), grounds.fallen_short
    for place, each in enumerate(draft.matters):
        finding = findings.get(each.finding_id) if each.finding_id else None
        known = each.finding_id is None or finding is not None
        lacking = is_for_want_of_evidence(draft.verdict)
        matter = matter_of(each, finding, short, for_want_of_evidence=lacking) if known else None
        wrong = faults_of_matter(each, matter, draft.ref, short)
        faults += [Fault(f"/matters/{place}{fault.pointer}", fault.detail) for fault in wrong]
        matters += [matter] if matter else []
    if faults := faults or list(faults_of_matters((draft.about, draft.ref), draft.verdict, matters)):
        raise Invalid("The conclusion does not say what modifies the opinion.", faults=faults)
    return matters


async def void_all(session: AsyncSession, engagement_id: UUID, *, at: datetime) -> int:
    """Void every conclusion of an engagement, since what it examines is another; how many there were."""
    rows = await standing_rows(session, engagement_id)
    for row in rows:
        row.status = ConclusionStatus.VOIDED
        announce(session, ConclusionVoided(**_event_fields(row)), about=row, by=SYSTEM, at=at)
    return len(rows)


def _event_fields(conclusion: Conclusion) -> dict[str, Any]:
    names = ("engagement_id", "about", "ref", "verdict")
    return {name: getattr(conclusion, name) for name in names}
