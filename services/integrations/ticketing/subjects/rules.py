"""Which events tell of what tickets can be about, who may read it, and when it is over. Pure."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from services.integrations.ticketing.terms.models import SubjectKind
from shared.events import catalogue  # noqa: F401 - it has to be whole before its events are listed
from shared.events.catalogue import findings, requests
from shared.events.event import CATALOGUE, Event, Heard
from shared.events.readers import READERS
from shared.identity.permissions import Permission

_LONGEST_TITLE = 200
# The noun in the names of events, of each kind.
NOUNS: Mapping[SubjectKind, str] = MappingProxyType(
    {
        SubjectKind.ISSUE: "controls.issue",
        SubjectKind.FINDING: "audit.finding",
        SubjectKind.REQUEST: "audit.request",
        SubjectKind.TREATMENT_ACTION: "risk.treatment_action",
    }
)
_KINDS = {noun: kind for kind, noun in NOUNS.items()}
# A claim that something is done is not its end: somebody else has to find it so.
_OVER: Mapping[SubjectKind, Collection[str]] = MappingProxyType(
    {
        SubjectKind.ISSUE: {"closed"},
        SubjectKind.FINDING: {"concluded", "withdrawn"},
        SubjectKind.REQUEST: {"accepted", "unavailable", "cancelled"},
        SubjectKind.TREATMENT_ACTION: {"verified", "dropped"},
    }
)
# What the client does not know of has no ticket of the client's.
_DRAFTS = (findings.FindingDrafted, findings.FindingRevised, requests.RequestDrafted, requests.RequestRevised)
SUBJECT_EVENTS: tuple[type[Event], ...] = tuple(
    kind for name, kind in CATALOGUE.items() if name.rpartition(".")[0] in _KINDS and kind not in _DRAFTS
)


def kind_of(event: type[Event]) -> SubjectKind | None:
    """What kind of subject events of this type are about."""
    return _KINDS.get(event.name.rpartition(".")[0])


def permission_of(kind: SubjectKind) -> Permission:
    """What reads things of this kind."""
    return READERS[NOUNS[kind]].permission


def path_of(kind: SubjectKind) -> str:
    """Where things of this kind are read."""
    return f"/v1/{READERS[NOUNS[kind]].path}"


def rows_of(heard: Heard[Any]) -> Iterator[Mapping[str, Any]]:
    """What an event tells of its subject. The firm's trail tells of requests too: they are the client's to answer."""
    event, kind = heard.event, kind_of(type(heard.event))
    if kind is None or getattr(event, "client_id", heard.org_id) != heard.org_id:
        return
    title = " ".join(str(getattr(event, "title", None) or getattr(event, "text", "")).split())
    severity = getattr(event, "severity", None)
    yield {
        "id": heard.subject,
        "kind": kind.value,
        "title": title[:_LONGEST_TITLE] or kind.value,
        "status": event.status,
        "due_on": getattr(event, "due_on", None),
        "severity": None if severity is None else str(severity),
        "is_over": event.status in _OVER[kind],
    }
