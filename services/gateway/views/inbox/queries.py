from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import ARRAY, Boolean, DateTime, Integer, Text, Uuid, bindparam

from services.gateway.views.lags.queries import LAGGING
from services.gateway.views.tasks.rules import Task
from shared.data.answers import Answer
from shared.data.queries import Limit, Query
from shared.http.fields import AsOf


class InboxQuery(Query):
    kind: Annotated[str, StringConstraints(pattern="^[a-z_]{1,40}$")] | None = Field(
        default=None, description="Only work on things of this kind", examples=["collection"]
    )
    task: Task | None = Field(default=None, description="Only this work")
    overdue: bool | None = Field(default=None, description="Only what is overdue, or what is not")
    named: bool | None = Field(default=None, description="Only what waits for the caller by name, or what does not")
    limit: Limit = 50
    as_of: AsOf = Field(description="Overdue as of this instant; now when left out")


_WAITING = f"""
    with mine as (
        select thing.*, readable.prefix || thing.id as href,
               coalesce(thing.due_at <= :as_of, false) as overdue,
               coalesce(:person = any(thing.waits_for), false) as named
        from things thing join unnest(:kinds, :prefixes) readable (kind, prefix) on readable.kind = thing.kind
        where thing.task is not null
        and case when thing.waits_for = '{{}}' then thing.waits_on = any(:permissions)
                 else :person = any(thing.waits_for) end
        and (thing.waits_without is null or thing.waits_without is distinct from :person)
    ), asked as (
        select *, row_number() over (order by due_at nulls last, told_at, id) as row from mine
        where (:task is null or task = :task)
        and (:overdue is null or overdue = :overdue) and (:named is null or named = :named)
    ), counted as (
        select task, kind, count(*) as waiting, count(*) filter (where overdue) as overdue
        from asked group by task, kind
    )
    select json_build_object(
        'as_of', :as_of,
        'waiting', (select count(*) from asked),
        'overdue', (select count(*) from asked where overdue),
        'counts', (select coalesce(json_agg(counted order by waiting desc, task, kind), '[]') from counted),
        'items', (select coalesce(json_agg(json_build_object(
            'task', task, 'kind', kind, 'id', id, 'code', code, 'title', title, 'about', about, 'status', status,
            'due_at', due_at, 'overdue', overdue, 'named', named, 'since', told_at, 'href', href) order by row), '[]')
            from asked where row <= :size),
        'more', (select count(*) > :size from asked),
        'lagging', {LAGGING}
    )
"""  # noqa: S608 - all of it stands here

WAITING = Answer(
    _WAITING,
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("prefixes", type_=ARRAY(Text())),
    bindparam("permissions", type_=ARRAY(Text())),
    bindparam("person", type_=Uuid()),
    bindparam("as_of", type_=DateTime(timezone=True)),
    bindparam("task", type_=Text()),
    bindparam("overdue", type_=Boolean()),
    bindparam("named", type_=Boolean()),
    bindparam("size", type_=Integer()),
)
