"""The verb of search: the words of items are noted again before a transaction commits that changes them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.transactions import Touch

_ITEMS = bindparam("items", type_=ARRAY(Uuid()))

# The words as PostgreSQL parses text, in lower case and not reduced to stems: evidence comes in many languages.
_FORGET = text("delete from evidence_words where item_id = any(:items)").bindparams(_ITEMS)
_NOTE = text(
    """
    insert into evidence_words (item_id, word, org_id)
    select i.id, found.word, i.org_id
    from evidence_items i left join files f on f.id = i.file_id
    left join lateral (select string_agg(t.tag, ' ') as tags from evidence_tags t where t.item_id = i.id) t on true
    cross join lateral (
        select distinct left(word, 100) as word
        from unnest(tsvector_to_array(
            to_tsvector('simple', concat_ws(' ', i.title, i.source, i.statement, i.attestor_role))
            || to_tsvector('simple', concat_ws(' ', i.url, f.name, t.tags))
            || jsonb_to_tsvector('simple', coalesce(i.record, '{}'), '["string", "numeric"]')
        )) as word
    ) found
    where i.id = any(:items)
"""
).bindparams(_ITEMS)


async def index_words(session: AsyncSession, touched_items: Mapping[UUID, Touch]) -> None:
    """Note the words of these items again, tags and all: what this service recomputes."""
    for statement in (_FORGET, _NOTE):
        await session.execute(statement, {"items": sorted(touched_items)})
