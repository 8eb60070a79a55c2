from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.description.known_commitments.queries import commitments_of
from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.judgement.conclusions.models import Conclusion, ConclusionAbout, ConclusionStatus, ConclusionVerdict
from services.audit.judgement.conclusions.rules import CommitmentFact, Grounds, PaperFact, StandingConclusion
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.papers.deviations.queries import deviations_of
from services.audit.papers.findings.models import FindingStatus
from services.audit.papers.findings.queries import findings_of
from services.audit.papers.papers.models import Paper
from services.audit.papers.papers.queries import papers_of
from services.audit.papers.papers.rules import FINISHED
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.data.sessions import in_organisation
from shared.http.fields import Search, UpdatedSince

_C = table_of(Conclusion).c

_CONCLUSION = select(
    _C.id,
    _C.engagement_id,
    _C.about,
    _C.ref,
    _C.verdict,
    _C.reason,
    _C.matters,
    _C.rests_on,
    _C.status,
    _C.concluded_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

conclusion = One("conclusion", _CONCLUSION, by=_C.id)


class ConclusionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "ref", "-ref"] = "-created_at"
    engagement_id: UUID | None = None
    about: ConclusionAbout | None = None
    ref: str | None = Field(default=None, max_length=200)
    verdict: ConclusionVerdict | None = None
    status: ConclusionStatus | None = None
    standing: Annotated[bool | None, Where(lambda is_: (_C.status == ConclusionStatus.CONCLUDED.value) == is_)] = Field(
        default=None, description="true: only those that count"
    )
    q: Annotated[Search | None, Mentions("reason", "ref")] = Field(default=None, description="In the reason and ref")
    updated_since: UpdatedSince = None


conclusions = Listing(_CONCLUSION, id=_C.id, query=ConclusionQuery)


async def standing_rows(session: AsyncSession, engagement_id: UUID) -> Sequence[Conclusion]:
    """The conclusions of an engagement that count, oldest first."""
    query = select_rows(Conclusion).where(
        Conclusion.engagement_id == engagement_id, Conclusion.status == ConclusionStatus.CONCLUDED
    )
    return (await session.scalars(query.order_by(col(Conclusion.id)))).all()


async def grounds_of(session: AsyncSession, engagement: Engagement, *, commitments: bool = True) -> Grounds:
    """What conclusions of an engagement rest on, asked in a transaction of the firm.

    Without the `commitments`, which are the client's, nothing is asked in the client's organisation.
    """
    beside = await _beside(session, engagement.id)
    papers = [_fact(paper, beside) for paper in await papers_of(session, engagement.id)]
    standing = [
        StandingConclusion(
            str(row.id),
            ConclusionAbout(row.about),
            row.ref,
            ConclusionVerdict(row.verdict),
            row.reason,
            row.rests_on,
            [MatterOut.model_validate(each) for each in row.matters],
        )
        for row in await standing_rows(session, engagement.id)
    ]
    made: list[CommitmentFact] = []
    if commitments:
        async with in_organisation(session, engagement.org_id):
            known = await commitments_of(session, engagement.programme_id)
        made = [CommitmentFact(str(each.id), each.text, each.criteria) for each in known]
    return Grounds(EngagementKind(engagement.kind), papers, made, standing)


async def _beside(session: AsyncSession, engagement_id: UUID) -> Mapping[UUID, dict[str, int]]:
    """The deviations that stand and the findings that are concluded, with their versions, by controls."""
    found: dict[UUID, dict[str, int]] = {}
    rows: list[Any] = [*await deviations_of(session, engagement_id)]
    rows += [each for each in await findings_of(session, engagement_id) if each.status == FindingStatus.CONCLUDED]
    for row in rows:
        found.setdefault(row.control_id, {})[str(row.id)] = row.version
    return found


def _fact(paper: Paper, beside: Mapping[UUID, dict[str, int]]) -> PaperFact:
    return PaperFact(
        id=str(paper.id),
        number=paper.number,
        edition=paper.edition,
        is_reviewed=paper.status in FINISHED,
        criteria=paper.criteria,
        beside=beside.get(paper.control_id, {}),
    )
