"""A version of a system description as it is read."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.description_contents.rules import digest_of
from services.audit.description.description_documents.schemas import DescriptionDocument
from services.audit.description.system_descriptions.models import DescriptionStatus, SystemDescription
from services.audit.description.system_descriptions.queries import approved_content, content_now
from services.audit.engagements.engagements.models import Engagement
from shared.data.records import found
from shared.http.fields import ActedBy
from shared.problems import NotFound


async def document_of(session: AsyncSession, description_id: UUID) -> DescriptionDocument:
    """The document of a version: of a draft with what is recorded now, of another as it was approved."""
    description = await found(session, SystemDescription, description_id)
    if description is None:
        raise NotFound(f"There is no system description {description_id}.")
    if description.status == DescriptionStatus.DRAFT:
        engagement = await found(session, Engagement, description.engagement_id)
        assert engagement, "a description has an engagement"
        content = await content_now(session, engagement, description)
    else:
        content = await approved_content(session, description_id)
    return DescriptionDocument(
        id=description.id,
        number=description.number,
        authors=[ActedBy.model_validate(author) for author in description.authors],
        approver=description.approver and ActedBy.model_validate(description.approver),
        approved_at=description.approved_at,
        sha256=digest_of(content),
        content=content,
    )
