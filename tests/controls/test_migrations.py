"""What an installation had before is there after its migration, in the new words."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic import command

from deploy.local.stack import Stack
from shared.provision import alembic_config

_ORG = uuid.uuid4()
_CONTROL = """
    insert into controls (id, org_id, code, title, statement, owner, kind, nature, frequency, criteria, status, author,
                          version, created_at, updated_at)
    values (gen_random_uuid(), $1, $2, 'Access', 'Access is reviewed.', 'dana@example.com', 'detective', 'manual',
            'quarterly', $3, $4, 'client:1', 1, now(), now())
"""
_PROGRAMME = """
    insert into programmes (id, org_id, title, report_type, categories, system, commitments, owner, target_date,
                            version, created_at, updated_at)
    values (gen_random_uuid(), $1, 'SOC 2', 'soc2_type2', '{security,availability}', '{"services": ["Cloud"]}',
            'Available.', 'dana@example.com', '2027-01-01', 1, now(), now())
"""
_HEALTH = """
    insert into control_health (id, org_id, state, reasons, since, version, created_at, updated_at)
    select id, org_id, 'failing', '{Evidence expired.}', '2026-06-30T12:00:00Z', 7, created_at, updated_at
    from controls where code = 'AC-01'
"""


@pytest.fixture
async def migrated(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    """A database of the first version with a programme and controls in it, migrated to the newest."""
    environment = stack.environment("controls")
    superuser, owner = environment["ATTEST_SUPERUSER_DATABASE_URL"], environment["ATTEST_OWNER_DATABASE_URL"]
    name = f"controls_{uuid.uuid4().hex[:8]}"
    server = await asyncpg.connect(superuser)
    await server.execute(f"create database {name} owner {urlsplit(owner).username}")
    config = alembic_config("controls", urlunsplit(urlsplit(owner)._replace(path=f"/{name}")))
    await asyncio.to_thread(command.upgrade, config, "controls_0001")
    inside = await asyncpg.connect(urlunsplit(urlsplit(superuser)._replace(path=f"/{name}")))
    await inside.execute(_CONTROL, _ORG, "AC-01", ["CC6.3", "CC6.2"], "implemented")
    await inside.execute(_CONTROL, _ORG, "AC-02", [], "draft")
    await inside.execute(_PROGRAMME, _ORG)
    await inside.execute(_HEALTH)
    await asyncio.to_thread(command.upgrade, config, "head")
    yield inside
    await inside.close()
    await server.execute(f"drop database {name}")
    await server.close()


async def test_criteria_become_requirements_of_soc_2(migrated: asyncpg.Connection) -> None:
    rows: list[Any] = await migrated.fetch("select code, requirements from controls order by code")
    assert [tuple(row) for row in rows] == [("AC-01", ["soc2:CC6.3", "soc2:CC6.2"]), ("AC-02", [])]


async def test_a_programme_pins_the_criteria_it_was_started_with(migrated: asyncpg.Connection) -> None:
    (row,) = await migrated.fetch("""
        select f.code, v.label, p.requirements_in_scope from programmes p
        join framework_versions v on v.id = p.framework_version_id join frameworks f on f.id = v.framework_id
    """)
    assert tuple(row) == ("soc2", "2017 (rev. 2022)", 36)


async def test_the_history_of_health_begins_with_what_holds(migrated: asyncpg.Connection) -> None:
    (row,) = await migrated.fetch("""
        select c.code, h.state, h.before, h.reasons, h.until, h.since = '2026-06-30T12:00:00Z' as same
        from control_health_changes h join controls c on c.id = h.control_id
    """)
    assert tuple(row) == ("AC-01", "failing", None, ["Evidence expired."], None, True)


async def test_the_tables_are_fenced_again(migrated: asyncpg.Connection) -> None:
    unforced = await migrated.fetch("select relname from pg_class where relrowsecurity and not relforcerowsecurity")
    assert unforced == []


async def test_what_was_approved_is_a_definition(migrated: asyncpg.Connection) -> None:
    (row,) = await migrated.fetch("""
        select c.code, d.number, d.state, d.title, d.effective_from = c.created_at, c.definition,
               c.implemented_at = c.created_at
        from control_definitions d join controls c on c.id = d.control_id
    """)
    assert tuple(row) == ("AC-01", 1, "approved", "Access", True, 1, True)
