"""What the gateway announces of the directory: people and teams."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutPerson(Event):
    """Every event about a person says all that the services know of them.

    `roles` and `acts_until` are those of their membership: what they may do, and until when; no roles for who may not
    act. The first e-mail address is the main one.
    """

    display_name: str
    emails: list[str]
    status: str
    left_on: date | None
    department: str | None
    manager_id: UUID | None
    roles: list[str]
    acts_until: datetime | None


class PersonAdded(AboutPerson):
    """A person is in the directory."""

    name: ClassVar[str] = "gateway.person.added"


class PersonChanged(AboutPerson):
    """A person's name, addresses, department, manager or membership changed, or they returned."""

    name: ClassVar[str] = "gateway.person.changed"


class PersonLeft(AboutPerson):
    """A person has left the organisation; they stay on record."""

    name: ClassVar[str] = "gateway.person.left"


class DutiesHandedOver(Event):
    """A person's API clients went to another; the services that list duties hand over those of this person."""

    name: ClassVar[str] = "gateway.person.duties_handed_over"

    to: UUID
    to_name: str


class _Team(Event):
    """Every event about a team says who is in it."""

    title: str
    people: list[UUID]


class TeamFormed(_Team):
    """There is a new team."""

    name: ClassVar[str] = "gateway.team.formed"


class TeamChanged(_Team):
    """A team has another title or other people."""

    name: ClassVar[str] = "gateway.team.changed"


class TeamDissolved(_Team):
    """A team is no more; it stays on record."""

    name: ClassVar[str] = "gateway.team.dissolved"
