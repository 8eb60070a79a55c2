from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import ARRAY, Integer, Text, bindparam

from services.gateway.views.lags.queries import LAGGING
from shared.data.answers import Answer
from shared.data.queries import Limit, Query
from shared.http.fields import Search

MOST_FOUND = 5_000
_LAST = "chr(1114111)"


class SearchQuery(Query):
    q: Search = Field(description="Words of codes and titles, each whole or its beginning")
    kind: Annotated[str, StringConstraints(pattern="^[a-z_]{1,40}$")] | None = Field(
        default=None, description="Only things of this kind", examples=["control"]
    )
    limit: Limit = 20


# The things of the first term are looked up; each is asked whether it has the others. More than 5,000 of one term are
# found only as far as that: whoever types one letter gets the best of those.
_FOUND = f"""
    with hit as (
        select distinct word.kind, word.id from thing_words word
        join unnest(:kinds, :prefixes) readable (kind, prefix) on readable.kind = word.kind
        where word.word >= :first and word.word < :first || {_LAST} limit {MOST_FOUND}
    ), found as (
        select thing.kind, thing.id, thing.code, thing.title, thing.about, thing.status,
               thing.told_at as changed_at, readable.prefix || thing.id as href,
               case when lower(thing.code) = :whole then 0 when starts_with(lower(thing.code), :whole) then 1
                    when starts_with(lower(thing.title), :whole) then 2 when lower(thing.about) = :whole then 3
                    else 4 end as place
        from hit join things thing on thing.kind = hit.kind and thing.id = hit.id
        join unnest(:kinds, :prefixes) readable (kind, prefix) on readable.kind = thing.kind
        where not exists (
            select from unnest(:others) term where not exists (
                select from thing_words word
                where word.org_id = thing.org_id and word.kind = thing.kind and word.id = thing.id
                and word.word >= term and word.word < term || {_LAST}
            )
        )
        order by place, changed_at desc, thing.id limit :size + 1
    ), numbered as (select found.*, row_number() over (order by place, changed_at desc, id) as row from found)
    select json_build_object(
        'items', coalesce(json_agg(json_build_object(
            'kind', kind, 'id', id, 'code', code, 'title', title, 'about', about, 'status', status,
            'changed_at', changed_at, 'href', href) order by row) filter (where row <= :size), '[]'),
        'more', count(*) > :size,
        'lagging', {LAGGING}
    ) from numbered
"""  # noqa: S608 - all of it stands here

FOUND = Answer(
    _FOUND,
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("prefixes", type_=ARRAY(Text())),
    bindparam("first", type_=Text()),
    bindparam("others", type_=ARRAY(Text())),
    bindparam("whole", type_=Text()),
    bindparam("size", type_=Integer()),
)
