"""The chain: each organisation's events, hashed one onto the next, so that no row can be changed unseen.

A sealer does it behind the write path. The digest of position n covers the digest of n-1 and every column that says
what happened; the head (position and digest of the last) is kept apart, so that a cut tail is seen too.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from shared.events.catalogue.trail import SEALED
from shared.pace import yielding
from shared.trail.link import GENESIS, Break, TrailStatus, link

NOTED = "caller"  # the witness of a head that came with the request
_log = logging.getLogger(__name__)
_BATCH = 1000
_COLUMNS = (
    "seq, id, org_id, type, subject, version, actor, person, person_name, client, client_name, firm, reason,"
    " occurred_at, data::text as data, before::text as before, after::text as after, cause, traceparent,"
    " position, digest"
)
_ORGANISATIONS = "select distinct org_id from events where digest is null"
_UNSEALED = f"select {_COLUMNS} from events where digest is null and org_id = $1 order by seq limit $2"  # noqa: S608
_SEALED = f"select {_COLUMNS} from events where digest is not null order by position, seq"  # noqa: S608
_EARLIER = "select exists (select from events where digest = $1 and position < $2)"
_HEAD = "select position, digest from trail_heads where org_id = $1 for update"
_CONTRADICTED = """
    select w.position, w.witness, e.id from (
        select position, digest, witness from witnessed_heads where service = $1
        union all select (data->>'position')::bigint, decode(data->>'digest', 'hex'), $1 from events where type = $5
        union all select position, digest, $4 from unnest($2::bigint[], $3::bytea[]) as noted(position, digest)
    ) w left join events e on e.position = w.position and e.digest is not null
    where e.digest is distinct from w.digest order by w.position limit 1
"""
# A head that the service announced, which its trail shows, is kept in the same transaction.
_WITNESSES = """
    select count(*) as kept, (
        select count(*) from events e where e.type = $2 and not exists (
            select from witnessed_heads w where w.service = $1 and w.witness = $1
            and w.position = (e.data->>'position')::bigint and w.digest = decode(e.data->>'digest', 'hex')
        )
    ) as lost
    from witnessed_heads where service = $1
"""
_SEAL = """
    update events e set position = s.position, digest = s.digest
    from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as s(seq, position, digest) where e.seq = s.seq
"""
_MOVE_HEAD = """
    insert into trail_heads (org_id, position, digest, sealed_at) values ($1, $2, $3, now())
    on conflict (org_id) do update
    set position = excluded.position, digest = excluded.digest, sealed_at = excluded.sealed_at
"""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a trail stood: a position, and the digest of the event there."""

    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of verifying one organisation's chain: how far it holds, and its first broken link."""

    sealed: int
    unsealed: int
    head: str | None
    broken: Break | None = None
    position: int | None = None
    event_id: UUID | None = None
    witness: str | None = None
    witnessed: int = 0
    witnesses_lost: int = 0

    @property
    def status(self) -> TrailStatus:
        if self.broken is not None:
            return TrailStatus.BROKEN
        return TrailStatus.VERIFIED if self.witnessed and not self.witnesses_lost else TrailStatus.UNWITNESSED


async def seal(connection: asyncpg.Connection) -> float | None:
    """A leader's turn: seal up to a batch of each organisation's events; on with it when there may be more.

    A chain that somebody has been at may refuse its next link; it must not keep the others from being sealed.
    """
    more = False
    for row in await connection.fetch(_ORGANISATIONS):
        try:
            more |= await _seal_next(connection, row["org_id"])
        except asyncpg.IntegrityConstraintViolationError as error:
            _log.error("the trail of organisation %s cannot be sealed; verify it: %s", row["org_id"], error)
    return 0.0 if more else None


async def _seal_next(connection: asyncpg.Connection, org_id: UUID) -> bool:
    async with connection.transaction():
        rows = await connection.fetch(_UNSEALED, org_id, _BATCH)
        head = await connection.fetchrow(_HEAD, org_id)
        position, digest = (head["position"], head["digest"]) if head else (0, GENESIS)
        seals: list[tuple[int, int, bytes]] = []
        async for row in yielding(rows):
            position += 1
            digest = link(digest, position, row)
            seals.append((row["seq"], position, digest))
        await connection.execute(_SEAL, *map(list, zip(*seals, strict=True)))
        await connection.execute(_MOVE_HEAD, org_id, position, digest)
    return len(rows) == _BATCH


async def verify(connection: asyncpg.Connection, service: str, noted: Sequence[Head] = ()) -> Verification:
    """Check the chain of the organisation that the connection's transaction is fenced to, in constant memory.

    A chain that holds in itself is compared with the heads that others have witnessed, with those that it has announced
    itself, and with those that the caller has noted down elsewhere.
    """
    found = await _verify_chain(connection)
    if found.broken:
        return found
    try:
        return await _compare(connection, service, noted, found)
    except asyncpg.DataError:  # an announcement in it names no head: no release of Attest has written that
        return replace(found, broken=Break.REWRITTEN, witness=service)


async def _compare(
    connection: asyncpg.Connection, service: str, noted: Sequence[Head], found: Verification
) -> Verification:
    announcement = SEALED[service].name
    positions, digests = [head.position for head in noted], [head.digest for head in noted]
    other = await connection.fetchrow(_CONTRADICTED, service, positions, digests, NOTED, announcement)
    if other is not None:
        kind = Break.MISSING if other["id"] is None else Break.REWRITTEN
        return replace(found, broken=kind, position=other["position"], event_id=other["id"], witness=other["witness"])
    witnesses = await connection.fetchrow(_WITNESSES, service, announcement)
    assert witnesses is not None
    return replace(found, witnessed=len(noted) + witnesses["kept"], witnesses_lost=witnesses["lost"])


async def _verify_chain(connection: asyncpg.Connection) -> Verification:
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
            if await connection.fetchval(_EARLIER, row["digest"], row["position"]):
                return _broken(Break.DUPLICATED, position, digest, unsealed, row)
            held = row
            continue
        position, digest = position + 1, expected
    if held is not None:
        return _broken(Break.CHANGED, position, digest, unsealed, held)
    return _against_head(head, position, digest, unsealed)


def _against_head(head: asyncpg.Record | None, position: int, digest: bytes, unsealed: int) -> Verification:
    """Whether the chain, which holds in itself, ends where its head says: a cut tail leaves a chain that holds."""
    if (head["position"] if head else 0) != position:
        return Verification(position, unsealed, digest.hex(), Break.MISSING, position + 1)
    if head and head["digest"] != digest:
        return Verification(position, unsealed, digest.hex(), Break.CHANGED, position)
    return Verification(position, unsealed, digest.hex() if position else None)


def _broken(kind: Break, position: int, digest: bytes, unsealed: int, row: asyncpg.Record) -> Verification:
    return Verification(position, unsealed, digest.hex(), kind, position + 1, row["id"])
