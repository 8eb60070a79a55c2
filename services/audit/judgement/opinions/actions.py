"""The verbs of an opinion: it is proposed from conclusions, decided by a licensed person, voided by any edit below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.known_firms.queries import known_firm, licences_of
from services.audit.engagements.licensing.rules import may_sign
from services.audit.judgement.conclusions.models import ConclusionAbout, ConclusionVerdict
from services.audit.judgement.conclusions.queries import grounds_of
from services.audit.judgement.conclusions.rules import Grounds, StandingConclusion, what_is_open
from services.audit.judgement.opinions.models import Opinion, OpinionStatus
from services.audit.judgement.opinions.queries import matters_of, standing_opinions, subject_conclusions, verdicts_of
from services.audit.judgement.opinions.rules import faults_of_decision, gravest, proposed
from services.audit.judgement.opinions.schemas import OpinionDraft, OpinionProposal, ProposedSubject
from services.audit.papers.tested_engagements.queries import JUDGED, Tested, engagement_in_work
from shared.data.records import found, lock_by_id
from shared.data.sessions import organisation_of
from shared.data.transactions import Touch
from shared.events.catalogue.judgement import OpinionDecided, OpinionReplaced, OpinionVoided
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Caller, in_person
from shared.identity.team_roles import TeamRole
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound

_BEFORE_JUDGEMENT = frozenset({EngagementPhase.ACCEPTED, EngagementPhase.PLANNING, EngagementPhase.FIELDWORK})


class NotReadyForOpinion(Conflict):
    """Papers are not reviewed, or something is not concluded that the opinion rests on."""


class NotLicensed(Forbidden):
    """The person holds no licence that was verified and is in force."""


async def proposal(session: AsyncSession, engagement_id: UUID) -> OpinionProposal:
    """What follows from the conclusions; `NotReadyForOpinion` before every test is reviewed and all is concluded."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    grounds = await _ready(session, engagement)
    kinds, concluded = proposed(verdicts_of(grounds)), subject_conclusions(grounds)
    subjects = []
    for subject, kind in kinds.items():
        own = concluded[subject]
        others = [f"{each.ref} is {each.verdict}: {each.reason}" for each in grounds.standing if _falls_short(each)]
        because = [f"{subject} is {own.verdict}: {own.reason}", *others]
        subjects.append(ProposedSubject(subject=subject, kind=kind, because=because))
    return OpinionProposal(engagement_id=engagement_id, kind=gravest(kinds), subjects=subjects)


async def decide(
    session: AsyncSession, engagement_id: UUID, *, draft: OpinionDraft, caller: Caller, at: datetime
) -> Opinion:
    """Decide the opinion, as the engagement partner with a licence in force. It takes the place of the last one."""
    person = in_person(caller.actor, "decide an opinion")
    tested = await engagement_in_work(session, engagement_id, caller, "decide the opinion", phases=JUDGED)
    await _require_licence(session, tested, person, at)
    grounds = await _ready(session, tested.engagement)
    offered = proposed(verdicts_of(grounds))
    if faults := faults_of_decision(draft.subjects, offered, draft.departure, matters_of(grounds)):
        raise Invalid("This is no opinion of the engagement.", faults=faults)
    firm = await known_firm(session, organisation_of(session))
    for last in await standing_opinions(session, [engagement_id]):
        last.status = OpinionStatus.REPLACED
        announce(session, OpinionReplaced(**_event_fields(last)), about=last, by=caller.actor, at=at)
    opinion = Opinion(
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        kind=gravest(draft.subjects),
        subjects={subject.value: kind.value for subject, kind in draft.subjects.items()},
        proposed={subject.value: kind.value for subject, kind in offered.items()},
        reason=draft.reason,
        departure=draft.departure,
        signed_as={"name": firm.name if firm else "", "city": draft.city, "state": draft.state},
        rests_on=[UUID(each.id) for each in subject_conclusions(grounds).values()],
        decided_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(opinion)
    event = OpinionDecided(**_event_fields(opinion), departs=draft.departure is not None)
    announce(session, event, about=opinion, by=caller.actor, at=at, reason=draft.reason)
    return opinion


async def void_opinions(session: AsyncSession, engagements: Mapping[UUID, Touch]) -> None:
    """Void opinions whose conclusions do not stand, or whose engagement went back to where tests are executed."""
    for opinion in await standing_opinions(session, list(engagements)):
        engagement = await found(session, Engagement, opinion.engagement_id)
        if engagement is None:
            continue
        grounds = await grounds_of(session, engagement, commitments=False)
        rests_on = {UUID(each.id) for each in subject_conclusions(grounds).values()}
        if rests_on != set(opinion.rests_on) or engagement.phase in _BEFORE_JUDGEMENT:
            await lock_by_id(session, Opinion, [opinion.id])
            if opinion.status != OpinionStatus.DECIDED:  # another edit at the same time has voided it
                continue
            opinion.status = OpinionStatus.VOIDED
            at = engagements[opinion.engagement_id].at
            announce(session, OpinionVoided(**_event_fields(opinion)), about=opinion, by=SYSTEM, at=at)


async def _ready(session: AsyncSession, engagement: Engagement) -> Grounds:
    grounds = await grounds_of(session, engagement)
    missing = [f"Paper {paper.number} is not reviewed." for paper in grounds.papers if not paper.is_reviewed]
    concluded = {each.key for each in grounds.standing}
    for key in grounds.keys:
        if key not in concluded:
            missing += what_is_open(key, grounds) or [f"Nothing is concluded on {key[1]}."]
    if not grounds.subjects:
        missing = ["An opinion is expressed on SOC examinations only."]
    if missing := list(dict.fromkeys(missing)):
        raise NotReadyForOpinion(" ".join(missing[:10]), faults=[Fault("", text) for text in missing])
    return grounds


async def _require_licence(session: AsyncSession, tested: Tested, person: UUID, at: datetime) -> None:
    if tested.role != TeamRole.ENGAGEMENT_PARTNER:
        raise Forbidden("On the team, this is for the engagement partner.")
    licences = await licences_of(session, organisation_of(session))
    if not may_sign(licences, person, tested.kind, at.date()):
        raise NotLicensed("No licence of yours that the operator verified is in force.")


def _falls_short(conclusion: StandingConclusion) -> bool:
    below = conclusion.about != ConclusionAbout.SUBJECT_MATTER
    return below and conclusion.verdict in {
        ConclusionVerdict.NOT_MET,
        ConclusionVerdict.NOT_ACHIEVED,
        ConclusionVerdict.UNABLE,
    }


def _event_fields(opinion: Opinion) -> dict[str, Any]:
    return {name: getattr(opinion, name) for name in ("engagement_id", "kind", "subjects")}
