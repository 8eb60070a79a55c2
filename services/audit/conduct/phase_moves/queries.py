"""What an engagement has of what its phases need."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, and_, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.engagement_facts.rules import Dated, Facts, Followed, OnTeam, Work
from services.audit.description.described_engagements.rules import DESCRIBED
from services.audit.description.description_lacks.queries import lacks_of
from services.audit.description.known_commitments.models import KnownCommitment
from services.audit.description.subservice_organisations.models import (
    SubserviceMethod,
    SubserviceOrganisation,
    SubserviceStatus,
)
from services.audit.engagements.candidates.models import Candidate, CandidateStatus
from services.audit.engagements.engagement_documents.models import (
    DocumentKind,
    DocumentStatus,
    EngagementDocument,
)
from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.engagements.rules import CYCLE
from services.audit.engagements.known_firms.queries import known_firm, licences_of
from services.audit.engagements.licensing.rules import may_sign, why_not
from services.audit.engagements.team_members.models import Independence, TeamMember
from services.audit.engagements.team_members.queries import of_own_work, on_team
from services.audit.judgement.areas_of_concern.models import ConcernStatus
from services.audit.judgement.areas_of_concern.queries import concerns_of
from services.audit.judgement.certificates.queries import is_decided
from services.audit.judgement.conclusions.queries import grounds_of
from services.audit.judgement.opinions.queries import standing_opinions
from services.audit.papers.deviations.models import DeviationStatus
from services.audit.papers.deviations.queries import deviations_of
from services.audit.papers.findings.actions import findings_open
from services.audit.papers.papers.queries import papers_of
from services.audit.papers.papers.rules import FINISHED
from services.audit.papers.review_notes.queries import notes_to_clear
from services.audit.reporting.audit_reports.queries import is_reported
from services.audit.requests.requests.queries import unsettled
from services.audit.requests.requests.rules import WAITS_FOR_CLIENT, WAITS_FOR_FIRM
from services.audit.sampling.sample_items.queries import items_pending
from shared.data.base import table_of
from shared.data.records import found
from shared.data.sessions import in_organisation, organisation_of
from shared.identity.team_roles import TeamRole

# How long after the release of the report the file may be assembled (AT-C section 105).
ASSEMBLY = timedelta(days=60)
_FOLLOWING_UP = cast(literal("6 months"), Interval) + cast(literal("60 days"), Interval)


def to_complete(as_of: datetime) -> tuple[ColumnElement[bool], ...]:
    """Engagements whose report was released so long ago that their file has to be assembled by now.

    What an audit of a certification found is followed up for six months after its last day (ISO/IEC 17021-1, 9.5.3.2),
    so that its file stays open for as long.
    """
    engagement = table_of(Engagement).c
    followed_up = and_(engagement.kind.in_(CYCLE), engagement.period_end + _FOLLOWING_UP > as_of.date())
    return engagement.phase == EngagementPhase.ISSUED.value, engagement.issued_at <= as_of - ASSEMBLY, ~followed_up


async def facts_of(session: AsyncSession, engagement: Engagement, *, at: datetime) -> Facts:
    """What is known of an engagement, asked in a transaction of either party.

    Of the client's party the quality review and the licences of people stay unseen; it can do nothing about them.
    """
    kind, today = EngagementKind(engagement.kind), at.date()
    team, documents = await _team(session, engagement, kind, at=at), await _documents(session, engagement)
    work = await _work(session, engagement)
    why_no_licence = None
    if engagement.firm_id is not None:
        firm, licences = await known_firm(session, engagement.firm_id), await licences_of(session, engagement.firm_id)
        why_no_licence = why_not(firm, licences, kind, today)
    last_day = engagement.as_of_date or engagement.period_end
    assert last_day is not None, "an engagement has an as-of date or a period"
    issued = await is_reported(session, engagement)
    followed = await _followed(session, engagement)
    decided = await is_decided(session, engagement.id)
    async with in_organisation(session, engagement.org_id):
        return Facts(
            path=f"/v1/engagements/{engagement.id}",
            kind=kind,
            today=today,
            last_day=last_day,
            has_auditing_party=engagement.firm_id is not None,
            why_no_licence=why_no_licence,
            scope=len(engagement.control_ids),
            has_commitments=await _has_commitments(session, engagement),
            description_lacks=await _description_lacks(session, engagement),
            includes_subservice=await _includes_subservice(session, engagement.id),
            undecided=await _undecided(session, engagement.id),
            **await _unsettled(session, engagement.id),
            team=team,
            documents=documents,
            report_issued=issued,
            work=work,
            followed=followed,
            is_certified_or_refused=decided,
        )


async def _followed(session: AsyncSession, engagement: Engagement) -> Followed | None:
    """The engagement that it follows, where the same auditing party conducted it."""
    before = await found(session, Engagement, engagement.follows_id) if engagement.follows_id else None
    if before is None or before.firm_id != engagement.firm_id:
        return None
    noted = [each.number for each in await concerns_of(session, before.id) if each.status == ConcernStatus.NOTED]
    return Followed(EngagementKind(before.kind), await is_reported(session, before), noted)


async def _team(
    session: AsyncSession, engagement: Engagement, kind: EngagementKind, *, at: datetime
) -> Sequence[OnTeam]:
    licences = await licences_of(session, engagement.firm_id) if engagement.firm_id else ()

    def seen(member: TeamMember) -> OnTeam:
        licensed = may_sign(licences, member.person_id, kind, at.date())
        role, independence = TeamRole(member.role), Independence(member.independence)
        return OnTeam(member.person_name, role, independence, licensed, member.person_id in own_work)

    members = [each for each in await on_team(session, engagement.id) if each.org_id == engagement.firm_id]
    own_work = await of_own_work(session, engagement, [each.person_id for each in members])
    return [seen(member) for member in members]


async def _work(session: AsyncSession, engagement: Engagement) -> Work:
    """What the firm's own rows say; there are none in a transaction of the client."""
    papers = await papers_of(session, engagement.id)
    if not papers and engagement.firm_id != organisation_of(session):
        return Work()
    grounds = await grounds_of(session, engagement)
    concluded = {each.key for each in grounds.standing}
    texts = {each.id: each.text for each in grounds.commitments}
    return Work(
        untested=len(set(engagement.control_ids) - {paper.control_id for paper in papers}),
        unreviewed=[paper.number for paper in papers if paper.status not in FINISHED],
        items_undecided=await items_pending(session, engagement.id),
        to_conclude=[texts.get(ref, ref) for about, ref in grounds.keys if (about, ref) not in concluded],
        notes_open=await notes_to_clear(session, engagement_id=engagement.id),
        deviations_unconcluded=sum(
            each.status != DeviationStatus.CONCLUDED for each in await deviations_of(session, engagement.id)
        ),
        findings_open=await findings_open(session, engagement.id),
        has_opinion=bool(await standing_opinions(session, [engagement.id])),
    )


async def _documents(session: AsyncSession, engagement: Engagement) -> Sequence[Dated]:
    """What was recorded of the engagement with its present firm; with another before, it was another engagement."""
    document = table_of(EngagementDocument).c
    query = select(document.kind, document.recorded_by["firm"].as_string().is_not(None), document.dated_on).where(
        document.engagement_id == engagement.id,
        document.firm_id == engagement.firm_id,
        document.status == DocumentStatus.RECORDED.value,
    )
    return [Dated(DocumentKind(kind), by, day) for kind, by, day in await session.execute(query)]


async def _has_commitments(session: AsyncSession, engagement: Engagement) -> bool:
    commitment = table_of(KnownCommitment).c
    made = exists().where(commitment.programme_id == engagement.programme_id, commitment.withdrawn.is_(False))
    query = select(made)
    return bool(await session.scalar(query))


async def _description_lacks(session: AsyncSession, engagement: Engagement) -> Sequence[str]:
    if engagement.kind not in DESCRIBED:
        return []
    return [lack.text for lack in (await lacks_of(session, engagement.id)).lacks]


async def _includes_subservice(session: AsyncSession, engagement_id: UUID) -> bool:
    organisation = table_of(SubserviceOrganisation).c
    included = exists().where(
        organisation.engagement_id == engagement_id,
        organisation.method == SubserviceMethod.INCLUSIVE.value,
        organisation.status == SubserviceStatus.IN_USE.value,
    )
    return bool(await session.scalar(select(included)))


async def _unsettled(session: AsyncSession, engagement_id: UUID) -> dict[str, int]:
    """How many requests wait for the client, and how many answers for the auditing party."""
    waiting = await unsettled(session, engagement_id)
    return {
        "unanswered": sum(status in WAITS_FOR_CLIENT for status in waiting),
        "unreviewed": sum(status in WAITS_FOR_FIRM for status in waiting),
    }


async def _undecided(session: AsyncSession, engagement_id: UUID) -> int:
    candidate = table_of(Candidate).c
    query = select(func.count()).where(
        candidate.engagement_id == engagement_id,
        candidate.status != CandidateStatus.LAPSED.value,
        candidate.decision.is_(None),
    )
    return int(await session.scalar(query) or 0)
