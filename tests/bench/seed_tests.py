"""Tests to read: of each control a test by hand and a check with its results, and the history of its health."""

import json
from collections.abc import Mapping
from uuid import UUID

import asyncpg

from tests.support import acting

SEEDER, OTHER = json.dumps(acting("seeder").recorded), json.dumps(acting("other").recorded)
RESULTS_PER_CHECK = 100  # a million in the organisation that is measured; the others have one for each check

_INDEXES = """
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid = 'test_results'::regclass and not indisunique
"""
_PROCEDURES = """
    with followed as (
        insert into procedures
        select uuidv7(), $1, 'TP-' || lpad(n::text, 4, '0'), 'Leavers lose their access to system ' || n,
               '{inquiry,inspection}', array['Take the list of leavers.', 'Look up when each lost access.'],
               'Every leaver lost every access within a day.', 'approved', current_setting('bench.seeder')::jsonb,
               uuidv7(), 2,
               now() - interval '1 day', now()
        from generate_series(1, 200) n returning *
    )
    insert into procedure_versions
    select approved_version_id, org_id, id, 1, title, methods, steps, expected_result, author,
           current_setting('bench.other')::jsonb, 1, now(),
           now()
    from followed
"""
_TESTS = """
    insert into control_tests (id, org_id, control_id, procedure_id, procedure_version_id, kind, tester_id, due_at,
                               status, version, created_at, updated_at)
    select uuidv7(), $1, c.id, p.id, p.approved_version_id, 'operating',
           md5('person1' || current_setting('app.org_id'))::uuid, now() + interval '30 days', 'planned', 1, now(), now()
    from (select id, 1 + row_number() over () % 200 as n from controls where org_id = $1) c
    join (select *, row_number() over () as n from procedures where org_id = $1) p using (n)
"""
_STANDINGS = """
    insert into test_standings (id, org_id, control_id, kind, title, source, check_name, concluded, since, concluded_at,
                                latest, latest_at, version, created_at, updated_at)
    select uuidv7(), $1, id, 'operating', 'access (source ' || row_number() over () % 20 || ')',
           'source ' || row_number() over () % 20, 'access', 'pass', now() - interval '1 year', now(), 'pass', now(), 1,
           now(), now()
    from controls where org_id = $1
"""
_RESULTS = """
    insert into test_results (id, org_id, control_id, standing_id, kind, source, run_id, check_name, outcome,
                              observed_at, evidence_ids, tester, review, version, created_at, updated_at)
    select uuidv7(), $1, control_id, id, 'operating', source, 'run ' || n, check_name,
           case when (n + id_number) % 100 = 0 then 'fail' else 'pass' end,
           now() - n * interval '3 days' - id_number * interval '7 seconds', '{}', $3::jsonb, 'not_needed', 1,
           now() - n * interval '3 days', now() - n * interval '3 days'
    from generate_series(1, $2) n
    cross join (select *, row_number() over () as id_number from test_standings where org_id = $1) s
"""
_HISTORY = """
    insert into control_health_changes
    select uuidv7(), $1, id, (array['unknown', 'failing', 'healthy'])[n],
           (array[null, 'unknown', 'failing'])[n],
           array[(array['Nothing is shown.', 'Test ''access'' has failed.', 'Test ''access'' passed.'])[n]],
           array[(array['nothing_shown', 'operation_failed', 'test_passed'])[n]],
           now() - (4 - n) * interval '30 days', case when n < 3 then now() - (3 - n) * interval '30 days' end, null, 1,
           now(), now()
    from controls cross join generate_series(1, 3) n where org_id = $1
"""


async def seed_tests(connection: asyncpg.Connection, org_id: UUID) -> None:
    """Write all but the results for an organisation that has its controls, in the transaction that is fenced to it."""
    for statement in (_PROCEDURES, _TESTS, _STANDINGS, _HISTORY):
        await connection.execute(statement, org_id)


async def seed_results(connection: asyncpg.Connection, per_check: Mapping[UUID, int]) -> None:
    """Write so many results for each check of these organisations, as the superuser.

    Indexes are made afterwards, and what refers to nothing is not looked for: a million rows one by one take minutes.
    """
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        indexes = await connection.fetch(_INDEXES)
        for index in indexes:
            await connection.execute(f"drop index {index['name']}")
        for org_id, results in per_check.items():
            await connection.execute(_RESULTS, org_id, results, SEEDER)
        for index in indexes:
            await connection.execute(index["definition"])
