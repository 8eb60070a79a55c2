"""The verbs of a person. Leaving and returning are in `departures`: they concern memberships and API clients too."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people.people.models import Person, PersonAddress, PersonStatus
from services.gateway.people.people.queries import (
    addresses_of,
    holders_of,
    managers_above,
    people_by_reference,
)
from services.gateway.people.people.schemas import PersonDraft, PersonRevision
from shared.data.records import ANY_VERSION, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.people import PersonAdded, PersonChanged, PersonLeft
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, PersonGone, UnknownPerson, not_allowed


class AddressTaken(Conflict):
    """Another person has this e-mail address."""


class AddressUsedBefore(Conflict):
    """The e-mail address belonged to another person before."""


class ManagerCircle(Invalid):
    """The person would be their own manager."""


async def require_person(session: AsyncSession, reference: str, pointer: str) -> Person:
    """The active person that an id or e-mail address in the input names."""
    return (await require_people(session, {pointer: reference}))[pointer]


async def require_people(session: AsyncSession, references: Mapping[str, str]) -> dict[str, Person]:
    """The active people that references name, by the same pointers; the refusal names every one that is not there."""
    known = await people_by_reference(session, set(references.values()))
    if unknown := [Fault(pointer, f"unknown: {ref}") for pointer, ref in references.items() if ref not in known]:
        raise UnknownPerson("No person in the directory has this id or e-mail address.", faults=unknown)
    people = {pointer: known[reference] for pointer, reference in references.items()}
    gone = [
        Fault(pointer, f"{person.name} has left")
        for pointer, person in people.items()
        if person.status != PersonStatus.ACTIVE
    ]
    if gone:
        raise PersonGone("They have left the organisation.", faults=gone)
    return people


async def add(
    session: AsyncSession,
    *,
    draft: PersonDraft,
    by: Actor,
    at: datetime,
    below: str = "",
    roles: Sequence[str] = (),
    acts_until: datetime | None = None,
) -> Person:
    """Put a person into the directory; `below` is where in the input the draft stands.

    Who becomes a member at the same time comes with the membership's roles and end, so that one event tells it all.
    """
    person = Person(
        name=draft.name,
        emails=list(draft.emails),
        department=draft.department,
        roles=list(roles),
        acts_until=acts_until,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    if draft.manager is not None:
        person.manager_id = (await require_person(session, draft.manager, f"{below}/manager")).id
    session.add(person)
    await _hold_addresses(session, person, another_person=draft.another_person, below=below)
    announce(session, PersonAdded(**as_announced(person)), about=person, by=by, at=at)
    return person


async def revise(
    session: AsyncSession, person_id: UUID, *, revision: PersonRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a person's name, addresses, department or manager. The trail keeps the names of then."""
    person = await locked(session, Person, person_id, noun="person", expected=expected)
    if person.status != PersonStatus.ACTIVE:
        raise not_allowed("revise", person.status, ["return"])
    given = revision.model_fields_set
    if revision.name is not None:
        person.name = revision.name
    if "department" in given:
        person.department = revision.department
    if "manager" in given:
        await _set_manager(session, person, revision.manager)
    if revision.emails is not None:
        person.emails = list(revision.emails)
        await _hold_addresses(session, person, another_person=revision.another_person)
    announce(session, PersonChanged(**as_announced(person)), about=person, by=by, at=at)


def note_membership(
    session: AsyncSession, person: Person, *, roles: Sequence[str], acts_until: datetime | None, by: Actor, at: datetime
) -> None:
    """Repeat on the person what their membership lets them do, which is how the services learn of it."""
    person.roles, person.acts_until = list(roles), acts_until
    announce(session, PersonChanged(**as_announced(person)), about=person, by=by, at=at)


async def leave(
    session: AsyncSession, person_id: UUID, *, on: date, by: Actor, at: datetime, reason: str | None
) -> Person:
    """Active → left: the person stays on record and gives their addresses free."""
    person = await locked(session, Person, person_id, noun="person", expected=ANY_VERSION)
    if person.status != PersonStatus.ACTIVE:
        raise not_allowed("leave", person.status, ["return"])
    person.status, person.left_on = PersonStatus.LEFT, on
    person.roles, person.acts_until = [], None
    await _give_addresses_free(session, person)
    announce(session, PersonLeft(**as_announced(person)), about=person, by=by, at=at, reason=reason)
    return person


async def come_back(session: AsyncSession, person_id: UUID, *, by: Actor, at: datetime, reason: str | None) -> None:
    """Left → active: the same person, with the addresses that they had."""
    person = await locked(session, Person, person_id, noun="person", expected=ANY_VERSION)
    if person.status != PersonStatus.LEFT:
        raise not_allowed("return", person.status, ["leave"])
    person.status, person.left_on = PersonStatus.ACTIVE, None
    await _hold_addresses(session, person, another_person=False)
    announce(session, PersonChanged(**as_announced(person)), about=person, by=by, at=at, reason=reason)


def as_announced(person: Person) -> dict[str, object]:
    """What every event about a person says."""
    return {
        "display_name": person.name,
        "emails": person.emails,
        "status": person.status,
        "left_on": person.left_on,
        "department": person.department,
        "manager_id": person.manager_id,
        "roles": person.roles,
        "acts_until": person.acts_until,
    }


async def _set_manager(session: AsyncSession, person: Person, reference: str | None) -> None:
    """Two people who become each other's manager at the same time do so one after the other, and the second fails."""
    if reference is None:
        person.manager_id = None
        return
    await one_at_a_time(session, person.org_id)
    manager = await require_person(session, reference, "/manager")
    if person.id in await managers_above(session, manager.id):
        raise ManagerCircle(
            f"{person.name} would be their own manager.",
            faults=[Fault("/manager", "would make the person their own manager")],
        )
    person.manager_id = manager.id


async def _hold_addresses(session: AsyncSession, person: Person, *, another_person: bool, below: str = "") -> None:
    """Give a person the addresses that they list, and take those away that they list no more."""
    own = await addresses_of(session, person.id)
    others = [row for row in await holders_of(session, person.emails) if row.person_id != person.id]
    if taken := sorted(row.address for row in others if row.current):
        raise AddressTaken(f"Another person has {', '.join(taken)}.", faults=[_fault(person, taken[0], below)])
    new = set(person.emails) - {row.address for row in own}
    if not another_person and (used := sorted(new & {row.address for row in others})):
        raise AddressUsedBefore(
            f"{', '.join(used)} belonged to another person before: let that person return, or set `another_person`.",
            faults=[_fault(person, used[0], below)],
        )
    for row in own:
        row.current = row.address in person.emails
    session.add_all(PersonAddress(org_id=person.org_id, address=address, person_id=person.id) for address in new)


def _fault(person: Person, address: str, below: str) -> Fault:
    return Fault(f"{below}/emails/{person.emails.index(address)}", "taken")


async def _give_addresses_free(session: AsyncSession, person: Person) -> None:
    for row in await addresses_of(session, person.id):
        row.current = False
