"""What a connection can be set up to, and when its system is left alone. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from services.integrations.receiving.sources.models import SourceKind
from services.integrations.ticketing.connections.models import TicketQueue
from services.integrations.ticketing.terms.models import TicketSystem
from shared.outbound.addresses import is_host
from shared.problems import Fault

MOST_CONNECTIONS = 20
# What one piece of work may write: two fields together, each of them alone where that is refused, and the state.
MOST_WRITES_AT_ONCE = 4
_MINUTE = timedelta(minutes=1)
_FIRST_REST, _LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)
_JIRA = frozenset({TicketSystem.JIRA_CLOUD, TicketSystem.JIRA_DATA_CENTER})
_WITH_USERNAME = frozenset({TicketSystem.JIRA_CLOUD, TicketSystem.SERVICENOW})
_WITH_ONE_STATE_EACH = frozenset({TicketSystem.GITHUB, TicketSystem.GITLAB})
_PROJECTS: Mapping[TicketSystem, str] = {
    TicketSystem.GITHUB: r"[^/]+/[^/]+",
    TicketSystem.GITLAB: r"[^/]+(/[^/]+)+",
    TicketSystem.JIRA_CLOUD: r"[A-Z][A-Z0-9_]+",
    TicketSystem.JIRA_DATA_CENTER: r"[A-Z][A-Z0-9_]+",
    TicketSystem.SERVICENOW: r"[a-z][a-z0-9_]+",
    TicketSystem.LINEAR: r"[A-Z0-9]+",
}
SOURCES: Mapping[TicketSystem, SourceKind] = {
    TicketSystem.GITHUB: SourceKind.GITHUB,
    TicketSystem.GITLAB: SourceKind.GITLAB,
    TicketSystem.JIRA_CLOUD: SourceKind.JIRA_CLOUD,
    TicketSystem.JIRA_DATA_CENTER: SourceKind.JIRA_DATA_CENTER,
    TicketSystem.SERVICENOW: SourceKind.SERVICENOW,
    TicketSystem.LINEAR: SourceKind.LINEAR,
}


def faults_in(system: TicketSystem, given: Mapping[str, Any]) -> Iterator[Fault]:
    """Why this cannot be a connection to this system."""
    for name in ("base_url", "link_base"):
        if given.get(name) is not None:
            yield from _faults_of_url(f"/{name}", given[name])
    if not re.fullmatch(_PROJECTS[system], given["project"]) or ".." in given["project"].split("/"):
        yield Fault("/project", f"no project as {system} has them")
    if (system in _JIRA) != (given.get("issue_type") is not None):
        yield Fault("/issue_type", "is for Jira, which needs it")
    if (system in _WITH_USERNAME) != (given.get("username") is not None):
        yield Fault("/username", "is for Jira Cloud and ServiceNow, which need it")
    elif ":" in (given.get("username") or ""):
        yield Fault("/username", "has a colon, which ends a user name")
    if system in _WITH_ONE_STATE_EACH and any((given.get("states") or {}).values()):
        yield Fault("/states", "are for systems that have several of each")


def faults_of_credential(credential: str) -> Iterator[Fault]:
    """Why this cannot be sent as a credential."""
    if not re.fullmatch(r"[\x21-\x7e]+", credential):
        yield Fault("/credential", "has a character that no token has")


def rest_after(failures: int, *, asked: timedelta | None) -> timedelta:
    """How long a system that failed so often in a row is left alone: at least as long as it asked."""
    doubled: timedelta = min(_FIRST_REST * 2 ** min(failures - 1, 10), _LONGEST_REST)
    return max(doubled, asked or doubled)


def may_write(queue: TicketQueue, *, most: int, at: datetime) -> bool:
    """Whether what a ticket may need to be written now stays below the cap of this minute."""
    return _is_over(queue, at) or queue.minute_writes + MOST_WRITES_AT_ONCE <= most


def count_writes(queue: TicketQueue, writes: int, *, at: datetime) -> None:
    """Count writes against the cap of their minute."""
    if _is_over(queue, at):
        queue.minute_from, queue.minute_writes = at, 0
    queue.minute_writes += writes


def next_minute(queue: TicketQueue, *, at: datetime) -> datetime:
    """When writing goes on after the cap was reached."""
    return (queue.minute_from or at) + _MINUTE


def _is_over(queue: TicketQueue, at: datetime) -> bool:
    return queue.minute_from is None or at - queue.minute_from >= _MINUTE


def _faults_of_url(pointer: str, url: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
        sound = parts.hostname is not None and is_host(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        yield Fault(pointer, "no address of a host, as every system reads it")
    elif parts.username is not None or parts.password is not None:
        yield Fault(pointer, "has a user name or password; give it as the credential")
    elif parts.query or parts.fragment:
        yield Fault(pointer, "has a query or a fragment, and paths are added to it")
