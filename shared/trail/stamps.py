"""RFC 3161 timestamps of heads: an authority that is none of ours says that a trail stood there at a time.

Off unless `ATTEST_TIMESTAMP_URL` names an authority. Its address is the operator's, as that of the database is, and
not an organisation's: it may be inside the network, and http will do, since the token is signed. Nothing is followed,
and size and time are limited.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    decode_timestamp_response,
)
from sqlalchemy import Select, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id
from shared.data.sessions import organisation_of
from shared.data.tables import head_timestamps, trail_heads
from shared.schedule import sweep
from shared.trail.settings import trail_settings

_SECONDS = 5.0
_LARGEST = 64 * 1024
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_H = trail_heads.c
_T = head_timestamps.c
_log = logging.getLogger(__name__)


class NotStamped(Exception):  # noqa: N818 - what it says goes to the log, and the next turn asks again
    """The authority gave no timestamp of what it was asked to stamp."""


def _moved(as_of: datetime) -> Select[tuple[UUID]]:
    if trail_settings().timestamp_url is None:
        return select(_H.org_id).where(false())
    latest = select(_T.position, _T.stamped_at).where(_T.org_id == _H.org_id).order_by(_T.position.desc()).limit(1)
    last = latest.lateral("last")
    return (
        select(_H.org_id)
        .outerjoin(last, literal(True))
        .where(_H.position > func.coalesce(last.c.position, 0))
        .where(
            or_(
                last.c.stamped_at.is_(None),
                last.c.stamped_at <= as_of - timedelta(seconds=trail_settings().timestamp_seconds),
            )
        )
    )


@sweep(due=_moved)
async def stamp_heads(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Have the head of the organisation's trail stamped, if it has moved since it last was."""
    url = trail_settings().timestamp_url
    org_id = organisation_of(session)
    head = (await session.execute(select(_H.position, _H.digest).where(_H.org_id == org_id))).one_or_none()
    if url is None or head is None or not limit:
        return 0
    if await session.scalar(select(func.max(_T.position)).where(_T.org_id == org_id)) == head.position:
        return 0
    row = {
        "id": new_id(),
        "org_id": org_id,
        "position": head.position,
        "digest": head.digest,
        "authority": str(url),
        "token": await stamped(str(url), head.digest),
        "stamped_at": as_of,
    }
    await session.execute(insert(head_timestamps).values(row).on_conflict_do_nothing())
    return 1


async def stamped(url: str, digest: bytes) -> bytes:
    """The authority's answer to a request to stamp a digest; `NotStamped` unless it is of this very digest."""
    request = TimestampRequestBuilder().data(digest).hash_algorithm(HashAlgorithm.SHA256).nonce().build()
    try:
        answer = await _asked(url, request.as_bytes())
        _check(request, answer, digest)
    except (httpx.HTTPError, ValueError) as error:
        raise NotStamped(f"{url}: {type(error).__name__}: {error}") from error
    return answer


async def _asked(url: str, body: bytes) -> bytes:
    answer = bytearray()
    async with (
        httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as http,
        http.stream("POST", url, content=body, headers=_HEADERS) as response,
    ):
        response.raise_for_status()
        async for chunk in response.aiter_bytes():
            answer += chunk
            if len(answer) > _LARGEST:
                raise NotStamped(f"{url} answered more than {_LARGEST} bytes")
    return bytes(answer)


def _check(request: TimeStampRequest, answer: bytes, digest: bytes) -> None:
    response = decode_timestamp_response(answer)
    if PKIStatus(response.status) != PKIStatus.GRANTED:
        raise NotStamped(f"the authority refused: {response.status_string}")
    stamp_info = response.tst_info
    if stamp_info.message_imprint.message != hashlib.sha256(digest).digest() or stamp_info.nonce != request.nonce:
        raise NotStamped("the authority stamped something else")
