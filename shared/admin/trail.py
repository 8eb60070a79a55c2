"""The trail over HTTP: read it, and have its chain verified."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import ColumnElement, case, func, select

from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.sessions import driver_of
from shared.data.tables import events
from shared.http.doors import platform_of
from shared.http.fields import Instant, NamedThen
from shared.http.operations import Routes
from shared.identity.callers import ActorKind
from shared.identity.permissions import P
from shared.trail.chain import Head, verify
from shared.trail.link import Break, TrailStatus

Noun = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]*$")]
NotedHead = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$")]

_C = events.c


def _named(key: ColumnElement[Any], name: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((key.is_not(None), func.json_build_object("id", key, "name", name)))


_EVENT = select(
    _C.id,
    _C.type,
    _C.subject,
    _C.version,
    _C.actor,
    _named(_C.person, _C.person_name).label("person"),
    _named(_C.client, _C.client_name).label("client"),
    _C.firm,
    _C.reason,
    _C.occurred_at,
    _C.data,
    _C.before,
    _C.after,
    _C.cause,
    _C.traceparent,
    _C.published_at,
    _C.position,
    func.encode(_C.digest, "hex").label("digest"),
)
_ONE = One("event", _EVENT, by=_C.id)


class TrailQuery(ListQuery):
    sort: Literal["id", "-id"] = "id"
    type: str | None = Field(default=None, max_length=80, pattern=r"^[a-z_.]*$")
    subject: UUID | None = None
    noun: Annotated[Noun | None, Where(lambda noun: func.split_part(_C.type, ".", 2) == noun)] = Field(
        default=None, description="What it is about", examples=["item"]
    )
    actor: ActorKind | None = Field(default=None, description="What kind of actor did it")
    person: Annotated[UUID | None, Where(lambda person: _C.person == person)] = Field(
        default=None, description="Who did it, also through their API clients"
    )
    client: Annotated[UUID | None, Where(lambda client: _C.client == client)] = Field(
        default=None, description="The API client that did it"
    )
    cause: UUID | None = Field(default=None, description="Only what this event led to")
    since: Annotated[Instant | None, Where(lambda instant: _C.occurred_at >= instant)] = Field(
        default=None, description="From this instant on"
    )
    until: Annotated[Instant | None, Where(lambda instant: _C.occurred_at < instant)] = Field(
        default=None, description="Before this instant"
    )


_LIST = Listing(_EVENT, id=_C.id, query=TrailQuery)


class TrailEvent(BaseModel):
    """One row of the trail. `before` is null for something new; `cause` is the event that led to this one."""

    id: UUID
    type: str = Field(examples=["evidence.item.expired"])
    subject: UUID
    version: int
    actor: ActorKind
    person: NamedThen | None = Field(description="Who did it, or is responsible for the client that did")
    client: NamedThen | None = Field(description="The API client, where a program did it")
    firm: UUID | None = Field(description="The organisation of a person who acted in an engagement")
    reason: str | None
    occurred_at: datetime
    data: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    cause: UUID | None
    traceparent: str | None
    published_at: datetime | None
    position: int | None = Field(description="Place in the organisation's chain, from 1; null until sealed")
    digest: str | None = Field(description="SHA-256 over the digest before it and this event, hexadecimal")


class TrailVerification(BaseModel):
    """Whether the organisation's chain in this service holds, and the first broken link if not."""

    status: TrailStatus = Field(
        description="`verified`; `broken`; or `unwitnessed`: it holds in itself, but no head of it is kept here that"
        " others were told, or fewer than it announced. `python -m attest verify` compares it with what they hold."
    )
    sealed: int = Field(description="How many events, from the first, hold")
    unsealed: int = Field(description="How many have not been sealed yet; normally none for longer than a second")
    head: str | None = Field(description="Digest of the last event that holds, hexadecimal")
    broken: Break | None
    position: int | None = Field(description="Where the chain breaks")
    event_id: UUID | None
    witness: str | None = Field(description="Which service has seen another head there, or `caller`; for `rewritten`")
    witnessed: int = Field(description="With how many heads seen elsewhere a chain that holds was compared")
    witnesses_lost: int = Field(description="How many heads that this service announced it keeps no longer")


def trail_routes(service: str) -> Routes:
    """The trail of one service."""
    routes = Routes("trail")
    base = f"/v1/services/{service}/trail"

    routes.list(
        "list_trail",
        base,
        _LIST,
        TrailEvent,
        permission=P.TRAIL_READ,
        description="The organisation's events in this service, oldest first.",
    )

    @routes.get(base + "/verification", permission=P.TRAIL_READ, response_model=TrailVerification)
    async def verify_trail(
        request: Request,
        head: Annotated[
            list[NotedHead] | None,
            Query(max_length=100, description="`<position>:<digest>` as noted down elsewhere, to be compared too"),
        ] = None,
    ) -> TrailVerification:
        """Recompute the chain from its first event, and compare it with the heads that others have witnessed."""
        async with platform_of(request).database.transaction(request.state.caller.org_id) as session:
            result = await verify(await driver_of(session), service, _noted(head or []))
        return TrailVerification.model_validate(result, from_attributes=True)

    routes.one(
        "get_trail_event",
        base + "/{event_id}",
        _ONE,
        TrailEvent,
        permission=P.TRAIL_READ,
        description="One event of the trail.",
    )

    return routes


def _noted(heads: list[NotedHead]) -> list[Head]:
    parts = (head.partition(":") for head in heads)
    return [Head(int(position), bytes.fromhex(digest)) for position, _, digest in parts]
