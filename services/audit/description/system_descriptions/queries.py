from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.description_contents.queries import content_of
from services.audit.description.description_contents.schemas import Content
from services.audit.description.system_descriptions.models import (
    ApprovedContent,
    DescriptionStatus,
    SystemDescription,
)
from services.audit.engagements.engagements.models import Engagement
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(SystemDescription).c
_A = table_of(ApprovedContent).c

_DESCRIPTION = select(
    _C.id,
    _C.engagement_id,
    _C.number,
    _C.status,
    _C.none_of,
    _C.criteria_not_relevant,
    _C.authors,
    _C.approver,
    _C.approved_at,
    _C.sha256,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("criteria_not_relevant")
description = One("system description", _DESCRIPTION, by=_C.id, names_controls=_WORDS)


class SystemDescriptionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    status: DescriptionStatus | None = None
    updated_since: UpdatedSince = None


descriptions = Listing(_DESCRIPTION, id=_C.id, query=SystemDescriptionQuery, names_controls=_WORDS)


async def versions_of(session: AsyncSession, engagement_id: UUID) -> Sequence[SystemDescription]:
    """All versions of an engagement's description, the newest first."""
    every = select(SystemDescription).where(_C.engagement_id == engagement_id)
    return (await session.scalars(every.order_by(_C.number.desc()))).all()


async def content_now(session: AsyncSession, engagement: Engagement, written: SystemDescription | None) -> Content:
    """What a version says with what is recorded now; of no version, what is recorded alone."""
    return await content_of(
        session,
        engagement,
        texts=written.texts if written else {},
        none_of=written.none_of if written else [],
        criteria_not_relevant=written.criteria_not_relevant if written else [],
    )


async def approved_content(session: AsyncSession, description_id: UUID) -> Content:
    """What a version said when it was approved."""
    stored = await session.scalar(select(_A.content).where(_A.description_id == description_id))
    return Content.model_validate(stored)
