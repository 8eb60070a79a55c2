"""References to people in the input: found, and refused where a person may not have the duty."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.bulk import among
from shared.data.sessions import instant_of
from shared.data.tables import known_people
from shared.identity.permissions import Permission, Role, granted
from shared.people.known import ACTIVE
from shared.problems import Fault, Invalid, PersonGone, PersonWithoutPermission, UnknownPerson

_P = known_people.c

# What a reference to a person is refused for, in `refuses=`. A duty that needs a permission adds
# `PersonWithoutPermission`.
PERSON_REFUSALS: tuple[type[Invalid], ...] = (UnknownPerson, PersonGone)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, as last heard of from the gateway. `left_on` is their last day, if they left."""

    id: UUID
    name: str
    emails: Sequence[str]
    status: str
    left_on: date | None
    roles: Sequence[str]
    acts_until: datetime | None

    def may(self, permission: Permission, at: datetime) -> bool:
        """Whether their membership lets them do this."""
        acts = self.acts_until is None or at < self.acts_until
        return acts and permission in granted(frozenset(map(Role, self.roles)))

    def was_there(self, on: date) -> bool:
        """Whether they had not left by this day."""
        return self.status == ACTIVE or (self.left_on is not None and on <= self.left_on)


async def require_person(
    session: AsyncSession, reference: str, pointer: str, *, needs: Permission | None = None, on: date | None = None
) -> UUID:
    """The id of the person whom a reference means; refused as `require_people` says."""
    return (await require_people(session, {pointer: reference}, needs=needs, on=on))[pointer].id


async def require_people(
    session: AsyncSession,
    references: Mapping[str, str | None],
    *,
    needs: Permission | None = None,
    on: date | None = None,
) -> dict[str, KnownPerson]:
    """The people whom references mean, by the JSON pointer to each; those that are None are left out.

    `UnknownPerson` for one that the directory does not have (the request waits a second for news of them, see
    `shared.http.doors`), `PersonGone` for one who has left, unless they were there on the day `on` that it is about,
    `PersonWithoutPermission` for one who may not do what the duty `needs`. Each names all references that it refuses.
    """
    given = {pointer: reference for pointer, reference in references.items() if reference is not None}
    known = await _known(session, set(given.values()))
    if unknown := [Fault(pointer, f"unknown: {ref}") for pointer, ref in given.items() if ref not in known]:
        raise UnknownPerson(
            "No person in the directory has this id or e-mail address.", faults=unknown, may_be_late=True
        )
    people = {pointer: known[reference] for pointer, reference in given.items()}
    if gone := list(_faults_of_leavers(people, on)):
        raise PersonGone("They have left the organisation.", faults=gone)
    if needs is not None:
        at = instant_of(session)
        without = [
            Fault(pointer, f"{person.name} has no permission {needs}")
            for pointer, person in people.items()
            if not person.may(needs, at)
        ]
        if without:
            raise PersonWithoutPermission("They may not do what this asks of them.", faults=without)
    return people


async def people_with_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, KnownPerson]:
    """The people of these ids, as far as this service has heard of them."""
    return {person.id: person for person in (await _known(session, {str(key) for key in ids})).values()}


def _faults_of_leavers(people: Mapping[str, KnownPerson], on: date | None) -> Iterator[Fault]:
    for pointer, person in people.items():
        if person.status != ACTIVE and not (on and person.was_there(on)):
            yield Fault(pointer, f"{person.name} left on {person.left_on}")


async def _known(session: AsyncSession, references: set[str]) -> dict[str, KnownPerson]:
    """People by reference. An address that several had in turn means who has it now, or else who had it last."""
    addresses = sorted(reference for reference in references if "@" in reference)
    ids = {UUID(reference): reference for reference in references if "@" not in reference}
    query = (
        select(_P.id, _P.name, _P.emails, _P.status, _P.left_on, _P.roles, _P.acts_until)
        .where(or_(among(_P.id, list(ids)), _P.emails.op("&&")(literal(addresses, ARRAY(Text())))))
        .order_by(_P.status == ACTIVE, _P.left_on.nulls_first(), _P.id)
    )
    found: dict[str, KnownPerson] = {}
    for row in await session.execute(query):
        person = KnownPerson(*row)
        found |= {address: person for address in person.emails if address in references}
        if person.id in ids:
            found[ids[person.id]] = person
    return found
