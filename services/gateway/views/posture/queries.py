from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, Boolean, Date, DateTime, Integer, Select, Text, and_, bindparam, or_, select, text

from services.gateway.views.happenings.models import Happenings
from services.gateway.views.lags.queries import LAGGING
from services.gateway.views.posture.models import PostureDay
from services.gateway.views.posture.rules import SETTLED
from shared.data.answers import Answer
from shared.data.base import table_of
from shared.data.queries import Query

_H, _P = table_of(Happenings).c, table_of(PostureDay).c


class PostureQuery(Query):
    days: int = Field(default=30, ge=0, le=400, description="How many days back the numbers go, today included")


def _count(condition: str) -> str:
    return f"count(*) filter (where {condition})"


def _state(kind: str, *states: str) -> str:
    return _count(f"kind = '{kind}' and status in ({', '.join(repr(each) for each in states)})")


_HEALTH = ("healthy", "at_risk", "failing")
_STANDINGS = ("within_appetite", "above_appetite", "above_tolerance", "above_capacity")
_SEVERITIES = ("critical", "high", "medium", "low")
_OVERDUE = "due_at <= :as_of"
_LIVE = "kind = 'control_health' and retired is not true"
_KNOWN_HEALTH = f"{_LIVE} and facts #>> '{{health,1}}' in {_HEALTH}"
_RISK = "kind = 'risk' and status <> 'closed'"
_ISSUE = "kind = 'issue' and status in ('open', 'remediating', 'resolved')"
_ASKED = "kind = 'request' and status in ('open', 'returned')"
# Each block of numbers as members of a JSON object, counted by one look at the things.
_BLOCKS = {
    "controls": {
        "total": _count("kind = 'control' and status <> 'retired'"),
        "in_operation": _state("control", "implemented"),
        **{name: _count(f"{_LIVE} and facts #>> '{{health,1}}' = '{name}'") for name in _HEALTH},
        # Nothing is announced of a control of which nothing was ever known.
        "unknown": f"greatest(0, {_state('control', 'implemented')} - {_count(_KNOWN_HEALTH)})",
    },
    "evidence": {
        "fresh": _state("evidence", "accepted", "refreshed"),
        "expiring": _state("evidence", "expiring"),
        "expired": _state("evidence", "expired"),
        "in_review": _state("evidence", "submitted"),
        "collections_open": _state("collection", "opened", "reopened"),
        "collections_overdue": _count(f"kind = 'collection' and status in ('opened', 'reopened') and {_OVERDUE}"),
        "submitted": _count("kind = 'evidence'"),
        "submitted_by_programs": _count("kind = 'evidence' and automated"),
    },
    "tests": {
        "passed": _count("kind = 'test_result' and facts #>> '{outcome,1}' = 'pass'"),
        "failed": _count("kind = 'test_result' and facts #>> '{outcome,1}' = 'fail'"),
        "undecided": _count("kind = 'test_result' and facts #>> '{outcome,1}' not in ('pass', 'fail')"),
        "recorded": _count("kind = 'test_result'"),
        "recorded_by_programs": _count("kind = 'test_result' and automated"),
        "planned": _count("kind = 'control_test' and task is not null"),
        "overdue": _count(f"kind = 'control_test' and task is not null and {_OVERDUE}"),
    },
    "risks": {
        "open": _count(_RISK),
        "unrated": _count(f"{_RISK} and facts #>> '{{current,1}}' is null"),
        **{name: _count(f"{_RISK} and facts #>> '{{standing,1}}' = '{name}'") for name in _STANDINGS},
        "levels": "coalesce((select jsonb_agg(jsonb_build_object('level', level, 'risks', risks) order by level)"
        " from levels), '[]')",
    },
    "acceptances": {
        "in_force": _state("acceptance", "in_force"),
        "stale": _state("acceptance", "stale"),
        "awaiting_decision": _state("acceptance", "proposed", "accepted"),
    },
    "issues": {
        "open": _count(_ISSUE),
        "overdue": _count(f"{_ISSUE} and status <> 'resolved' and {_OVERDUE}"),
        **{name: _count(f"{_ISSUE} and facts #>> '{{severity,1}}' = '{name}'") for name in _SEVERITIES},
    },
    "findings": {
        "open": _state("finding", "communicated", "responded"),
        "candidates_undecided": _count("kind = 'candidate' and status not in ('confirmed', 'dismissed', 'lapsed')"),
    },
    "requests": {
        "open": _count(_ASKED),
        "overdue": _count(f"{_ASKED} and {_OVERDUE}"),
        "submitted": _state("request", "submitted", "declared_unavailable"),
        "accepted": _state("request", "accepted"),
    },
}
_MEMBERS = ", ".join(
    f"'{block}', jsonb_build_object({', '.join(f'{name!r}, {value}' for name, value in numbers.items())})"
    for block, numbers in _BLOCKS.items()
)
_NUMBERS = f"""
    (with levels as (
        select facts #>> '{{current,1}}' as level, count(*) as risks from things
        where kind = 'risk' and status <> 'closed' and facts #>> '{{current,1}}' is not null group by 1
    ), counted as (
        select things.*, (select control.status = 'retired' from things control where things.kind = 'control_health'
            and control.org_id = things.org_id and control.kind = 'control' and control.id = things.id) as retired
        from things
    ) select jsonb_build_object({_MEMBERS}) from counted)
"""  # noqa: S608 - all of it stands here
_POSTURE = f"""
    with posture as (select {_NUMBERS} as numbers)
    select json_build_object(
        'as_of', :as_of,
        'now', (select numbers - :hidden from posture),
        'programmes', case when :programmes then (
            select coalesce(json_agg(json_build_object(
                'id', id, 'title', title, 'report_type', facts #>> '{{report_type,1}}', 'status', status,
                'period_start', facts #>> '{{period_start,1}}', 'period_end', facts #>> '{{period_end,1}}',
                'as_of_date', facts #>> '{{as_of_date,1}}',
                'engagements', (
                    select coalesce(json_agg(engagement.status order by engagement.told_at), '[]')
                    from things engagement where engagement.kind = 'engagement' and :engagements
                    and engagement.facts #>> '{{programme_id,1}}' = things.id::text),
                'readiness', '/v1/programmes/' || id || '/readiness'
            ) order by told_at desc), '[]')
            from things where kind = 'programme' and status not in ('withdrawn', 'completed')) end,
        'changed', (
            select coalesce(json_agg(json_build_object('event', type, 'times', times) order by times desc, type), '[]')
            from (select type, sum(number) as times from happenings
                  where day > :today - 7 and regexp_replace(type, '[.][^.]*$', '') = any(:nouns)
                  group by type) happened),
        'days', (
            select coalesce(json_agg(json_build_object('day', day, 'numbers', numbers - :hidden) order by day), '[]')
            from (select day, numbers from posture_days where day > :today - :days and day < :today
                  union all select :today, numbers from posture where :days > 0) each),
        'lagging', {LAGGING}
    )
"""  # noqa: S608 - all of it stands here

POSTURE = Answer(
    _POSTURE,
    bindparam("as_of", type_=DateTime(timezone=True)),
    bindparam("today", type_=Date()),
    bindparam("days", type_=Integer()),
    bindparam("hidden", type_=ARRAY(Text())),
    bindparam("nouns", type_=ARRAY(Text())),
    bindparam("programmes", type_=Boolean()),
    bindparam("engagements", type_=Boolean()),
)

NUMBERS = text(f"select {_NUMBERS}").bindparams(bindparam("as_of", type_=DateTime(timezone=True)))


def organisations_to_count(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of which something was heard since the numbers of today were computed, and not just then."""
    today = as_of.astimezone(UTC).date()
    is_today = and_(_P.org_id == _H.org_id, _P.day == today)
    moved = and_(_H.noted_at > _P.computed_at, _P.computed_at < as_of - SETTLED)
    return (
        select(_H.org_id)
        .distinct()
        .outerjoin_from(table_of(Happenings), table_of(PostureDay), is_today)
        .where(_H.noted_at >= as_of - timedelta(days=1), or_(_P.computed_at.is_(None), moved))
    )
