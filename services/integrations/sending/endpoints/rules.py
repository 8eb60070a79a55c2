"""What an endpoint can be set up to: which addresses, which events. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from services.integrations.sending.messages.rules import may_be_told, named_by, wanted_types
from shared.events.event import CATALOGUE
from shared.events.readers import readers_of
from shared.identity.permissions import Permission
from shared.outbound.addresses import is_host
from shared.problems import Fault


def faults_in(given: Mapping[str, Any], may_read: Collection[Permission]) -> Iterator[Fault]:
    """Why this cannot be an endpoint of somebody who may read this; `given` is what is set or changed."""
    if "url" in given:
        yield from _faults_of_url(given["url"])
    for place, pattern in enumerate(given.get("types", ())):
        named = named_by(pattern)
        if not named:
            yield Fault(f"/types/{place}", f"no event has a type like {pattern}")
        elif not any(is_readable(name, may_read) for name in named):
            yield Fault(f"/types/{place}", f"you may not read what events of type {pattern} are about")
    for place, condition in enumerate(given.get("conditions", ())):
        yield from _faults_of_condition(place, condition["field"], given["types"])


def is_readable(type_: str, may_read: Collection[Permission]) -> bool:
    """Whether somebody with these permissions may be told of events of this type."""
    readers = readers_of(CATALOGUE[type_])
    return readers is not None and readers.permission in may_read


def _faults_of_url(url: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
        sound = parts.hostname is not None and is_host(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        yield Fault("/url", "no address of a host, as every system reads it")
    elif parts.username is not None or parts.password is not None:
        yield Fault("/url", "a user name or password in an address is not sent; use a path or query instead")
    elif parts.fragment:
        yield Fault("/url", "the part after # is never sent")


def _faults_of_condition(place: int, field: str, types: Sequence[str]) -> Iterator[Fault]:
    has_it = any(may_be_told(CATALOGUE[name], field) for name in wanted_types(types))
    if field != "subject" and not has_it:
        yield Fault(f"/conditions/{place}/field", f"none of these events tells a field {field}")
