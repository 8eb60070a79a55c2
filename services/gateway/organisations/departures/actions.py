"""The verbs of leaving, and of what a leaver leaves behind."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.actions import hand_over as hand_client_over
from services.gateway.access.api_clients.actions import revoke as revoke_client
from services.gateway.organisations.departures.queries import clients_of, clients_to_stop, membership_of
from services.gateway.organisations.departures.schemas import Departure, Handover
from services.gateway.organisations.members.actions import remove as remove_member
from services.gateway.people.people import actions as people
from services.gateway.people.people.models import Person
from shared.data.records import locked
from shared.data.transactions import Written
from shared.events.catalogue.people import DutiesHandedOver
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import Fault, Invalid

_LEFT = "The person has left."
_NOBODY_TOOK_OVER = "The responsible person left a week ago, and nobody has taken the program over."


class LeavesInTheFuture(Invalid):
    """The last day is in the future."""


class HandsOverToThemselves(Invalid):
    """Duties cannot be handed over to the same person."""


async def depart(session: AsyncSession, person_id: UUID, *, departure: Departure, by: Actor, at: datetime) -> None:
    """Note that a person has left: they act no more, and their API clients for a week at most.

    What they were responsible for stays theirs until it is handed over.
    """
    last_day = departure.on or at.date()
    if last_day > at.date():
        raise LeavesInTheFuture(
            "The last day is in the future; enter the departure on that day or later.",
            faults=[Fault("/on", "in the future")],
        )
    if member := await membership_of(session, person_id):
        await remove_member(session, member.id, by=by, at=at, reason=departure.reason or _LEFT, leaves=True)
    await people.leave(session, person_id, on=last_day, by=by, at=at, reason=departure.reason)


async def hand_over(session: AsyncSession, person_id: UUID, *, handover: Handover, by: Actor, at: datetime) -> None:
    """Give a person's API clients to another, and announce it, for the services that list duties to do the same."""
    person = await locked(session, Person, person_id, noun="person")
    to = await people.require_person(session, handover.to, "/to")
    if to.id == person.id:
        raise HandsOverToThemselves("Name another person.", faults=[Fault("/to", "the same person")])
    for client in await clients_of(session, person_id):
        await hand_client_over(session, client.id, to=to, by=by, at=at, reason=handover.reason)
    event = DutiesHandedOver(to=to.id, to_name=to.name)
    about = Written(person.id, person.version)
    announce(session, event, about=about, by=by, at=at, reason=handover.reason)


async def stop_clients_of_leavers(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Revoke the API clients that nobody took over within a week; how many.

    The last administrator's client stops as well: somebody who left administers nothing, and the operator can appoint.
    """
    stopping = await clients_to_stop(session, as_of=as_of, limit=limit)
    for client_id in stopping:
        await revoke_client(session, client_id, by=SYSTEM, at=as_of, reason=_NOBODY_TOOK_OVER, even_the_last=True)
    return len(stopping)
