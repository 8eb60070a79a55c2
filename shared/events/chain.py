"""The chain: each organisation's events, hashed one onto the next, so that no row can be changed unseen.

A sealer does it behind the write path. The digest of position n covers the digest of n-1 and every column that says
what happened; the head (position and digest of the last) is kept apart, so that a cut tail is seen too.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

GENESIS = bytes(32)
_BATCH = 1000
_COLUMNS = (
    "id, org_id, type, subject, version, actor, reason, occurred_at, data::text as data, before::text as before,"
    " after::text as after, cause, traceparent, position, digest"
)
_UNSEALED = f"select {_COLUMNS} from events where digest is null order by seq limit $1"  # noqa: S608
_SEALED = f"select {_COLUMNS} from events where digest is not null order by position, seq"  # noqa: S608
_HEADS = "select org_id, position, digest from trail_heads where org_id = any($1::uuid[]) for update"
_SEAL = """
    update events e set position = s.position, digest = s.digest
    from unnest($1::uuid[], $2::bigint[], $3::bytea[]) as s(id, position, digest) where e.id = s.id
"""
_MOVE_HEADS = """
    insert into trail_heads (org_id, position, digest, sealed_at)
    select *, now() from unnest($1::uuid[], $2::bigint[], $3::bytea[])
    on conflict (org_id) do update
    set position = excluded.position, digest = excluded.digest, sealed_at = excluded.sealed_at
"""


class Break(StrEnum):
    """What can be wrong with a chain."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    DUPLICATED = "duplicated"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of verifying one organisation's chain: how far it holds, and its first broken link."""

    sealed: int
    unsealed: int
    head: str | None
    broken: Break | None = None
    position: int | None = None
    event_id: UUID | None = None

    @property
    def verified(self) -> bool:
        return self.broken is None


def link(previous: bytes, position: int, row: Mapping[str, Any] | asyncpg.Record) -> bytes:
    """The SHA-256 digest of an event at a position, after the digest before it."""
    told = [
        position,
        str(row["id"]),
        str(row["org_id"]),
        row["type"],
        str(row["subject"]),
        row["version"],
        row["actor"],
        row["reason"],
        row["occurred_at"].astimezone(UTC).isoformat(),
        *(json.loads(row[part]) if row[part] is not None else None for part in ("data", "before", "after")),
        row["cause"] and str(row["cause"]),
        row["traceparent"],
    ]
    return hashlib.sha256(previous + json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).digest()


async def seal(connection: asyncpg.Connection) -> bool:
    """A leader's turn: seal up to a batch of events; True when there may be more."""
    async with connection.transaction():
        rows = await connection.fetch(_UNSEALED, _BATCH)
        if not rows:
            return False
        chains: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            chains[row["org_id"]].append(row)
        heads = {row["org_id"]: row for row in await connection.fetch(_HEADS, list(chains))}
        seals: list[tuple[UUID, int, bytes]] = []
        moved: list[tuple[UUID, int, bytes]] = []
        for org_id, chain in chains.items():
            position, digest = (heads[org_id]["position"], heads[org_id]["digest"]) if org_id in heads else (0, GENESIS)
            for row in chain:
                position += 1
                digest = link(digest, position, row)
                seals.append((row["id"], position, digest))
            moved.append((org_id, position, digest))
        await connection.execute(_SEAL, *map(list, zip(*seals, strict=True)))
        await connection.execute(_MOVE_HEADS, *map(list, zip(*moved, strict=True)))
    return len(rows) == _BATCH


async def verify(connection: asyncpg.Connection) -> Verification:
    """Check the chain of the organisation that the connection's transaction is fenced to, in constant memory."""
    unsealed = await connection.fetchval("select count(*) from events where digest is null")
    head = await connection.fetchrow("select position, digest from trail_heads")
    position, digest, held = 0, GENESIS, None
    async for row in connection.cursor(_SEALED, prefetch=500):
        if held is not None:
            # The row before did not fit; the one after it tells whether the two were swapped.
            swapped = link(digest, position + 1, row) in {held["digest"], row["digest"]}
            return _broken(Break.REORDERED if swapped else Break.CHANGED, position, digest, unsealed, held)
        if row["position"] != position + 1:
            kind = Break.MISSING if row["position"] > position + 1 else Break.DUPLICATED
            return _broken(kind, position, digest, unsealed, row)
        expected = link(digest, position + 1, row)
        if expected != row["digest"]:
            held = row
            continue
        position, digest = position + 1, expected
    if held is not None:
        return _broken(Break.CHANGED, position, digest, unsealed, held)
    if (head["position"] if head else 0) != position:
        return Verification(position, unsealed, digest.hex(), Break.MISSING, position + 1)
    if head and head["digest"] != digest:
        return Verification(position, unsealed, digest.hex(), Break.CHANGED, position)
    return Verification(position, unsealed, digest.hex() if position else None)


def _broken(kind: Break, position: int, digest: bytes, unsealed: int, row: asyncpg.Record) -> Verification:
    return Verification(position, unsealed, digest.hex(), kind, position + 1, row["id"])
