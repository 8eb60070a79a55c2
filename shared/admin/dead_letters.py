"""Dead letters over HTTP: what could not be handled, why, another try, or the decision to let it be."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.tables import dead_letters
from shared.events.event import Handler
from shared.events.inbox import handle_once, read
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.problems import Conflict, NotFound

_C = dead_letters.c
_LETTER = select(
    _C.id,
    _C.event_id,
    _C.type,
    _C.subject,
    _C.body,
    _C.reason,
    _C.deliveries,
    _C.version,
    _C.buried_at,
    _C.state,
    _C.settled_at,
    _C.settled_by,
    _C.settled_reason,
)
_ONE = One("dead letter", _LETTER, by=_C.id)


class LetterState(StrEnum):
    """waiting → replayed or dismissed; both are final, and the letter stays on record."""

    WAITING = "waiting"
    REPLAYED = "replayed"
    DISMISSED = "dismissed"


class DeadLetterQuery(ListQuery):
    sort: Literal["buried_at", "-buried_at"] = "-buried_at"
    state: LetterState | None = None


_LIST = Listing(_LETTER, id=_C.id, query=DeadLetterQuery)


class Dismissal(Input):
    """Why a message will not be handled any more."""

    reason: Prose = Field(examples=["Sent by a faulty release and sent again correctly since"])


class DeadLetter(BaseModel):
    """A message that could not be handled."""

    id: UUID
    event_id: UUID | None
    type: str | None
    subject: str = Field(description="The NATS subject it came on")
    body: str
    reason: str
    deliveries: int
    version: int
    buried_at: datetime
    state: LetterState
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None = Field(description="Why it was dismissed")


class AlreadySettled(Conflict):
    """The dead letter was already replayed or dismissed."""


class StillFailing(Conflict):
    """The message still cannot be processed."""


def dead_letter_routes(service: str, handlers: Sequence[Handler]) -> Routes:
    """The dead letters of one service."""
    routes = Routes("dead letters")
    base = f"/v1/services/{service}/dead-letters"

    routes.list(
        "list_dead_letters",
        base,
        _LIST,
        DeadLetter,
        permission=P.DEAD_LETTERS_READ,
        description="The organisation's dead letters in this service, newest first.",
    )
    routes.one(
        "get_dead_letter",
        base + "/{letter_id}",
        _ONE,
        DeadLetter,
        permission=P.DEAD_LETTERS_READ,
        description="One dead letter, with the message as it came.",
    )

    @routes.post(
        base + "/{letter_id}/replays",
        permission=P.DEAD_LETTERS_REPLAY,
        status_code=200,
        response_model=DeadLetter,
        refuses=(NotFound, AlreadySettled, StillFailing),
    )
    async def replay_dead_letter(letter_id: UUID, write: Write) -> Response:
        """Handle the message now; it has its effect once, also when it was heard after all in between."""
        await _replay(write.session, letter_id, handlers, by=write.caller.actor, at=write.at)
        return await write.changed(_ONE, letter_id)

    @routes.post(
        base + "/{letter_id}/dismissals",
        permission=P.DEAD_LETTERS_REPLAY,
        status_code=200,
        response_model=DeadLetter,
        refuses=(NotFound, AlreadySettled),
    )
    async def dismiss_dead_letter(letter_id: UUID, dismissal: Dismissal, write: Write) -> Response:
        """Let the message be, for a reason; nobody is alerted to it any longer."""
        await _waiting(write.session, letter_id)
        settled = {"state": LetterState.DISMISSED, "settled_reason": dismissal.reason}
        await _settle(write.session, letter_id, settled, by=write.caller.actor, at=write.at)
        return await write.changed(_ONE, letter_id)

    return routes


async def _replay(
    session: AsyncSession, letter_id: UUID, handlers: Sequence[Handler], *, by: Actor, at: datetime
) -> None:
    address, body = await _waiting(session, letter_id)
    try:
        async with session.begin_nested():
            await handle_once(session, handlers, [read(address, body.encode())])
    except Exception as error:
        raise StillFailing(f"{type(error).__name__}: {error}") from error
    await _settle(session, letter_id, {"state": LetterState.REPLAYED}, by=by, at=at)


async def _waiting(session: AsyncSession, letter_id: UUID) -> tuple[str, str]:
    """NATS subject and body of a letter that waits; it is locked from here on."""
    query = select(_C.subject, _C.body, _C.state, _C.settled_at).where(_C.id == letter_id).with_for_update()
    letter = (await session.execute(query)).one_or_none()
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.")
    if letter.state != LetterState.WAITING:
        raise AlreadySettled(f"It was {letter.state} at {letter.settled_at.isoformat()}.")
    return letter.subject, letter.body


async def _settle(session: AsyncSession, letter_id: UUID, how: dict[str, str], *, by: Actor, at: datetime) -> None:
    mark = update(dead_letters).where(_C.id == letter_id)
    await session.execute(mark.values(**how, settled_at=at, settled_by=by.label, version=_C.version + 1))
