"""A running installation: whether each service's trail is the one that the other services have seen.

Whoever has all power over a service's database can rewrite its chain, and what the service itself keeps of its heads.
The heads that the other services hold are in other databases: a chain that has the newest of them in its place is the
one that they have seen, up to there. Each service recomputes its own chain; whoever does not believe its program can
export the trail and check the file.
"""

import ssl
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from attest.findings import Broken, Holds

SERVICES = ("gateway", "controls", "evidence", "risk", "audit", "integrations")
_PAGE = 200
_HEADS_AT_ONCE = 100
_SECONDS = 120  # a chain of a million events is recomputed in less
_CALLER = "caller"
Seen = Mapping[tuple[int, str], Sequence[str]]


class NotAsked(Exception):  # noqa: N818 - a finding, not an error of ours
    """The installation, or one of its services, does not answer, or not this caller."""


def verify_installation(address: str, token: str) -> Holds:
    """What holds of the trails of the token's organisation, or `Broken` with the first contradiction."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=_SECONDS, verify=ssl.create_default_context()) as http:
        installation, holds = _Installation(http), Holds()
        for service in SERVICES:
            try:
                _verify_trail(installation, service, holds)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Broken(service, f"answers what cannot be understood: {type(error).__name__} {error}") from error
    return holds


def _verify_trail(installation: "_Installation", service: str, holds: Holds) -> None:
    newest = installation.newest_heads(service)
    found = installation.verification(service, sorted(newest, reverse=True)[:_HEADS_AT_ONCE])
    if found["status"] == "broken":
        if found["witness"] == _CALLER:
            _name_contradiction(installation, service)
        raise Broken(_trail(service, found["position"]), f"{found['broken']}, says the service itself")
    holds.add(f"{service}: {found['sealed']} events hold")
    if newest:
        position, digest = max(newest)
        holds.add(f"  up to position {position} as {_listed(newest[position, digest])} has seen them")
    elif found["sealed"]:
        holds.unwitnessed.append(service)
        holds.add("  no other service has seen any of them yet")
    if found["witnesses_lost"]:
        holds.add(f"  {found['witnesses_lost']} announced heads have been removed from its own database")


def _name_contradiction(installation: "_Installation", service: str) -> None:
    """`Broken` with the lowest position at which another service holds another head than the chain has."""
    every = installation.all_heads(service)
    heads = sorted(every)
    for begin in range(0, len(heads), _HEADS_AT_ONCE):
        some = heads[begin : begin + _HEADS_AT_ONCE]
        found = installation.verification(service, some)
        if found["witness"] == _CALLER:
            position = found["position"]
            holders = {holder for head in some if head[0] == position for holder in every[head]}
            what = f"{found['broken']}: {_listed(sorted(holders))} holds another head than the chain has there"
            raise Broken(_trail(service, position), what)


class _Installation:
    """What its services answer about their trails."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def verification(self, service: str, heads: Sequence[tuple[int, str]]) -> dict[str, Any]:
        params = {"head": [f"{position}:{digest}" for position, digest in heads]}
        return self._get(f"/v1/services/{service}/trail/verification", params)

    def newest_heads(self, service: str) -> Seen:
        """The heads of a trail that each other service has heard of last, with who holds them."""
        return self._heads(service, pages=1)

    def all_heads(self, service: str) -> Seen:
        return self._heads(service, pages=None)

    def _heads(self, service: str, *, pages: int | None) -> Seen:
        seen: dict[tuple[int, str], list[str]] = defaultdict(list)
        for holder in SERVICES:
            if holder != service:
                for head in self._listed(holder, service, pages):
                    seen[int(head["position"]), str(head["digest"])].append(holder)
        return seen

    def _listed(self, holder: str, service: str, pages: int | None) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while pages is None or pages > 0:
            params = {"of": service, "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            page = self._get(f"/v1/services/{holder}/trail/heads", params)
            yield from page["items"]
            cursor = page["next_cursor"]
            pages = None if pages is None else pages - 1
            if cursor is None:
                return

    def _get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.get(path, params=params)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
        except httpx.HTTPStatusError as error:
            raise NotAsked(f"{path}: {error.response.status_code} {error.response.text[:500]}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise NotAsked(f"{path}: {type(error).__name__}: {error}") from error
        return body


def _trail(service: str, position: int | None) -> str:
    return f"trail of {service}, position {position}" if position else f"trail of {service}"


def _listed(holders: Sequence[str]) -> str:
    return " and ".join(holders)
