"""A small client of the tus protocol, as the tests need it: one function a request."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from deploy.local.stack import Stack

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
MIB = 1024 * 1024


def metadata(**said: str) -> dict[str, str]:
    """What is said of a file, as a header."""
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in said.items())
    return {"Upload-Metadata": ",".join(pairs)}


def checksum(content: bytes, algorithm: str = "sha1") -> dict[str, str]:
    digest = base64.b64encode(hashlib.new(algorithm, content).digest()).decode()
    return {"Upload-Checksum": f"{algorithm} {digest}"}


def repr_digest(content: bytes) -> dict[str, str]:
    return {"Repr-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}


async def begin(client: httpx.AsyncClient, size: int, **headers: str) -> str:
    """Where the upload is."""
    asked = {**TUS, "Upload-Length": str(size), **headers}
    answer = await client.post("/v1/uploads", headers=asked)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer.headers["Location"]


async def append(client: httpx.AsyncClient, path: str, offset: int, content: Any, **headers: str) -> httpx.Response:
    asked = {**PIECE, "Upload-Offset": str(offset), **headers}
    return await client.patch(path, content=content, headers=asked)


async def offset(client: httpx.AsyncClient, path: str) -> int:
    """Where to go on."""
    answer = await client.head(path, headers=TUS)
    assert answer.status_code == httpx.codes.OK, answer.status_code
    return int(answer.headers["Upload-Offset"])


def pieces_of(stack: Stack, path: str) -> list[Path]:
    """What the store has of an upload."""
    folder = stack.state.folder / "store" / "resumable" / path.rpartition("/")[2]
    return list(folder.iterdir()) if folder.exists() else []


async def let_pass(stack: Stack, path: str, what: str) -> None:
    """Let time pass for one upload: `what` sets some of its instants, as SQL."""
    address = stack.environment("evidence")["ATTEST_SUPERUSER_DATABASE_URL"].removesuffix("/postgres")
    connection = await asyncpg.connect(f"{address}/evidence")
    try:
        await connection.execute(f"update resumable_uploads set {what} where id = '{path.rpartition('/')[2]}'")  # noqa: S608 - the tests' own words
    finally:
        await connection.close()
