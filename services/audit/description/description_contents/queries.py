"""What a description says now, with what is recorded for it."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.models import Described, DescribedStatus
from services.audit.description.description_contents.schemas import (
    Content,
    CriterionNotRelevant,
    DescribedTime,
    PinnedChange,
    PinnedCommitment,
    PinnedControl,
    PinnedIncident,
    PinnedSubserviceOrganisation,
    PinnedUserEntityControl,
    WrittenPart,
)
from services.audit.description.description_parts.models import DescriptionPart
from services.audit.description.description_parts.rules import parts_of
from services.audit.description.known_commitments.queries import commitments_of
from services.audit.description.known_controls.queries import known_controls
from services.audit.description.significant_changes.models import SignificantChange
from services.audit.description.subservice_organisations.models import SubserviceOrganisation
from services.audit.description.system_incidents.models import SystemIncident
from services.audit.description.user_entity_controls.models import UserEntityControl
from services.audit.engagements.engagements.models import Engagement, EngagementKind
from shared.data.base import table_of

D = TypeVar("D", bound=Described)

_S = table_of(SubserviceOrganisation).c


async def content_of(
    session: AsyncSession,
    engagement: Engagement,
    *,
    texts: dict[str, str],
    none_of: Sequence[str],
    criteria_not_relevant: Sequence[dict[str, Any]],
) -> Content:
    """What a description with these texts says as things are recorded now, in the order in which it is read."""
    time = DescribedTime.model_validate(engagement.model_dump(include=set(DescribedTime.model_fields)))
    parts = parts_of(EngagementKind(engagement.kind))
    promised = await commitments_of(session, engagement.programme_id) if DescriptionPart.COMMITMENTS in parts else []
    controls = await known_controls(session, engagement.control_ids)
    used = or_(_S.ended_on.is_(None), _S.ended_on >= time.first_day)
    organisations = select(SubserviceOrganisation).where(_S.engagement_id == engagement.id, used)
    return Content(
        engagement=time,
        parts=[
            WrittenPart(
                part=part,
                criterion=heading.criterion,
                title=heading.title,
                text=texts.get(part),
                none=part in none_of,
            )
            for part, heading in parts.items()
        ],
        commitments=[PinnedCommitment.model_validate(row.model_dump()) for row in promised],
        controls=[
            PinnedControl(id=row.id, version=row.control_version, code=row.code, title=row.title) for row in controls
        ],
        controls_in_scope=len(engagement.control_ids),
        incidents=[
            PinnedIncident.model_validate(row.model_dump())
            for row in await _recorded(session, SystemIncident, engagement, "began_at")
        ],
        user_entity_controls=[
            PinnedUserEntityControl.model_validate(row.model_dump())
            for row in await _recorded(session, UserEntityControl, engagement, "code")
        ],
        subservice_organisations=[
            PinnedSubserviceOrganisation.model_validate(row.model_dump())
            for row in await session.scalars(organisations.order_by(_S.name, _S.id))
        ],
        criteria_not_relevant=[CriterionNotRelevant.model_validate(row) for row in criteria_not_relevant],
        changes=[
            PinnedChange.model_validate(row.model_dump())
            for row in await _recorded(session, SignificantChange, engagement, "changed_on")
        ],
    )


async def _recorded(session: AsyncSession, model: type[D], engagement: Engagement, order: str) -> Sequence[D]:
    columns = table_of(model).c
    standing = select(model).where(columns.engagement_id == engagement.id, columns.status == DescribedStatus.RECORDED)
    return (await session.scalars(standing.order_by(columns[order], columns.id))).all()
