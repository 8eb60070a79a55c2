from uuid import UUID

from fastapi import Response

from services.gateway.access.administrators.actions import LastAdministrator
from services.gateway.organisations.departures import actions
from services.gateway.organisations.departures.schemas import Departure, Handover, Return
from services.gateway.people.people import actions as people
from services.gateway.people.people import queries
from services.gateway.people.people.schemas import PersonOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("departures")


@routes.post(
    "/v1/people/{person_id}/departures",
    permission=P.PEOPLE_WRITE,
    response_model=PersonOut,
    refuses=(NotFound, LastAdministrator, actions.LeavesInTheFuture),
)
async def note_departure(person_id: UUID, departure: Departure, write: Write) -> Response:
    """Say that a person has left. They act no more; their API clients stop after seven days unless handed over."""
    await actions.depart(write.session, person_id, departure=departure, by=write.caller.actor, at=write.at)
    return await write.changed(queries.person, person_id)


@routes.post(
    "/v1/people/{person_id}/returns",
    permission=P.PEOPLE_WRITE,
    response_model=PersonOut,
    refuses=(NotFound, people.AddressTaken),
)
async def note_return(person_id: UUID, back: Return, write: Write) -> Response:
    """Say that a person who left is back: the same person, who may be made a member again."""
    await people.come_back(write.session, person_id, by=write.caller.actor, at=write.at, reason=back.reason)
    return await write.changed(queries.person, person_id)


@routes.post(
    "/v1/people/{person_id}/handovers",
    permission=P.PEOPLE_WRITE,
    response_model=PersonOut,
    refuses=(NotFound, UnknownPerson, PersonGone, actions.HandsOverToThemselves),
)
async def hand_duties_over(person_id: UUID, handover: Handover, write: Write) -> Response:
    """Give a person's API clients, and what else they answer for, to another, within seconds.

    `GET /v1/services/{service}/duties` of controls, evidence, risk, audit and integrations lists what that is.
    """
    await actions.hand_over(write.session, person_id, handover=handover, by=write.caller.actor, at=write.at)
    return await write.changed(queries.person, person_id)
