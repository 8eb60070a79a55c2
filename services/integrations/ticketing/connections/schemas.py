from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from services.integrations.ticketing.connections.models import ConnectionDisabledFor, ConnectionStatus
from services.integrations.ticketing.terms.models import FieldDirection, TicketCode, TicketSystem
from shared.http.fields import Input, NamedPerson, PersonRef, Prose, Title

BaseUrl = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[\x21-\x7e]+$"),
    Field(
        description="Where its API is: https, on port 443 or 8443; inside networks that the operator allows also http",
        examples=["https://api.github.com"],
    ),
]
Project = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,5}$"),
    Field(
        description="GitHub: owner and repository. GitLab: the project with its groups. Jira: the project's key."
        " ServiceNow: the table. Linear: the team's key",
        examples=["acme/compliance"],
    ),
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_.:-]+$")]
Credential = Annotated[
    SecretStr,
    Field(min_length=1, max_length=4096, description="A token, or a password where there is a user name; never shown"),
]
LinkBase = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[\x21-\x7e]+$"),
    Field(
        description="What links in tickets begin with: where your people see Attest",
        examples=["https://attest.example.com"],
    ),
]


class FieldDirections(Input):
    """Who changes what: `out`, only Attest; `in`, only the system; `both`, whoever changed it last."""

    title: FieldDirection = FieldDirection.OUT
    due_on: FieldDirection = FieldDirection.OUT
    state: FieldDirection = FieldDirection.BOTH


class WantedStates(Input):
    """The state that is wanted where a workflow leads to several; any of that category when left out.

    Jira and Linear: its name. ServiceNow: its number. GitHub and GitLab have one of each.
    """

    open: Name | None = None
    done: Name | None = None


class TicketConnectionDraft(Input):
    """A system of tickets, and a project in it."""

    title: Title = Field(examples=["GitHub: acme/compliance"])
    system: TicketSystem
    base_url: BaseUrl
    project: Project
    issue_type: Name | None = Field(default=None, description="Jira only: as the project names it", examples=["Task"])
    username: Name | None = Field(
        default=None, description="Jira Cloud: the e-mail address of the token's owner. ServiceNow: the user"
    )
    credential: Credential
    labels: list[Label] = Field(default=["attest"], max_length=10)
    link_base: LinkBase | None = None
    owner: PersonRef
    source_id: UUID | None = Field(default=None, description="The source by which the system reports changes")
    directions: FieldDirections = Field(default=FieldDirections())
    states: WantedStates = Field(default=WantedStates())
    writes_per_ticket: int = Field(default=20, ge=3, le=200, description="How often one is written in an hour at most")
    writes_per_minute: int = Field(default=30, ge=3, le=300, description="How many writes a minute at most, of all")


class TicketConnectionRevision(Input):
    """What to change; members left out stay as they are. Another address or project has to work in a test again."""

    title: Title | None = None
    base_url: BaseUrl | None = None
    project: Project | None = None
    issue_type: Name | None = None
    username: Name | None = None
    labels: list[Label] | None = Field(default=None, max_length=10)
    link_base: LinkBase | None = None
    owner: PersonRef | None = None
    source_id: UUID | None = None
    directions: FieldDirections | None = None
    states: WantedStates | None = None
    writes_per_ticket: int | None = Field(default=None, ge=3, le=200)
    writes_per_minute: int | None = Field(default=None, ge=3, le=300)


class TicketCredentialDraft(Input):
    """Another credential in the place of the one before."""

    credential: Credential


class TicketConnectionReason(Input):
    """Why nothing is asked of the system for a time, or ever again."""

    reason: Prose


class TicketConnectionStanding(BaseModel):
    """How it is going."""

    rest_until: datetime | None = Field(default=None, description="Until when nothing is asked of the system")
    last_tested_at: datetime | None = None
    last_worked_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_code: TicketCode | None = Field(default=None, description="Why it failed, last time")
    last_detail: str | None = Field(default=None, description="What the system said then")


class TicketConnectionOut(BaseModel):
    id: UUID
    title: str
    system: TicketSystem
    base_url: str
    project: str
    issue_type: str | None
    username: str | None
    labels: list[str]
    link_base: str | None
    owner: NamedPerson
    source_id: UUID | None
    directions: FieldDirections
    states: dict[Literal["open", "done"], str]
    writes_per_ticket: int
    writes_per_minute: int
    account: str | None = Field(description="Who we are there; null before a test has worked, and for an app")
    status: ConnectionStatus
    disabled_for: ConnectionDisabledFor | None
    standing: TicketConnectionStanding
    version: int
    created_at: datetime
    updated_at: datetime
