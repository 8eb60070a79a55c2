"""Dead letters over HTTP: what could not be handled, why, and another try."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean

from shared.data.reads import Listing, One, PageRequest
from shared.data.tables import dead_letters
from shared.events.event import Handler
from shared.events.inbox import handle_once, read
from shared.http.operations import Read, Routes, Write
from shared.http.pages import After, Limit, Page
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
    _C.replayed_at,
    _C.replayed_by,
)
_ONE = One("dead letter", _LETTER, by=_C.id)
_LIST = Listing(
    _LETTER,
    id=_C.id,
    filters={"replayed": _C.replayed_at.is_not(None) == bindparam("replayed", type_=Boolean())},
    sorts={"buried_at": _C.buried_at},
)


class DeadLetter(BaseModel):
    """A message that could not be handled. Replaying it is a fact of its own: the letter stays."""

    id: UUID
    event_id: UUID | None
    type: str | None
    subject: str = Field(description="The NATS subject it came on")
    body: str
    reason: str
    deliveries: int
    version: int
    buried_at: datetime
    replayed_at: datetime | None
    replayed_by: str | None


class AlreadyReplayed(Conflict):
    """This dead letter has been replayed."""


class StillFailing(Conflict):
    """The message cannot be handled yet."""


def dead_letter_routes(service: str, handlers: Sequence[Handler]) -> Routes:
    """The dead letters of one service."""
    routes = Routes("dead letters")
    base = f"/v1/services/{service}/dead-letters"

    @routes.get(base, permission=P.DEAD_LETTERS_READ, response_model=Page[DeadLetter])
    async def list_dead_letters(
        read: Read,
        limit: Limit = 50,
        cursor: After = None,
        sort: Literal["buried_at", "-buried_at"] = "-buried_at",
        replayed: bool | None = None,
    ) -> Response:
        """The organisation's dead letters in this service, newest first."""
        return await read.page(_LIST, PageRequest(limit, cursor, sort), replayed=replayed)

    @routes.get(base + "/{letter_id}", permission=P.DEAD_LETTERS_READ, response_model=DeadLetter)
    async def get_dead_letter(letter_id: UUID, read: Read) -> Response:
        """One dead letter, with the message as it came."""
        return await read.one(_ONE, letter_id)

    @routes.post(
        base + "/{letter_id}/replays",
        permission=P.DEAD_LETTERS_REPLAY,
        status_code=200,
        response_model=DeadLetter,
        refuses=(NotFound, AlreadyReplayed, StillFailing),
    )
    async def replay_dead_letter(letter_id: UUID, write: Write) -> Response:
        """Handle the message now; it has its effect once, also when it was heard after all in between."""
        await _replay(write.session, letter_id, handlers, by=write.caller.actor, at=write.at)
        return await write.changed(_ONE, letter_id)

    return routes


async def _replay(
    session: AsyncSession, letter_id: UUID, handlers: Sequence[Handler], *, by: str, at: datetime
) -> None:
    query = select(_C.body, _C.replayed_at).where(_C.id == letter_id).with_for_update()
    letter = (await session.execute(query)).one_or_none()
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.")
    if letter.replayed_at is not None:
        raise AlreadyReplayed(f"It was replayed at {letter.replayed_at.isoformat()}.")
    try:
        async with session.begin_nested():
            await handle_once(session, handlers, read(letter.body.encode()))
    except Exception as error:
        raise StillFailing(f"{type(error).__name__}: {error}") from error
    mark = update(dead_letters).where(_C.id == letter_id)
    await session.execute(mark.values(replayed_at=at, replayed_by=by, version=_C.version + 1))
