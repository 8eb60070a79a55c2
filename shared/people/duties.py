"""Duties: what a person answers for until it is over or another person takes it over.

A service declares its duties. `GET /v1/services/{service}/duties` lists those of a person, and when the gateway
announces that a leaver's duties go to another person, each service hands over what it knows of.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing
from shared.events.catalogue.people import DutiesHandedOver
from shared.events.event import Handler, Heard, hears
from shared.http.fields import NamedPerson, PersonRef
from shared.http.operations import Routes
from shared.identity.permissions import P, Permission
from shared.people.known import is_person, named
from shared.people.references import people_with_ids


@dataclass(frozen=True, slots=True)
class Handover:
    """That one person takes over what another answered for."""

    from_person: UUID
    to_person: UUID
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: what `noun` it is about, as what (`duty`), and the `rows` where it is not over.

    `rows` selects `id`, `title` and `person` (an id). `hand_over` gives all of one person's to another and announces
    it; where the other person has no permission for what the duty `needs`, nothing is handed over.
    """

    noun: str
    duty: str
    rows: Select[Any]
    hand_over: Callable[[AsyncSession, Handover], Awaitable[None]]
    needs: Permission | None = None


def handed_over(owner: UUID, backup: UUID | None, handover: Handover) -> tuple[UUID, UUID | None]:
    """Owner and backup when one person takes over from another; who would be both is the owner, without a backup."""
    leaver, taker = handover.from_person, handover.to_person
    owner, backup = taker if owner == leaver else owner, taker if backup == leaver else backup
    return owner, None if backup == owner else backup


class DutyOut(BaseModel):
    """Something that a person answers for."""

    id: UUID = Field(description="Of the thing it is about")
    key: str = Field(description="Tells this duty from every other: of which thing, as what, whose", max_length=200)
    noun: str = Field(examples=["control"])
    duty: str = Field(examples=["owner"])
    title: str = Field(examples=["AC-01 Access is reviewed every quarter"])
    person: NamedPerson


def rows_of(
    *,
    id: ColumnElement[Any],  # noqa: A002 - as `Listing` has it
    title: ColumnElement[Any],
    person: ColumnElement[Any],
    where: ColumnElement[bool],
) -> Select[Any]:
    """The select that a duty's `rows` are."""
    return select(id.label("id"), title.label("title"), person.label("person")).where(where)


def duty_routes(service: str, duties: Sequence[Duty]) -> Routes:
    """The duties that one service knows of."""
    routes = Routes("duties")
    routes.list(
        "list_duties",
        f"/v1/services/{service}/duties",
        _listing(duties),
        DutyOut,
        permission=P.PEOPLE_READ,
        description="What people answer for in this service. Of who has left: what nobody has taken over yet.",
    )
    return routes


def handing_over(duties: Sequence[Duty]) -> Handler:
    """The handler that hands duties over when the gateway says so."""

    @hears(DutiesHandedOver)
    async def hand_duties_over(session: AsyncSession, heard: Heard[DutiesHandedOver]) -> None:
        people = await people_with_ids(session, [heard.subject, heard.event.to])
        taker = people.get(heard.event.to)
        leaver = people.get(heard.subject)
        reason = f"{heard.event.to_name} took over from {leaver.name if leaver else 'who had it before'}."
        handover = Handover(heard.subject, heard.event.to, heard.occurred_at, reason)
        for duty in duties:
            if duty.needs is None or (taker is not None and taker.may(duty.needs, heard.occurred_at)):
                await duty.hand_over(session, handover)

    return hand_duties_over


def _listing(duties: Sequence[Duty]) -> Listing:
    every = union_all(
        *(
            duty.rows.add_columns(
                literal_column(f"'{duty.noun}'", Text()).label("noun"),
                literal_column(f"'{duty.duty}'", Text()).label("duty"),
            )
            for duty in duties
        )
    ).subquery("duties")
    rows = every.c

    class DutyQuery(ListQuery):
        sort: Literal["key", "-key"] = "key"
        person: Annotated[PersonRef | None, Where(lambda reference: is_person(rows.person, reference))] = None
        noun: str | None = Field(default=None, max_length=40)

    # One thing may have several duties, and one duty several people: a page ends between them, too.
    key = cast(func.concat(rows.id, ":", rows.duty, ":", rows.person), Text()).label("key")
    columns = (rows.id, key, rows.noun, rows.duty, cast(func.left(rows.title, 200), Text()).label("title"))
    return Listing(select(*columns, named(rows.person).label("person")), id=rows.id, query=DutyQuery)
