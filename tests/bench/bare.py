"""The limit of this stack: a bare ASGI application over asyncpg that answers with the same bytes.

What it reads are the selects of the service itself (`reads.py`), with the organisation written into them.

It shares the database, the server and its flags with Attest and nothing else: no framework, no token, no row-level
security (it connects as the superuser, whom no policy binds), one prepared statement a request, JSON printed by
PostgreSQL. What it creates is marked as published and sealed, so that no worker is busy with it while it is measured.
"""

import base64
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_SHOWN = """
    id, code, title, statement, owner_id, kind, nature, frequency, recurrence, requirements, status, author,
    backup_owner_id, definition, pending_definition, pending_from, implemented_at, retired_at, version, created_at,
    updated_at
"""
_CREATE = f"""
    with control as (
        insert into controls (id, org_id, code, title, statement, owner_id, kind, nature, frequency, requirements,
                              status, author, version, created_at, updated_at)
        select $2, $1, d.code, d.title, d.statement, md5(d.owner)::uuid, d.kind, d.nature, d.frequency,
               d.requirements, 'draft', '{{"kind": "client"}}', 1, now(), now()
        from json_to_record($4) as d(code text, title text, statement text, owner text, kind text, nature text,
                                     frequency text, requirements text[])
        returning *
    ), event as (
        insert into events (id, org_id, type, subject, version, actor, occurred_at, data, after, published_at, digest)
        select $3, org_id, 'controls.control.defined', id, 1, 'client', created_at,
               jsonb_build_object('code', code, 'title', title), to_jsonb(control), now(), ''
        from control
    ), health as (
        insert into control_health (id, org_id, state, reasons, reason_codes, since, version, created_at, updated_at)
        select id, org_id, 'unknown', '{{}}', '{{}}', created_at, 1, created_at, created_at from control
    ), history as (
        insert into control_health_changes (id, org_id, control_id, state, reasons, reason_codes, since, version,
                                            created_at, updated_at)
        select $5, org_id, id, 'unknown', '{{}}', '{{}}', created_at, 1, created_at, created_at
        from control
    )
    select row_to_json(r)::text from (select {_SHOWN} from control) r
"""  # noqa: S608 - the columns stand above


class Bare:
    """The application; `org_id` is what a token would have said.

    `pages` are statements by path and query; `things` are statements that take an id, by the path with `{}` for it.
    """

    def __init__(self, database_url: str, org_id: UUID, pages: dict[str, str], things: dict[str, str]) -> None:
        self._url = database_url
        self._org_id = org_id
        self._pages = pages
        self._things = things
        self._pool: asyncpg.Pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["method"] == "POST":
            body = (await receive())["body"]
            row = await self._pool.fetchval(_CREATE, self._org_id, uuid7(), uuid7(), body.decode(), uuid7())
            await _answer(send, 201, row.encode(), [(b"etag", b'"1"')])
        elif page := self._pages.get(_asked(scope)):
            await _answer(send, 200, _page(await self._pool.fetch(page)), [])
        else:
            statement, key = self._thing(scope["path"])
            row = await self._pool.fetchrow(statement, key)
            assert row is not None
            await _answer(send, 200, row[0].encode(), [(b"etag", b'"%d"' % row[1])])

    def _thing(self, path: str) -> tuple[str, str]:
        """The statement for a thing's path, and the key in it."""
        parts = path.split("/")
        for place in range(len(parts) - 1, 0, -1):
            template = "/".join([*parts[:place], "{}", *parts[place + 1 :]])
            if statement := self._things.get(template):
                return statement, parts[place]
        raise LookupError(path)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        # Some selects name the organisation of the transaction.
        organisation = {"app.org_id": str(self._org_id)}
        self._pool = await asyncpg.create_pool(
            self._url, min_size=0, max_size=16, reset=_nothing_to_reset, server_settings=organisation
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def app() -> Bare:
    """For `uvicorn --factory tests.bench.bare:app`."""
    reads = json.loads(Path(os.environ["BENCH_READS"]).read_text(encoding="utf-8"))
    return Bare(os.environ["BENCH_DATABASE_URL"], UUID(os.environ["BENCH_ORGANISATION"]), **reads)


def _asked(scope: Scope) -> str:
    query = scope["query_string"].decode()
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _page(rows: list[asyncpg.Record]) -> bytes:
    cursor = "null"
    if len(rows) > 50:
        last = json.dumps(["sort", str(rows[49][1]), str(rows[49][2])])
        cursor = '"' + base64.urlsafe_b64encode(last.encode()).decode().rstrip("=") + '"'
    return f'{{"items":[{",".join([row[0] for row in rows[:50]])}],"next_cursor":{cursor}}}'.encode()


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", b"%d" % len(body))
    headers += [length, (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """As in Attest: single statements leave nothing behind."""
