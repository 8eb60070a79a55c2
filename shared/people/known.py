"""What is known of people: enough to find them by address, to judge whether they may have a duty, and to name them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.tables import known_people
from shared.events.catalogue.people import AboutPerson, PersonAdded, PersonChanged, PersonLeft
from shared.events.event import Heard, hears_in_batches
from shared.events.replicas import Facet, Replica

ACTIVE = "active"

PEOPLE = Replica(
    known_people,
    Facet(
        "version",
        (PersonAdded, PersonChanged, PersonLeft),
        "emails",
        "status",
        "left_on",
        "roles",
        "acts_until",
        name=lambda heard: heard.event.display_name,
    ),
)


@hears_in_batches(*PEOPLE.events)
async def know_people(session: AsyncSession, heard: Sequence[Heard[AboutPerson]]) -> None:
    """Keep what the gateway says of people."""
    await PEOPLE.note(session, heard)


def named(person_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The person of this id as `NamedPerson` has it, with the name of now; null for nobody. Label it."""
    person = known_people.alias()
    return select(_as_json(person.c)).where(person.c.id == person_id).scalar_subquery()


def all_named(person_ids: ColumnElement[Any]) -> ColumnElement[Any]:
    """The people of an array of ids, in order of their names, as a JSON array of `NamedPerson`. Label it."""
    person = known_people.alias()
    people = func.json_agg(aggregate_order_by(_as_json(person.c), person.c.name, person.c.id))
    query = select(func.coalesce(people, func.json_build_array())).where(person.c.id == any_(person_ids))
    return query.scalar_subquery()


def reference_to(person_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """What names the person of this id in a table that people read and bring in again; null for nobody.

    It is their main e-mail address, and the id of who has none.
    """
    person = known_people.alias()
    address = select(person.c.emails[1]).where(person.c.id == person_id).scalar_subquery()
    return func.coalesce(address, cast(person_id, Text))


def is_person(person_id: ColumnElement[UUID], reference: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a column names the person whom a reference, an id or an e-mail address, means: for filters of lists.

    An address that several people had in turn means who has it now, or who had it last.
    """
    person = known_people.alias()
    by_address = (
        select(person.c.id)
        .where(reference == any_(person.c.emails))
        .order_by((person.c.status == ACTIVE).desc(), person.c.left_on.desc(), person.c.id)
        .limit(1)
        .scalar_subquery()
    )
    is_address = func.strpos(reference, "@") > 0
    return person_id == case((is_address, by_address), else_=cast(case((~is_address, reference)), Uuid()))


def _as_json(person: Any) -> ColumnElement[Any]:
    return func.json_build_object(cast("id", Text), person.id, cast("name", Text), person.name)
