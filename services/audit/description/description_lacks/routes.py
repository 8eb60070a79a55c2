from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.description_lacks import queries
from services.audit.description.description_lacks.schemas import DescriptionLacks
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("description lacks")


@routes.get(
    "/v1/engagements/{engagement_id}/description-lacks",
    permission=P.DESCRIPTIONS_READ,
    response_model=DescriptionLacks,
    refuses=(NotFound, NotDescribed),
)
async def get_description_lacks(engagement_id: UUID, read: Read) -> Response:
    """All that the system description of an engagement lacks, at once."""
    async with read.transaction() as session:
        answer = await queries.lacks_of(session, engagement_id)
    return await read.computed(answer)
