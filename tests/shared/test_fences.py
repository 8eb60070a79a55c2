"""Row-level security, with the real application role: a query that forgets its filter sees nothing of another."""

import uuid

import asyncpg
import pytest

from deploy.auditors import shown_to_auditors
from deploy.local.services import NAMES, ROOT
from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.support import Organisation

_TABLES = """
    select c.relname, c.relrowsecurity, c.relforcerowsecurity,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id') as owned
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
"""


@pytest.mark.parametrize("service", NAMES)
async def test_every_table_is_fenced(stack: Stack, service: str) -> None:
    connection = await asyncpg.connect(stack.environment(service)["ATTEST_OWNER_DATABASE_URL"])
    tables = await connection.fetch(_TABLES)
    await connection.close()
    assert len(tables) > 5
    open_tables = [row["relname"] for row in tables if not (row[1] and row[2] and row[3])]
    assert open_tables == []


@pytest.mark.parametrize("service", NAMES)
async def test_no_role_of_a_service_can_pass_the_fence(stack: Stack, service: str) -> None:
    connection = await asyncpg.connect(stack.environment(service)["ATTEST_DATABASE_URL"])
    roles = await connection.fetch(
        "select rolname from pg_roles where rolname like $1 and (rolbypassrls or rolsuper or rolcreaterole)",
        f"{service}_%",
    )
    owner = await connection.fetchval("select count(*) from pg_tables where tableowner = current_user")
    await connection.close()
    assert roles == []
    assert owner == 0


_GRANTED = """
    select distinct table_name from information_schema.column_privileges
    where grantee = $1 and privilege_type = 'SELECT' and table_schema = 'public'
"""


@pytest.mark.parametrize("service", NAMES)
async def test_an_auditor_reads_the_tables_that_the_docs_name(stack: Stack, service: str) -> None:
    connection = await asyncpg.connect(stack.environment(service)["ATTEST_OWNER_DATABASE_URL"])
    granted = {row["table_name"] for row in await connection.fetch(_GRANTED, f"{service}_auditor")}
    await connection.close()
    folder = ROOT / "services" / service / "migrations"
    assert {shown.table for shown in shown_to_auditors(service, folder)} == granted


async def test_a_query_without_a_filter_sees_one_organisation(
    stack: Stack, org: Organisation, other_org: Organisation
) -> None:
    mine = await implemented_control(org, "AC-01")
    await implemented_control(other_org, "AC-01")
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    try:
        assert await connection.fetch("select id from controls") == [], "without an organisation there is nothing"
        async with connection.transaction():
            await connection.execute("select set_config('app.org_id', $1, true)", org.id)
            seen = {str(row["id"]) for row in await connection.fetch("select id from controls")}
            assert seen == {mine}
            assert await connection.execute("update controls set title = 'x' where org_id <> $1", org.id) == "UPDATE 0"
        assert await connection.fetch("select id from controls") == [], "the setting ends with its transaction"
    finally:
        await connection.close()


async def test_no_row_can_be_put_into_another_organisation(stack: Stack, org: Organisation) -> None:
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.org_id', $1, true)", org.id)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "insert into inbox (event_id, org_id, type, handled_at) values ($1, $2, 'x', now())",
                    uuid.uuid4(),
                    uuid.uuid4(),
                )
    finally:
        await connection.close()


@pytest.mark.parametrize("statement", ["update events set actor = 'x'", "delete from events", "truncate events"])
async def test_the_application_cannot_change_its_trail(stack: Stack, statement: str) -> None:
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
