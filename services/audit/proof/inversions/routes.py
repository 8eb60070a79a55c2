from uuid import UUID

from fastapi import Response

from services.audit.engagements.parties.queries import role_of
from services.audit.proof.inversions.queries import told_of
from services.audit.proof.inversions.rules import inversions
from services.audit.proof.inversions.schemas import InversionOut, InversionsOut
from shared.data.outside import ClientWords
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("inversions")


@routes.get(
    "/v1/engagements/{engagement_id}/inversions",
    permission=P.CHRONOLOGIES_READ,
    response_model=InversionsOut,
    refuses=(NotFound,),
    auditors=True,
)
async def get_inversions(engagement_id: UUID, read: Read) -> Response:
    """What is out of order: a draw before its population was found reliable, reviews seconds after, papers in bulk."""
    async with read.transaction() as session:
        await role_of(session, engagement_id, read.caller)
        told = await told_of(session, engagement_id)
    found = [
        InversionOut(code=each.code, text=each.text, at=each.at, event_ids=list(each.event_ids))
        for each in inversions(told)
    ]
    return await read.computed(
        InversionsOut(engagement_id=engagement_id, events=len(told), inversions=found),
        names_controls=ClientWords("inversions"),
    )
