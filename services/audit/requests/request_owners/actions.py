"""Who answers for a request. The transactions are the client's, and move to the firm's for its row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.requests.actions import asked_for, event_of, own, tell_client
from services.audit.requests.requests.models import Request, RequestStatus
from services.audit.requests.requests.queries import owned_by
from services.audit.requests.requests.rules import UNSETTLED, RequestVerb
from shared.data.records import lock_by_id
from shared.data.sessions import in_organisation
from shared.events.catalogue.requests import RequestAssigned
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import people_with_ids, require_people


async def assign(session: AsyncSession, request_id: UUID, *, owner: str | None, by: Actor, at: datetime) -> None:
    """Name the person of the client who answers for a request that is not settled, or nobody."""
    asked = await asked_for(session, request_id)
    person = (await require_people(session, {"/owner": owner}, needs=P.REQUESTS_ANSWER)).get("/owner")
    async with in_organisation(session, asked.org_id):
        request = await own(session, request_id, asked.engagement_id, RequestVerb.ASSIGN)
        request.owner_id, request.owner_name = (person.id, person.name) if person else (None, None)
        announce(session, event_of(RequestAssigned, request), about=request, by=by, at=at)
    tell_client(session, request, RequestAssigned, by=by, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a leaver's requests that are not settled to another person of the client."""
    taker = (await people_with_ids(session, [handover.to_person]))[handover.to_person]
    owned = await owned_by(session, handover.from_person)
    for firm_id in sorted({each.org_id for each in owned}):
        async with in_organisation(session, firm_id):
            ids = [each.id for each in owned if each.org_id == firm_id]
            handed = [
                request
                for request in await lock_by_id(session, Request, ids)
                if request.owner_id == handover.from_person and RequestStatus(request.status) in UNSETTLED
            ]
            for request in handed:
                request.owner_id, request.owner_name = taker.id, taker.name
                event = event_of(RequestAssigned, request)
                announce(session, event, about=request, by=SYSTEM, at=handover.at, reason=handover.reason)
        for request in handed:
            tell_client(session, request, RequestAssigned, by=SYSTEM, at=handover.at, reason=handover.reason)
