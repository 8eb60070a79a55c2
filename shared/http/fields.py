"""Field types for bodies and queries, so that the limits of the database are the limits of the contract."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.clock import now
from shared.data.queries import AtOrAfter, Query
from shared.identity.callers import ActorKind


class Input(BaseModel):
    """A request body: unknown members are refused, so that a misspelt field is not silently dropped."""

    model_config = ConfigDict(extra="forbid")


# PostgreSQL's text holds no NUL; control characters other than line breaks and tabs have no place in a record.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE),
    Field(examples=["Logs are kept for a year"]),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=_LINES),
    Field(examples=["Audit logs of production are kept for a year."]),
]
LongProse = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40_000, pattern=_LINES),
    Field(examples=["Example Cloud keeps the documents of its customers, and lets them share these."]),
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"), Field(examples=["LG-01"])]
# The local part keeps to what RFC 5322 calls an atom, so that no address needs quoting anywhere.
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_ID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=f"^{_ADDRESS}$")]
PersonRef = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=f"^({_ID}|{_ADDRESS})$"),
    Field(description="A person, by id or e-mail address", examples=["dana@example.com"]),
]


class NamedPerson(BaseModel):
    """A person with their present name."""

    id: UUID
    name: str = Field(examples=["Dana Duarte"])


class NamedThen(BaseModel):
    """A person or an API client, with the name at the time."""

    id: UUID | None = Field(description="Null for a person whom the directory never had: only the name is known")
    name: str | None


class ActedBy(BaseModel):
    """Who did something, with the names at the time."""

    kind: ActorKind
    person: NamedThen | None = Field(description="Who did it, or is responsible for the client that did")
    client: NamedThen | None = Field(description="The API client, where a program did it")
    firm: UUID | None = Field(default=None, description="The organisation of a person who acted in an engagement")

    @property
    def label(self) -> str:
        """The name at the time, for texts; that of the person goes before the client's."""
        names = (named.name for named in (self.person, self.client) if named is not None and named.name)
        return next(names, str(self.kind))


Search = Annotated[str, StringConstraints(max_length=100, pattern=_ONE_LINE)]
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(1970, 1, 1, tzinfo=UTC),
        lt=datetime(2200, 1, 1, tzinfo=UTC),
        description="RFC 3339, with offset",
    ),
]
Day = Annotated[date, Field(ge=date(1970, 1, 1), lt=date(2200, 1, 1))]
AsOf = Annotated[Instant, Field(default_factory=now, description="As of this instant; now when left out")]
UpdatedSince = Annotated[Instant | None, AtOrAfter("updated_at")]


class AsOfQuery(Query):
    """What can be asked of a thing that is computed as of an instant."""

    as_of: AsOf


def once_each(ids: list[UUID]) -> list[UUID]:
    """A list of ids, refused when it names one twice."""
    if len(set(ids)) < len(ids):
        raise ValueError("names one twice")
    return ids
