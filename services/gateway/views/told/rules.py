"""Which things an event tells of, and what it tells of each, by the names that fields have in all events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from shared.events.catalogue.testing import TestRecorded
from shared.events.event import Event, Heard
from shared.events.readers import READERS, Readers
from shared.identity.callers import ActorKind, Caller
from shared.identity.permissions import P, Permission

Facts = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Noun:
    """What the events of a noun are about: things of this kind, read below `prefix` by who has the permission."""

    kind: str
    prefix: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of one thing: the fields that it names, as of this version of the thing."""

    kind: str
    id: UUID
    version: int
    said: Mapping[str, Any]


# What a kind is called where its service's word alone would not tell it.
_KINDS = {
    "controls.definition": "control_definition",
    "controls.health": "control_health",
    "controls.test": "control_test",
    "evidence.item": "evidence",
    "risk.method": "risk_method",
    "risk.override": "risk_override",
}
# A result of a test is announced as an event of the test, but `told_by` knows them apart, so both can be read.
_READERS = {**READERS, "controls.test": Readers(P.TESTS_READ, "control-tests")}
# By the service and noun in the names of events: every noun of which one thing is read at an address of its own.
NOUNS: Mapping[str, Noun] = {
    name: Noun(_KINDS.get(name, name.partition(".")[2]), f"/v1/{readers.path}/", readers.permission)
    for name, readers in _READERS.items()
    if readers.path and "/" not in readers.path
}
BY_KIND: Mapping[str, Noun] = {noun.kind: noun for noun in NOUNS.values()}

# Of the kinds that a token for one engagement shows, those whose words people of the client wrote.
OF_CLIENT = frozenset(
    {
        *("candidate", "control", "control_definition", "control_health", "control_test", "engagement", "evidence"),
        *("expectation", "historical_record", "issue", "occurrence", "risk", "significant_change"),
        *(
            "subservice_organisation",
            "system_incident",
            "test_result",
            "test_standing",
            "user_entity_control",
            "waiver",
        ),
    }
)

WORDS = ("code", "title", "about")  # of a thing, as search and inbox answer it
TITLES = (
    *("title", "firm_name", "display_name", "matter", "party", "organisation", "control_title", "text", "requirement"),
    *("label", "issuer", "email"),
)
CODES = ("control_code", "risk_code", "policy_code")
STATES = ("status", "phase", "state", "independence")
PEOPLE = ("owner_id", "assignee_id", "tester_id", "reviewer_id", "person_id", "responsible_id", "requester_id")
DUE = ("due_at", "due_on", "review_due_on")
DONE = ("done_on", "done_at", "completed_at", "finished_at")
_KEPT = frozenset(
    {
        *(*TITLES, *CODES, *STATES, *PEOPLE, *DUE, *DONE),
        *("code", "number", "control_id", "control_ids", "controls", "engagement_id", "programme_id", "approver_ids"),
        *("covers_from", "covers_until", "health", "current", "standing", "severity", "outcome", "concluded"),
        *("automated", "accepted_at", "report_type", "framework", "kind", "as_of_date", "period_start", "period_end"),
    }
)
# What happens to a thing without moving it on; everything else that happens is where it stands.
_NEUTRAL = frozenset(
    {
        *("revised", "reassigned", "assigned", "rescheduled", "overdue", "reminded", "tagged", "classified"),
        *("handed_over", "due_moved", "moved", "risk_noted", "corrected", "link_revoked", "measured"),
    }
)
_TELLS_ALL_PROOFS = frozenset({"submitted", "accepted", "returned", "replaced"})
_LONGEST_TEXT = 300


def told_by(heard: Heard[Event]) -> Iterator[Told]:
    """What an event tells, of the thing that it is about and, if it concludes one, of a planned test."""
    noun = noun_of(heard.event)
    if noun is not None:
        yield Told(noun.kind, heard.subject, heard.version, _said(heard))
    if isinstance(heard.event, TestRecorded) and heard.event.test_id is not None:
        yield Told("control_test", heard.event.test_id, 1, {"performed": True})


def noun_of(event: Event) -> Noun | None:
    """What an event is about; None for what is not read one by one."""
    return NOUNS.get("controls.test_result" if isinstance(event, TestRecorded) else event.name.rpartition(".")[0])


def merged(facts: Facts, told: Told) -> dict[str, Sequence[Any]]:
    """The facts with what was told: of each field the newest version wins, in whatever order they are heard."""
    newer = {
        name: (told.version, value)
        for name, value in told.said.items()
        if name not in facts or told.version >= facts[name][0]
    }
    return {**facts, **newer}


def visible_kinds(caller: Caller) -> list[str]:
    """The kinds of things that the caller may read. Which of them an engagement shows, row-level security decides."""
    return [noun.kind for noun in NOUNS.values() if noun.permission in caller.permissions]


def first_of(facts: Facts, names: Sequence[str]) -> Any:
    """The first of these fields that has a value."""
    return next((facts[name][1] for name in names if name in facts and facts[name][1] is not None), None)


def state_of(facts: Facts) -> str | None:
    """Where a thing stands: its state, or what last happened to it where its events tell no state."""
    state: str | None = first_of(facts, (*STATES, "verb"))
    return state


def controls_of(kind: str, thing_id: UUID, facts: Facts) -> list[UUID]:
    """The controls that a thing is or concerns."""
    if kind in {"control", "control_health"}:
        return [thing_id]
    one = first_of(facts, ("control_id",))
    several = first_of(facts, ("control_ids", "controls", "proves")) or []
    return sorted({UUID(named) for named in (*several, *([one] if one else []))})


def due_of(facts: Facts) -> datetime | None:
    """The instant after which a thing is overdue: one that is due on a day is so from the next."""
    due = first_of(facts, DUE)
    if due is None:
        return None
    if "T" in due:
        return datetime.fromisoformat(due)
    return datetime.combine(date.fromisoformat(due) + timedelta(days=1), time.min, UTC)


def instant_in(facts: Facts, name: str) -> datetime | None:
    """The instant that a field tells; a day is its beginning."""
    value = first_of(facts, (name,))
    found = datetime.fromisoformat(value) if value else None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _said(heard: Heard[Event]) -> dict[str, Any]:
    fields = heard.event.__class__.model_fields.keys()
    document = heard.event.model_dump(mode="json", include={*_KEPT, "proves"} & fields)
    said = {name: value[:_LONGEST_TEXT] if isinstance(value, str) else value for name, value in document.items()}
    verb = heard.event.name.rpartition(".")[2]
    # Some events of evidence tell only what is affected, which is part of what was told before.
    if "proves" in said and verb not in _TELLS_ALL_PROOFS:
        del said["proves"]
    elif "proves" in said:
        said["proves"] = [proof["control_id"] for proof in document["proves"]]
    if verb not in _NEUTRAL:
        said |= {"verb": verb, "by": str(heard.actor.person) if heard.actor.person else None}
    if verb in {"submitted", "recorded"}:
        said["by_program"] = heard.actor.kind is ActorKind.CLIENT
    return said
