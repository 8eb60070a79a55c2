from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class TicketSystem(StrEnum):
    """The systems in which tickets can be opened."""

    GITHUB = "github"
    GITLAB = "gitlab"
    JIRA_CLOUD = "jira_cloud"
    JIRA_DATA_CENTER = "jira_data_center"
    SERVICENOW = "servicenow"
    LINEAR = "linear"


class SubjectKind(StrEnum):
    """What a ticket can be about: an issue of controls, an auditor's finding or request, an action of a treatment."""

    ISSUE = "issue"
    FINDING = "finding"
    REQUEST = "request"
    TREATMENT_ACTION = "treatment_action"


class Category(StrEnum):
    """What a state of a ticket means, whatever its system calls it. `dropped`: closed, and nothing was done."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


class FieldName(StrEnum):
    """What is kept in step, each in the direction that the connection says."""

    TITLE = "title"
    DUE_ON = "due_on"
    STATE = "state"


class FieldDirection(StrEnum):
    """`out`: ours is written, over changes outside too. `in`: nothing is written. `both`: who changed it last."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class TicketCode(StrEnum):
    """Why something could not be done outside. For programs; the detail beside it is for people."""

    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    NOT_REACHABLE = "not_reachable"
    ANSWER_TOO_LARGE = "answer_too_large"
    TOO_SLOW = "too_slow"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    UNREADABLE = "unreadable"
    NO_TRANSITION = "no_transition"
    TOO_MANY_TO_SEARCH = "too_many_to_search"
    INTERRUPTED = "interrupted"


class Refused(Exception):  # noqa: N818 - as the other refusals are named
    """The system did not do what it was asked to. `rest` is how long it asked to be left alone."""

    def __init__(
        self, code: TicketCode, detail: str = "", *, status: int | None = None, rest: timedelta | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.status, self.rest = code, detail, status, rest


@dataclass(frozen=True, slots=True)
class Place:
    """Where tickets are opened: the system, its address, the project, and how tickets are made there.

    `states` names, for `open` and `done`, the state that is wanted where several are possible.
    """

    system: TicketSystem
    base_url: str
    project: str
    issue_type: str | None
    username: str | None
    labels: Sequence[str]
    states: Mapping[str, str]
    account: str | None
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """What a new ticket says. The marker tells it from every other, for whoever looks for it later."""

    marker: str
    title: str
    description: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Outside:
    """A ticket as its system shows it. `id` is what it is asked for by, `key` what people call it."""

    id: str
    key: str
    url: str | None
    title: str
    due_on: date | None
    category: Category | None
    status: str
    assignee: str | None
    updated_at: datetime | None
