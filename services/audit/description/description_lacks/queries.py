"""What the description of an engagement lacks."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import require_described
from services.audit.description.description_contents.rules import changes_since, lacks
from services.audit.description.description_contents.schemas import Lack, LackCode
from services.audit.description.description_lacks.schemas import DescriptionLacks
from services.audit.description.system_descriptions.models import DescriptionStatus
from services.audit.description.system_descriptions.queries import approved_content, content_now, versions_of
from services.audit.engagements.engagements.models import Engagement
from shared.data.records import found
from shared.problems import NotFound


async def lacks_of(session: AsyncSession, engagement_id: UUID) -> DescriptionLacks:
    """What is missing of the description; `NotDescribed` when the engagement has none."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    require_described(engagement)
    versions = await versions_of(session, engagement_id)
    approved = next((version for version in versions if version.status == DescriptionStatus.APPROVED), None)
    judged = approved or next(iter(versions), None)
    now = await content_now(session, engagement, judged)
    if approved:
        missing = changes_since(await approved_content(session, approved.id), now)
    else:
        text = "No version of the description is approved."
        missing = lacks(now, has_programme=engagement.programme_id is not None)
        missing.append(Lack(part=None, criterion=None, code=LackCode.NOT_APPROVED, text=text))
    return DescriptionLacks(
        engagement_id=engagement_id,
        description_id=judged and judged.id,
        number=judged and judged.number,
        approved=approved is not None,
        lacks=missing,
    )
