from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.gateway.people.people.models import PersonOrigin, PersonStatus
from shared.http.fields import Email, Input, NamedPerson, PersonRef, Title
from shared.identity.roles import Role

_MOST_ADDRESSES = 10


def _without_repetition(emails: list[str]) -> list[str]:
    return list(dict.fromkeys(emails))


Emails = Annotated[
    list[Email],
    Field(max_length=_MOST_ADDRESSES, examples=[["dana@example.com"]], description="The first is the main one"),
    AfterValidator(_without_repetition),
]


class PersonDraft(Input):
    """A person of the organisation, whether or not they may act in it."""

    name: Title = Field(examples=["Dana Duarte"])
    emails: Emails = Field(default=[])
    department: Title | None = Field(default=None, examples=["Platform"])
    manager: PersonRef | None = None
    another_person: bool = Field(
        default=False, description="The address belonged to somebody who left, and this is not the same person"
    )


class PersonRevision(Input):
    """What to change; members left out stay as they are."""

    name: Title | None = None
    emails: Emails | None = None
    department: Title | None = None
    manager: PersonRef | None = None
    another_person: bool = Field(default=False, description="As when a person is added")


class PersonOut(BaseModel):
    id: UUID
    name: str
    emails: list[str] = Field(description="The first is the main one; all in lower case")
    department: str | None
    manager: NamedPerson | None
    origin: PersonOrigin
    status: PersonStatus
    left_on: date | None = Field(description="Their last day, if they left")
    roles: list[Role] = Field(description="Of their membership; empty for who may not act")
    acts_until: datetime | None = Field(description="When their membership ends, if that is known")
    version: int
    created_at: datetime
    updated_at: datetime
