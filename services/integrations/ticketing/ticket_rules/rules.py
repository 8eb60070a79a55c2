"""What a rule can be set up to, and which events it is for. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from services.integrations.sending.messages.rules import matches, may_be_told, named_by, told, wanted_types
from services.integrations.ticketing.subjects.rules import SUBJECT_EVENTS, kind_of, permission_of
from shared.events.event import CATALOGUE, Event, Heard
from shared.identity.permissions import Permission
from shared.problems import Fault

MOST_RULES = 50
_NAMES = frozenset(event.name for event in SUBJECT_EVENTS)


def faults_in(
    types: Sequence[str], conditions: Sequence[Mapping[str, Any]], may_read: Collection[Permission]
) -> Iterator[Fault]:
    """Why this cannot be a rule of somebody who may read this."""
    for place, pattern in enumerate(types):
        named = named_by(pattern)
        if not named or not named <= _NAMES:
            yield Fault(f"/types/{place}", "names events of which not all are about what tickets can be about")
        elif not any(permission_for(CATALOGUE[name]) in may_read for name in named):
            yield Fault(f"/types/{place}", f"you may not read what events of type {pattern} are about")
    for place, condition in enumerate(conditions):
        field = condition["field"]
        if field != "subject" and not any(may_be_told(CATALOGUE[name], field) for name in wanted_types(types) & _NAMES):
            yield Fault(f"/conditions/{place}/field", f"none of these events tells a field {field}")


def permission_for(event: type[Event]) -> Permission | None:
    """What reads what these events are about; None where they are about nothing that has tickets."""
    kind = kind_of(event)
    return None if kind is None else permission_of(kind)


def is_for(types: Sequence[str], conditions: Sequence[Mapping[str, Any]], heard: Heard[Event]) -> bool:
    """Whether a rule is for this event."""
    return heard.event.name in wanted_types(types) and matches(conditions, heard.subject, told(heard.event))
