"""Idempotency-Key on every POST: the same key and body get the first answer again.

The IETF draft's rules: another body with the same key is refused (422), a request still under way too (409). Only
what succeeded is stored, in the transaction of its effect. An answer can hold a secret that is shown once, so it is
stored encrypted with a key derived from the Idempotency-Key, of which only a hash is kept.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.tables import stored_answers
from shared.identity.callers import Caller
from shared.problems import Fault, InFlight, KeyReused, Malformed

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
_LONGEST = 255
_STORED_HEADERS = ("content-type", "etag", "location", "preference-applied", "retry-after")
_DESCRIBING_HEADERS = ("content-digest", "content-length", "content-type", "content-disposition")
_TRY_LOCK = text("select pg_try_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One use of a key by one caller."""

    key: bytes
    fingerprint: bytes
    caller: Caller

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(b"lookup:" + self.key).digest()

    @property
    def cipher(self) -> AESGCM:
        return AESGCM(hashlib.sha256(b"answer:" + str(self.caller.org_id).encode() + self.key).digest())


async def attempt_of(request: Request, caller: Caller, *, streamed: bool = False) -> Attempt | None:
    """The attempt this request is, or None when it carries no key.

    A streamed body is not read for this; what its headers say of it stands for it.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise Malformed(
            f"{HEADER} is 1 to {_LONGEST} printable ASCII characters.",
            faults=[Fault(f"header/{HEADER}", "malformed")],
        )
    body = _described(request) if streamed else await request.body()
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body
    return Attempt(key.encode(), hashlib.sha256(asked).digest(), caller)


def _described(request: Request) -> bytes:
    return json.dumps([request.headers.get(name) for name in _DESCRIBING_HEADERS]).encode()


async def replay(session: AsyncSession, attempt: Attempt) -> Response | None:
    """The first answer, if there was one; else this attempt holds the key until its transaction ends."""
    lock = hashlib.sha256(attempt.key_hash + attempt.caller.subject.encode() + attempt.caller.org_id.bytes).digest()
    if not await session.scalar(_TRY_LOCK, {"key": int.from_bytes(lock[:8], signed=True)}):
        raise InFlight("The first request with this key has not been answered yet.", headers={"Retry-After": "1"})
    columns = stored_answers.c
    query = select(columns.fingerprint, columns.status, columns.answer).where(
        columns.org_id == attempt.caller.org_id,
        columns.caller == attempt.caller.subject,
        columns.key_hash == attempt.key_hash,
    )
    first = (await session.execute(query)).one_or_none()
    if first is None:
        return None
    if first.fingerprint != attempt.fingerprint:
        raise KeyReused(
            "This key was used for another method, path or body.", faults=[Fault(f"header/{HEADER}", "used")]
        )
    headers, body = _decrypted(attempt, first.answer)
    return Response(body, first.status, {**headers, "Idempotency-Replayed": "true"})


async def remember(session: AsyncSession, attempt: Attempt, response: Response) -> None:
    """Keep a successful answer, in the transaction of its effect."""
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    await session.execute(
        insert(stored_answers).values(
            org_id=attempt.caller.org_id,
            caller=attempt.caller.subject,
            key_hash=attempt.key_hash,
            fingerprint=attempt.fingerprint,
            status=response.status_code,
            answer=_encrypted(attempt, headers, bytes(response.body)),
            created_at=now(),
        )
    )


def _encrypted(attempt: Attempt, headers: dict[str, str], body: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + attempt.cipher.encrypt(nonce, json.dumps(headers).encode() + b"\n" + body, None)


def _decrypted(attempt: Attempt, stored: bytes) -> tuple[dict[str, str], bytes]:
    try:
        headers, _, body = attempt.cipher.decrypt(stored[:12], stored[12:], None).partition(b"\n")
    except InvalidTag as error:
        raise KeyReused("The stored answer does not belong to this key.") from error
    return json.loads(headers), body
