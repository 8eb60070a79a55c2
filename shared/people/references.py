"""References to people in the input: found, and refused where a person may not have the duty."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.bulk import among
from shared.data.sessions import instant_of
from shared.data.tables import known_people
from shared.http.fields import Input
from shared.identity.permissions import Permission
from shared.identity.roles import Role, granted
from shared.people.known import ACTIVE
from shared.problems import Fault, Invalid, PersonGone, PersonWithoutPermission, UnknownPerson

_P = known_people.c
_FEW = 20

BACKUP_IS_OWNER = "The backup owner must be another person than the owner."
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

    @property
    def is_there(self) -> bool:
        """Whether they have not left."""
        return self.status == ACTIVE

    def was_there(self, on: date) -> bool:
        """Whether they had not left by this day."""
        return self.is_there or (self.left_on is not None and on <= self.left_on)


async def require_person(
    session: AsyncSession, reference: str, pointer: str, *, needs: Permission | None = None
) -> UUID:
    """The id of the person whom a reference means; refused as `require_people` says."""
    return (await require_people(session, {pointer: reference}, needs=needs))[pointer].id


async def require_people(
    session: AsyncSession,
    references: Mapping[str, str | None],
    *,
    needs: Permission | None = None,
    days: Mapping[str, date] = MappingProxyType({}),
) -> dict[str, KnownPerson]:
    """The people whom references mean, by the JSON pointer to each; those that are None are left out.

    `UnknownPerson` for one that the directory does not have, `PersonGone` for one who has left, unless they were there
    on the day that it is about: in `days`, by pointer. `PersonWithoutPermission` for one who may not do what the duty
    `needs`. Each names all references that it refuses. News of a person or a role may be on its way: the request waits
    a second for it, see `shared.http.doors`.
    """
    given = {pointer: reference for pointer, reference in references.items() if reference is not None}
    known = await people_named(session, given.values())
    if unknown := [unknown_person(pointer, ref) for pointer, ref in given.items() if ref not in known]:
        raise UnknownPerson(
            "No person in the directory has this id or e-mail address.", faults=unknown, may_be_late=True
        )
    people = {pointer: known[reference] for pointer, reference in given.items()}
    if leavers := list(_faults_of_leavers(people, days)):
        raise PersonGone("They have left the organisation.", faults=leavers)
    if needs is not None:
        at = instant_of(session)
        without = [
            Fault(pointer, f"{person.name} has no permission {needs}")
            for pointer, person in people.items()
            if not person.may(needs, at)
        ]
        if without:
            raise PersonWithoutPermission("They may not do what this asks of them.", faults=without, may_be_late=True)
    return people


async def people_columns(
    session: AsyncSession,
    given: Input,
    *members: str,
    nullable: Collection[str] = (),
    needs: Permission | None = None,
) -> dict[str, Any]:
    """The columns of the people whom an input names, such as `owner_id` for its member `owner`.

    A member that is left out has no column, nor has null, except that it takes the person of a `nullable` one away.
    Refused as `require_people` says.
    """
    references = given.model_dump(include={*members, *nullable}, exclude_unset=True)
    named = {f"/{member}": reference for member, reference in references.items()}
    people = await require_people(session, named, needs=needs)
    columns: dict[str, Any] = {f"{pointer[1:]}_id": person.id for pointer, person in people.items()}
    nobody = {f"{member}_id": None for member in nullable if member in references and references[member] is None}
    return columns | nobody


def keep_backup_apart(owner: UUID, backup: UUID | None) -> None:
    """`Invalid` when the backup owner is the owner."""
    if owner == backup:
        raise Invalid(BACKUP_IS_OWNER, faults=[Fault("/backup_owner", BACKUP_IS_OWNER)])


async def people_with_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, KnownPerson]:
    """The people of these ids, as far as this service has heard of them."""
    return {person.id: person for person in (await people_named(session, map(str, ids))).values()}


def unknown_person(pointer: str, reference: str) -> Fault:
    """The fault of a reference that the directory does not have."""
    return Fault(pointer, f"unknown: {reference}")


def gone(pointer: str, person: KnownPerson) -> Fault:
    """The fault of a person who has left."""
    return Fault(pointer, f"{person.name} left on {person.left_on}")


def _faults_of_leavers(people: Mapping[str, KnownPerson], days: Mapping[str, date]) -> Iterator[Fault]:
    for pointer, person in people.items():
        if not person.is_there and not (pointer in days and person.was_there(days[pointer])):
            yield gone(pointer, person)


async def people_named(session: AsyncSession, references: Iterable[str]) -> dict[str, KnownPerson]:
    """The people of these references, each by its reference, those who have left too; unknown ones are left out.

    An address that several had in turn means who has it now, or else who had it last.
    """
    references = set(references)
    addresses = sorted(reference for reference in references if "@" in reference)
    ids = {UUID(reference): reference for reference in references if "@" not in reference}
    query = (
        select(_P.id, _P.name, _P.emails, _P.status, _P.left_on, _P.roles, _P.acts_until)
        .where(or_(among(_P.id, list(ids)), _has_one_of(addresses)))
        .order_by(_P.status == ACTIVE, _P.left_on.nulls_first(), _P.id)
    )
    found: dict[str, KnownPerson] = {}
    for row in await session.execute(query):
        person = KnownPerson(*row)
        found |= {address: person for address in person.emails if address in references}
        if person.id in ids:
            found[ids[person.id]] = person
    return found


def _has_one_of(addresses: list[str]) -> ColumnElement[bool]:
    """Whether a person has one of these addresses: few are compared with each person's, many are hashed first.

    Row-level security keeps PostgreSQL from an index of arrays, so that the whole directory is looked through.
    """
    if len(addresses) <= _FEW:
        return _P.emails.op("&&", is_comparison=True)(literal(addresses, ARRAY(Text())))
    address = func.unnest(_P.emails, type_=Text()).column_valued("address")
    return exists().where(among(address, addresses))
