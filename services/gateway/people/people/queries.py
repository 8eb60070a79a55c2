from collections.abc import Collection
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, any_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people.people.models import Person, PersonAddress, PersonStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Email, Search, UpdatedSince
from shared.identity.roles import Role

_T = table_of(Person)
_C = _T.c
_A = table_of(PersonAddress).c


def named(person_id: ColumnElement[UUID], label: str) -> ColumnElement[object]:
    """The person of this id as `{id, name}`, null where there is none."""
    person = _T.alias()
    text = func.json_build_object("id", person.c.id, "name", person.c.name)
    return select(text).where(person.c.id == person_id).scalar_subquery().label(label)


_PERSON = select(
    _C.id,
    _C.name,
    _C.emails,
    _C.department,
    named(_C.manager_id, "manager"),
    _C.origin,
    _C.status,
    _C.left_on,
    _C.roles,
    _C.acts_until,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

person = One("person", _PERSON, by=_C.id)


class PersonQuery(ListQuery):
    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"
    status: PersonStatus | None = None
    email: Annotated[Email | None, Where(lambda address: address == any_(_C.emails))] = None
    department: str | None = Field(default=None, max_length=200)
    manager_id: Annotated[UUID | None, Where(lambda manager_id: _C.manager_id == manager_id)] = None
    role: Annotated[Role | None, Where(lambda role: role == any_(_C.roles))] = None
    q: Annotated[Search | None, Mentions("name")] = Field(default=None, description="In the name")
    updated_since: UpdatedSince = None


people = Listing(_PERSON, id=_C.id, query=PersonQuery)


async def people_by_reference(session: AsyncSession, references: Collection[str]) -> dict[str, Person]:
    """The people of these ids, and the active ones of these e-mail addresses, as far as there are such."""
    addresses = [reference for reference in references if "@" in reference]
    held = await session.execute(select(_A.address, _A.person_id).where(among(_A.address, addresses), _A.current))
    ids = {reference: UUID(reference) for reference in references if "@" not in reference} | dict(held.tuples().all())
    people = {person.id: person for person in await session.scalars(select(Person).where(among(_C.id, ids.values())))}
    return {reference: people[person_id] for reference, person_id in ids.items() if person_id in people}


async def holders_of(session: AsyncSession, addresses: Collection[str]) -> list[PersonAddress]:
    """Who has or had one of these addresses."""
    return list(await session.scalars(select(PersonAddress).where(among(_A.address, addresses))))


async def addresses_of(session: AsyncSession, person_id: UUID) -> list[PersonAddress]:
    """The addresses that a person has or had."""
    return list(await session.scalars(select(PersonAddress).where(_A.person_id == person_id)))


_MANAGERS_ABOVE = text("""
    with recursive above as (
        select id, manager_id from people where id = :person_id
        union select people.id, people.manager_id from people join above on people.id = above.manager_id
    ) select id from above
""")


async def managers_above(session: AsyncSession, person_id: UUID) -> set[UUID]:
    """A person, their manager, the manager's manager, and so on."""
    return set(await session.scalars(_MANAGERS_ABOVE, {"person_id": person_id}))
