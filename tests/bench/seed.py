"""Rows to read: 10,000 controls in one organisation and as many in five others, so that an index has work to do.

The one that is measured has a million test results besides.
"""

from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from deploy.local.stack import Stack
from tests.bench.seed_tests import OTHER, RESULTS_PER_CHECK, SEEDER, seed_results, seed_tests

CONTROLS = 10_000
_OTHERS = 5
UNLIMITED = {"statement_timeout": "0"}  # what a seed writes in one statement takes longer than a request may
_FENCE = "select set_config('app.org_id', $1, true)"
_ACTORS = "select set_config('bench.seeder', $1, true), set_config('bench.other', $2, true)"
_PEOPLE = """
    insert into known_people (org_id, id, name, emails, status, roles, version)
    select $1, md5(kind || n || current_setting('app.org_id'))::uuid, initcap(kind) || ' ' || n,
           array[kind || n || '@example.com'], 'active', '{control-owner}', 1
    from (values ('owner', 50), ('person', 500)) kinds (kind, many), generate_series(0, many) n
"""
_CONTROLS = """
    insert into controls (id, org_id, code, title, statement, owner_id, kind, nature, frequency, requirements, status,
                          author, version, created_at, updated_at, definition, implemented_at,
                          implementation_recorded_at, known_in_operation_at, known_in_operation_since)
    select uuidv7(), $1, 'C-' || lpad(n::text, 6, '0'), 'Access to system ' || n || ' is reviewed every quarter',
           'The owner of system ' || n || ' reviews who has access to it, removes what is no longer needed, and'
           || ' records the outcome.',
           md5('owner' || n % 50 || current_setting('app.org_id'))::uuid,
           (array['preventive', 'detective', 'corrective'])[1 + n % 3],
           (array['manual', 'automated', 'hybrid'])[1 + n % 3], 'quarterly', array['soc2:CC6.2', 'soc2:CC6.3'],
           'implemented', current_setting('bench.seeder')::jsonb, 3, now() - interval '1 day', now(), 1,
           now() - interval '1 year', now() - interval '1 day', now() - interval '1 day',
           now() - interval '1 year'
    from generate_series(1, $2) n
"""


_DEFINITIONS = """
    insert into control_definitions (id, org_id, control_id, number, state, title, statement, kind, nature, frequency,
                                     requirements, author, approver, approved_at, effective_from, recorded_at, known_at,
                                     known_from, version, created_at, updated_at)
    select uuidv7(), org_id, id, 1, 'approved', title, statement, kind, nature, frequency, requirements, author,
           current_setting('bench.other')::jsonb, created_at, implemented_at, created_at, created_at,
           implemented_at, 1, created_at, updated_at
    from controls where org_id = $1
"""
_OCCURRENCES = """
    insert into occurrences (id, org_id, control_id, definition_id, due_on, performed_at, performed_by_id, evidence_ids,
                             recorded_by, version, created_at, updated_at)
    select uuidv7(), c.org_id, c.id, d.id, quarter.day::date, quarter.day - interval '10 days', c.owner_id, '{}',
           current_setting('bench.seeder')::jsonb, 1, quarter.day, quarter.day
    from controls c join control_definitions d on d.control_id = c.id
    cross join (select date_trunc('quarter', now()) - n * interval '3 months' - interval '1 day' as day
                from generate_series(0, 2) n) quarter
    where c.org_id = $1
"""
_HEALTH = """
    insert into control_health (id, org_id, state, reasons, reason_codes, since, version, created_at, updated_at)
    select id, org_id, 'healthy', array['Evidence for ''Access review'' is fresh.'], '{}', created_at, 2, created_at,
           created_at
    from controls where org_id = $1
"""
_PROGRAMMES = """
    insert into programmes (id, org_id, title, report_type, categories, system, owner_id, target_date,
                            period_start, period_end, framework_version_id, requirements_in_scope, status, version,
                            created_at, updated_at)
    select uuidv7(), $1, 'SOC 2 Type 2, year ' || n, 'soc2_type2', '{security}', '{"services": ["Example Cloud"]}',
           md5('owner0' || current_setting('app.org_id'))::uuid, current_date, current_date - 365, current_date - 1,
           (select v.id from framework_versions v join frameworks f on f.id = v.framework_id where f.code = 'soc2'),
           33, 'active', 1, now(), now()
    from generate_series(1, 60) n
"""
_UPGRADES = """
    with own as (
        insert into frameworks (id, org_id, code, title, publisher, scheme, status, version, created_at, updated_at)
        values (uuidv7(), $1, 'own', 'Our own', 'Example Ltd', 'other', 'active', 1, now(), now()) returning id
    ), versions as (
        insert into framework_versions (id, org_id, framework_id, label, origin, categories, requirement_count,
                                        media_type, size, sha256, bases, remarks, status, version, created_at,
                                        updated_at)
        select uuidv7(), $1, own.id, n::text, 'json', '[]', 0, 'application/json', 2, repeat('0', 64), '{}', '[]',
               'active', 1, now(), now()
        from own, generate_series(1, 2) n returning id, label
    ), done as (
        insert into upgrades (id, org_id, programme_id, status, from_version_id, to_version_id, categories_before,
                              categories_after, in_scope_before, in_scope_after, counts, upgraded_by, version,
                              created_at, updated_at)
        select uuidv7(), $1, p.id, 'done', old.id, new.id, '{}', '{}', 0, 0, '{"added": 0, "removed": 0}',
               current_setting('bench.seeder')::jsonb, 1, now(), now()
        from programmes p, versions old, versions new where p.org_id = $1 and old.label = '1' and new.label = '2'
        returning id
    )
    insert into upgrade_effects (org_id, upgrade_id, effect) select $1, id, '{"added": [], "removed": []}' from done
"""
_WAIVERS = """
    insert into waivers (id, org_id, control_id, reason, scope, risk_accepted, compensating_measures,
                                    starts_at, expiring_from, expires_at, status, requested_by, decided_by, decided_at,
                                    decision_reason, announced, due_at, version, created_at, updated_at)
    select uuidv7(), $1, id, 'It waits for an upgrade.', 'The service accounts.', 'A stolen password is enough.',
           'They sign in from the office only.', now(), now() + interval '60 days', now() + interval '90 days',
           'granted', current_setting('bench.seeder')::jsonb, current_setting('bench.other')::jsonb, now(),
           'They are watched.', 'in_force',
           now() + interval '60 days', 2, created_at, now()
    from controls where org_id = $1 and code > 'C-001000'  -- the first thousand can fail (results.py)
"""
_HISTORY = """
    insert into historical_records (id, org_id, kind, status, control_id, effective_on, performed_by, evidence,
                                    recorded_by, decided_by, decided_at, result_id, version, created_at, updated_at)
    select uuidv7(), org_id, 'implementation', 'accepted', id, current_date - 400,
           current_setting('bench.seeder')::jsonb,
           jsonb_build_array(jsonb_build_object('evidence_id', null, 'title', 'Minutes', 'sha256', repeat('ab', 32),
                                                'location', 'Archive', 'made_on', current_date - 400)),
           current_setting('bench.seeder')::jsonb, current_setting('bench.other')::jsonb, now(), id, 2, created_at,
           now()
    from controls where org_id = $1
"""
_ISSUES = """
    with opened as (
        insert into issues (id, org_id, title, description, control_ids, severity, source, owner_id, opened_by, status,
                            due_on, effectiveness_checks, tickets, evidence_ids, regressions, running_since, version,
                            created_at, updated_at)
        select uuidv7(), $1, 'Leavers kept access to ' || code, 'The review found accounts of leavers.', array[id],
               'low', 'self_identified', owner_id, current_setting('bench.seeder')::jsonb, 'open', current_date + 180,
               '[]',
               '[{"system": "jira", "key": "SEC-1", "url": null}]', '{}', 0, now(), 1, created_at, now()
        from controls where org_id = $1 returning id, org_id, control_ids
    )
    insert into issue_controls (org_id, issue_id, control_id) select org_id, id, control_ids[1] from opened
"""

# A decision on each criterion of every programme, which gives as many as a large organisation has in years.
_DECISIONS = """
    insert into scope_decisions (id, org_id, programme_id, requirement, relevant, reason, grounds, risks, status,
                                 author, in_force_since, version, created_at, updated_at)
    select uuidv7(), p.org_id, p.id, r.ref, true, 'It answers a risk of the service.', '{risk}', '{R-01}', 'in_force',
           current_setting('bench.seeder')::jsonb, now(), 1, now(), now()
    from programmes p join requirements r on r.version_id = p.framework_version_id where p.org_id = $1
"""
_COMMITMENTS = """
    insert into commitments (id, org_id, programme_id, kind, text, source, criteria, status, version, created_at,
                             updated_at)
    select uuidv7(), p.org_id, p.id, 'service_commitment', 'Promise ' || n, 'contract', '{CC6.1,CC6.2}', 'in_force', 1,
           now(), now()
    from programmes p, generate_series(1, 40) n where p.org_id = $1
"""
_PARTIES = """
    insert into interested_parties (id, org_id, programme_id, name, requirements, status, version, created_at,
                                    updated_at)
    select uuidv7(), p.org_id, p.id, 'Customers ' || n, '[{"text": "It is safe.", "addressed": true, "note": null}]',
           'relevant', 1, now(), now()
    from programmes p, generate_series(1, 20) n where p.org_id = $1
"""
_OBJECTIVES = """
    insert into security_objectives (id, org_id, programme_id, title, measure, plan, owner_id, due_on, evaluation,
                                     status, version, created_at, updated_at)
    select uuidv7(), p.org_id, p.id, 'Objective ' || n, 'The share.', 'A rota.', p.owner_id, current_date, 'Quarterly.',
           'in_force', 1, now(), now()
    from programmes p, generate_series(1, 20) n where p.org_id = $1
"""
# An adoption for every programme; the first maps each control to what its criterion covers.
_ADOPTIONS = """
    with adopted as (
        insert into adoptions (id, org_id, programme_id, framework, status, mappings, adopted_by, version, created_at,
                               updated_at)
        select uuidv7(), org_id, id, 'iso27001', 'done', 20000, current_setting('bench.seeder')::jsonb, 1, now(), now()
        from programmes where org_id = $1 returning id, org_id
    )
    insert into adopted_mappings (id, org_id, adoption_id, control_id, framework, requirement, via, entry_id, crosswalk,
                                  relation, strength, reason, status, version, created_at, updated_at)
    select uuidv7(), a.org_id, a.id, c.id, 'iso27001', e.target, e.source, e.id, 'soc2-iso27001', e.relation,
           e.strength, e.rationale, 'active', 1, c.created_at, c.created_at
    from (select * from adopted order by id limit 1) a, controls c, crosswalk_entries e
    where c.org_id = $1 and e.source = 'soc2:CC6.3' and e.target in ('iso27001:A.8.2', 'iso27001:A.5.18')
"""
_POLICIES = """
    with written as (
        insert into policies (id, org_id, code, title, owner_id, review_months, control_ids, requirements, status,
                              version, created_at, updated_at)
        select uuidv7(), $1, 'POL-' || lpad(n::text, 3, '0'), 'Policy ' || n,
        md5('owner0' || current_setting('app.org_id'))::uuid, 12, '{}',
               '{soc2:CC5.3}', 'draft', 1, now(), now()
        from generate_series(1, 60) n returning id
    ), drafted as (
        insert into policy_versions (id, org_id, policy_id, number, markdown, sha256, summary, status, authors,
                                     approver_ids, quorum, round, decisions, published_by, published_at, recorded_at,
                                     effective_on, version, created_at, updated_at)
        select uuidv7(), $1, id, 1, repeat('Access is given by need. ', 400), repeat('ab', 32), 'The first.',
               'published', jsonb_build_array(current_setting('bench.seeder')::jsonb),
               array[md5('owner1' || current_setting('app.org_id'))::uuid], 1, 1, '[]',
               current_setting('bench.seeder')::jsonb, now(), now(), current_date, 4,
               now(), now()
        from written returning id, policy_id
    ), reviewed as (
        insert into policy_reviews (id, org_id, policy_id, version_id, outcome, notes, reviewer, reviewed_on,
                                    review_due_on, version, created_at, updated_at)
        select uuidv7(), $1, policy_id, id, 'unchanged', 'Still the same.', current_setting('bench.seeder')::jsonb,
        current_date,
               current_date + 365, 1, now(), now()
        from drafted
    ), started as (
        insert into policy_campaigns (id, org_id, policy_id, version_id, title, due_on, reminder_days, status, people,
                                      acknowledged, excused, started_by, version, created_at, updated_at)
        select uuidv7(), $1, policy_id, id, 'Campaign', current_date + 30, '{14,7,1}', 'open', 500, 0, 0,
               current_setting('bench.seeder')::jsonb, 1, now(), now()
        from drafted returning id
    )
    insert into policy_acknowledgements (id, org_id, campaign_id, person_id, status, on_behalf, version, created_at,
                                         updated_at)
    select uuidv7(), $1, id, md5('person' || n || current_setting('app.org_id'))::uuid, 'outstanding', false, 1,
    now(), now()
    from started, generate_series(1, 500) n
"""
_PUBLISHED = """
    update policies set status = 'published', published_version_id = v.id, reviewed_on = current_date,
           review_due_on = current_date + 365
    from policy_versions v where v.policy_id = policies.id and policies.org_id = $1
"""
_STATEMENTS = """
    insert into statements_of_applicability (id, org_id, programme_id, number, framework_version, as_of,
                                             inclusion_reason, lines, applicable, excluded, implemented, partly,
                                             lines_approved, status, author, version, created_at, updated_at)
    select uuidv7(), org_id, id, 1, '2022 (Amd 1:2024)', now(), 'Needed to treat the risks.', '[]', 93, 0, 0, 0, 0,
           'draft', current_setting('bench.seeder')::jsonb, 1, now(), now()
    from programmes where org_id = $1
"""


async def seed(stack: Stack, org_id: UUID) -> list[UUID]:
    """Write the controls as the application role, one fenced transaction an organisation; some ids of `org_id`."""
    owners = [org_id, *(uuid7() for _ in range(_OTHERS))]
    address = stack.environment("controls")["ATTEST_DATABASE_URL"]
    connection = await asyncpg.connect(address, server_settings=UNLIMITED)
    try:
        for owner in owners:
            async with connection.transaction():
                await connection.execute(_FENCE, str(owner))
                await connection.execute(_ACTORS, SEEDER, OTHER)
                await connection.execute(_PEOPLE, owner)
                await connection.execute(_CONTROLS, owner, CONTROLS)
                for statement in (
                    _DEFINITIONS,
                    _OCCURRENCES,
                    _HEALTH,
                    _PROGRAMMES,
                    _UPGRADES,
                    _WAIVERS,
                    _HISTORY,
                    _ISSUES,
                    _DECISIONS,
                    _COMMITMENTS,
                    _PARTIES,
                    _OBJECTIVES,
                    _STATEMENTS,
                    _ADOPTIONS,
                    _POLICIES,
                    _PUBLISHED,
                ):
                    await connection.execute(statement, owner)
                await seed_tests(connection, owner)
        async with connection.transaction():
            await connection.execute(_FENCE, str(org_id))
            rows = await connection.fetch("select id from controls order by random() limit 500")
    finally:
        await connection.close()
    superuser = await asyncpg.connect(unfenced(stack, "controls"))
    try:
        await seed_results(superuser, {owner: RESULTS_PER_CHECK if owner == org_id else 1 for owner in owners})
    finally:
        await superuser.close()
    owner_connection = await asyncpg.connect(stack.environment("controls")["ATTEST_OWNER_DATABASE_URL"])
    try:
        await owner_connection.execute("vacuum analyze")
    finally:
        await owner_connection.close()
    return [row["id"] for row in rows]


def unfenced(stack: Stack, service: str) -> str:
    """The address of a service's database as the superuser, whom no policy binds: for looking, and for the bare app."""
    address = urlsplit(stack.environment(service)["ATTEST_SUPERUSER_DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{service}"))
