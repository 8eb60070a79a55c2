"""What is kept of things of all services, as their events tell of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.views.tasks.rules import waiting
from services.gateway.views.things.models import Thing
from services.gateway.views.told import rules
from services.gateway.views.told.rules import Facts, Told, first_of
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import organisation_of
from shared.events.event import Event, Heard

_T = table_of(Thing)
_KEYS = (
    func.unnest(bindparam("kinds", type_=ARRAY(Text())), bindparam("ids", type_=ARRAY(Uuid())))
    .table_valued(column("kind", Text()), column("id", Uuid()))
    .render_derived(name="asked")
)
_KNOWN = select(_T.c.kind, _T.c.id, _T.c.facts, _T.c.told_at).join(
    _KEYS, (_T.c.kind == _KEYS.c.kind) & (_T.c.id == _KEYS.c.id)
)
# One process keeps things at a time, in the order in which the stream numbers its events: what two events tell of one
# thing is never merged side by side.
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('things'))")
_FORGET_WORDS = text(
    "delete from thing_words using unnest(cast(:kinds as text[]), cast(:ids as uuid[])) as asked (kind, id)"
    " where thing_words.kind = asked.kind and thing_words.id = asked.id"
)
# As PostgreSQL parses text, in lower case and not reduced to stems, since titles come in many languages. The C
# collation of the column keeps words together that begin alike.
_NOTE_WORDS = text(
    """
    insert into thing_words (org_id, kind, id, word)
    select :org_id, asked.kind, asked.id, found.word
    from unnest(cast(:kinds as text[]), cast(:ids as uuid[]), cast(:texts as text[])) as asked (kind, id, text)
    cross join lateral (
        select distinct left(word, 100) as word from unnest(tsvector_to_array(to_tsvector('simple', asked.text))) word
        union select lower(asked_code) from regexp_split_to_table(asked.text, '\\s+') asked_code
        where asked_code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'
    ) found
    """
)

Key = tuple[str, UUID]


async def note_things(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Keep what events tell of things, in a few statements however many they are."""
    told: dict[Key, list[tuple[Told, Heard[Event]]]] = defaultdict(list)
    for event in heard:
        for one in rules.told_by(event):
            told[one.kind, one.id].append((one, event))
    if not told:
        return
    await session.execute(ONE_AT_A_TIME)
    keys = sorted(told)
    asked = {"kinds": [kind for kind, _ in keys], "ids": [thing_id for _, thing_id in keys]}
    known = {(row.kind, row.id): row for row in await session.execute(_KNOWN, asked)}
    rows = []
    for key in keys:
        before = known.get(key)
        facts: Facts = before.facts if before else {}
        told_at = before.told_at if before else None
        for one, event in told[key]:
            facts = rules.merged(facts, one)
            told_at = max(told_at or event.occurred_at, event.occurred_at)
        rows.append(_row(organisation_of(session), *key, facts) | {"told_at": told_at})
    await insert_rows(session, _T, rows, renew=[name for name in rows[0] if name not in {"org_id", "kind", "id"}])
    await _note_words(session, asked, rows)


def _row(org_id: UUID, kind: str, thing_id: UUID, facts: Facts) -> dict[str, Any]:
    task = waiting(kind, facts)
    return {
        "org_id": org_id,
        "kind": kind,
        "id": thing_id,
        "facts": facts,
        "code": first_of(facts, ("code",)),
        "title": first_of(facts, rules.TITLES),
        "about": first_of(facts, rules.CODES),
        "status": rules.state_of(facts),
        "control_ids": rules.controls_of(kind, thing_id, facts),
        "engagement_id": first_of(facts, ("engagement_id",)),
        "covers_from": rules.instant_in(facts, "covers_from"),
        "covers_until": rules.instant_in(facts, "covers_until"),
        "task": task.task if task else None,
        "waits_for": task.people if task else [],
        "waits_on": task.permission if task else None,
        "waits_without": task.without if task else None,
        "due_at": rules.due_of(facts),
        "automated": first_of(facts, ("automated", "by_program")),
    }


async def _note_words(session: AsyncSession, asked: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    texts = [" ".join(cast("str", row[name]) for name in ("code", "title", "about") if row[name]) for row in rows]
    await session.execute(_FORGET_WORDS, asked)
    await session.execute(_NOTE_WORDS, {**asked, "texts": texts, "org_id": organisation_of(session)})
