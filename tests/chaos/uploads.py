"""Uploads under kills: what was accepted is readable with its hash, and what was not has left nothing."""

import asyncio
import hashlib
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from deploy.client import Organisation, done
from deploy.local.stack import Stack

_KIB = 1024
_MIB = 1024 * _KIB
_TUS = {"Tus-Resumable": "1.0.0"}
_SWEEP_SECONDS = 0.7
# As if a day had passed: what is under way is abandoned, what is whole is left behind.
_A_DAY_LATER = (
    "update unfinished_uploads set begun_at = begun_at - interval '1 day'",
    """update resumable_uploads set touched_at = touched_at - interval '1 day', clear_at = now(),
        expires_at = expires_at - interval '3 days'""",
)


@dataclass(slots=True)
class Uploads:
    """What was accepted (the file and the digest of what was sent), and what was begun and given up on purpose."""

    dice: random.Random
    accepted: dict[str, str] = field(default_factory=dict)
    left: int = 0
    sweeps: int = 0

    async def send(self, org: Organisation, stopping: Callable[[], bool]) -> None:
        """Upload one file after the other, whole or in pieces; now and then leave one unfinished."""
        while not stopping():
            size = self.dice.randint(10 * _KIB, 6 * _MIB)
            content = os.urandom(size)
            try:
                sent = await (self._whole if self.dice.random() < 0.4 else self._in_pieces)(org, content)
            except (RuntimeError, httpx.HTTPError) as refused:
                print(f"upload given up: {refused}"[:200])
                continue
            if sent is not None:
                self.accepted[sent] = hashlib.sha256(content).hexdigest()

    async def sweep(self, org: Organisation, stopping: Callable[[], bool]) -> None:
        """Ask for the sweeps all the time, so that some are killed in the middle."""
        while not stopping():
            await org.manager.post("/v1/services/evidence/sweeps")
            self.sweeps += 1
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _whole(self, org: Organisation, content: bytes) -> str | None:
        file: str = done(await org.owner.post("/v1/files", content=content))["id"]
        return file

    async def _in_pieces(self, org: Organisation, content: bytes) -> str | None:
        begun = done(await org.owner.post("/v1/uploads", headers={**_TUS, "Upload-Length": str(len(content))}))
        path = f"/v1/uploads/{begun['id']}"
        leaving = self.dice.random() < 0.2
        while True:
            head = await org.owner.head(path, headers=_TUS)
            if head.is_error:
                raise RuntimeError(f"HEAD {path}: {head.status_code}")
            here = int(head.headers["Upload-Offset"])
            if leaving and here:
                self.left += 1
                return None
            if here == len(content) and (upload := done(await org.owner.get(path)))["state"] == "finished":
                file: str = upload["file_id"]
                return file
            # With nothing left to send, an empty piece asks for the file whose making was cut off.
            piece = content[here : here + self.dice.randint(100 * _KIB, 3 * _MIB)]
            headers = {**_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(here)}
            await org.owner.patch(path, content=piece, headers=headers)


async def unreadable(org: Organisation, accepted: dict[str, str]) -> int:
    """How many accepted files do not come back with the digest of what was sent."""
    wrong = 0
    for file_id, sha256 in accepted.items():
        link = done(await org.viewer.post(f"/v1/files/{file_id}/links", json={}))
        answer = await org.viewer.get(link["path"])
        if hashlib.sha256(answer.content).hexdigest() != sha256:
            print(f"file {file_id}: {answer.status_code}, {len(answer.content)} bytes, not {sha256}")
            wrong += 1
    return wrong


async def orphans(stack: Stack, org: Organisation) -> int:
    """A day later and after the sweeps: objects without a row, and rows without their object."""
    address = stack.environment("evidence")["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0]
    connection = await asyncpg.connect(f"{address}/evidence")
    try:
        for statement in _A_DAY_LATER:
            await connection.execute(statement)
        # What is left behind whole is finished by the first, and cleared away by the second.
        for _ in range(2):
            done(await org.manager.post("/v1/services/evidence/sweeps"))
            await connection.execute(_A_DAY_LATER[1])
        done(await org.manager.post("/v1/services/evidence/sweeps"))
        rows = await connection.fetch(
            "select org_id::text || '/' || sha256 as key from files where disposed_at is null"
        )
        noted = await connection.fetchval("select count(*) from unfinished_uploads")
        under_way = await connection.fetchval("select count(*) from resumable_uploads")
    finally:
        await connection.close()
    wanted = {row["key"] for row in rows}
    there = await asyncio.to_thread(_objects, stack.state.folder / "store")
    for what, keys in (("object without a row", there - wanted), ("row without its object", wanted - there)):
        for key in sorted(keys):
            print(f"{what}: {key}")
    return len(there ^ wanted) + int(noted) + int(under_way)


def _objects(store: Path) -> set[str]:
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()}
