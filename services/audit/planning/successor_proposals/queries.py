from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.engagements.engagements.rules import AS_OF_A_DATE, CYCLE
from services.audit.engagements.engagements.schemas import EngagementDraft
from services.audit.engagements.known_programmes.queries import known_programme
from services.audit.judgement.certificates.queries import granted_certificate
from services.audit.planning.milestones.models import Milestone, MilestoneKind, MilestoneStatus
from services.audit.planning.successor_proposals.rules import (
    Certified,
    Following,
    Step,
    following,
    following_audit,
    title_of,
)
from services.audit.planning.successor_proposals.schemas import ProposedMilestone, SuccessorProposalOut
from shared.data.queries import Query
from shared.data.records import found
from shared.http.fields import NamedPerson
from shared.people.references import people_with_ids
from shared.problems import Conflict, NotFound

Months = Annotated[
    int | None,
    Field(
        ge=1,
        le=36,
        examples=[12],
        description="How long the next period is, or how much later the next date or stage 2; how long before it is due"
        " a surveillance or recertification ends. Left out, the period is as long as the last, and a date comes a year"
        " later. After a first period of a few months, 12 is the convention",
    ),
]


class NothingFollows(Conflict):
    """No engagement follows on."""


class SuccessorQuery(Query):
    """How the engagement that follows on is to differ."""

    months: Months = None


async def successor_proposal(session: AsyncSession, engagement_id: UUID, query: SuccessorQuery) -> SuccessorProposalOut:
    """What follows on from an engagement; `NotFound` when there is none, `NothingFollows` where none does."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    first_day = engagement.as_of_date or engagement.period_start
    last_day = engagement.as_of_date or engagement.period_end
    assert first_day is not None, "an engagement has an as-of date or a period"
    assert last_day is not None, "a period has two ends"
    kind = EngagementKind(engagement.kind)
    then = following(kind, first_day, last_day, months=query.months)
    if then is None:
        certified = await _certified(session, engagement)
        audit = following_audit(kind, first_day, last_day, certified=certified, months=query.months)
        if audit is None:
            raise NothingFollows(f"Nothing follows on from {kind}, or no certificate is granted yet.")
        kind, then = audit
    return SuccessorProposalOut(
        follows=engagement_id,
        engagement=await _draft(session, engagement, kind, then),
        firm_id=engagement.firm_id,
        control_ids=engagement.control_ids,
        milestones=await _milestones(session, engagement_id, then.step),
    )


async def _certified(session: AsyncSession, engagement: Engagement) -> Certified | None:
    """The certificate of the newest audit at or before this one that has one, with the surveillance audits since."""
    surveillances = 0
    here: Engagement | None = engagement
    while here is not None and here.kind in CYCLE:
        if (granted := await granted_certificate(session, here.id)) is not None:
            assert granted.valid_until is not None, "a granted certificate has its last day"
            return Certified(granted.decided_on, granted.valid_until, surveillances)
        surveillances += here.kind == EngagementKind.ISO27001_SURVEILLANCE
        here = await found(session, Engagement, here.follows_id) if here.follows_id else None
    return None


async def _draft(
    session: AsyncSession, engagement: Engagement, kind: EngagementKind, then: Following
) -> EngagementDraft:
    """The draft; for no programme where the one before has ended, since nothing can be started for it."""
    programme = await known_programme(session, engagement.programme_id) if engagement.programme_id else None
    as_of = kind in AS_OF_A_DATE
    return EngagementDraft.model_validate(
        {
            "kind": kind,
            "title": title_of(kind, then),
            "programme_id": programme.id if programme and not programme.ended else None,
            "follows_id": engagement.id,
            "categories": engagement.categories or None,
            "as_of_date": then.first_day if as_of else None,
            "period_start": None if as_of else then.first_day,
            "period_end": None if as_of else then.last_day,
            "industry": engagement.industry,
            "headcount": engagement.headcount,
        }
    )


async def _milestones(session: AsyncSession, engagement_id: UUID, step: Step) -> list[ProposedMilestone]:
    """The milestones by the plan as it was revised, put off; withdrawn ones are left out."""
    query = select(Milestone).where(
        Milestone.engagement_id == engagement_id, Milestone.status != MilestoneStatus.WITHDRAWN
    )
    rows: Sequence[Milestone] = (await session.scalars(query.order_by(col(Milestone.due_on), col(Milestone.id)))).all()
    people = await people_with_ids(session, [row.owner_id for row in rows])
    here = {id_: NamedPerson(id=id_, name=person.name) for id_, person in people.items() if person.is_there}
    return [
        ProposedMilestone(
            kind=MilestoneKind(row.kind),
            title=row.title,
            owner=here.get(row.owner_id),
            planned_on=step.after(row.due_on),
        )
        for row in rows
    ]
