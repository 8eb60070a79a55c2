from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.judgement.conclusions.models import ConclusionAbout, ConclusionVerdict
from services.audit.judgement.conclusions.rules import Grounds, StandingConclusion
from services.audit.judgement.matters.schemas import MatterOut
from services.audit.judgement.opinions.models import Opinion, OpinionStatus
from services.audit.wording.contents import OpinionKind, SubjectMatter
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Opinion).c

_OPINION = select(
    _C.id,
    _C.engagement_id,
    _C.kind,
    _C.subjects,
    _C.proposed,
    _C.reason,
    _C.departure,
    _C.signed_as,
    _C.rests_on,
    _C.status,
    _C.decided_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

opinion = One("opinion", _OPINION, by=_C.id)


class OpinionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    kind: OpinionKind | None = None
    status: OpinionStatus | None = None
    departs: Annotated[bool | None, Where(lambda is_: _C.departure.is_not(None) == is_)] = Field(
        default=None, description="true: only those that are other than proposed"
    )
    updated_since: UpdatedSince = None


opinions = Listing(_OPINION, id=_C.id, query=OpinionQuery)


async def standing_opinions(session: AsyncSession, engagement_ids: Collection[UUID]) -> list[Opinion]:
    """The opinions of these engagements that count, one of each at most."""
    query = select_rows(Opinion).where(among(_C.engagement_id, engagement_ids), Opinion.status == OpinionStatus.DECIDED)
    return list(await session.scalars(query.order_by(_C.id)))


def subject_conclusions(grounds: Grounds) -> dict[SubjectMatter, StandingConclusion]:
    """The conclusions on the subject matters that stand."""
    return {SubjectMatter(each.ref): each for each in grounds.standing if each.about == ConclusionAbout.SUBJECT_MATTER}


def matters_of(grounds: Grounds) -> dict[SubjectMatter, Sequence[MatterOut]]:
    """What was concluded to modify the opinion, by subject matter."""
    return {subject: each.matters for subject, each in subject_conclusions(grounds).items()}


def verdicts_of(grounds: Grounds) -> dict[SubjectMatter, ConclusionVerdict]:
    """What was concluded on the subject matters."""
    return {subject: each.verdict for subject, each in subject_conclusions(grounds).items()}
