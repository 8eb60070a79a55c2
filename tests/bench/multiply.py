"""Makes an organisation many times as large, in all services, by copying its rows with other ids.

The copies refer to each other as their originals do, across tables and services: each id has its own copy for each
number. What there is one of for an organisation, the trail and what came with Attest are left alone.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import asyncpg

from deploy.client import Organisation, done
from deploy.local.services import NAMES
from deploy.local.stack import Stack
from shared.clock import now
from tests.audit.described import CARVED_OUT, CHANGE, CUEC, TEXTS, incident
from tests.bench.integrated import one_delivery_and_one_scan
from tests.bench.seed import UNLIMITED, unfenced
from tests.bench.vendors import one_vendor
from tests.risk.assets import ASSET
from tests.risk.estimated import A

TIMES = 2_000
# The trail and what keeps it, what came with Attest, and what an organisation has one of.
_LEFT_ALONE = frozenset(
    {
        *("events", "trail_heads", "inbox", "dead_letters", "stored_answers", "witnessed_heads", "head_timestamps"),
        *("token_withdrawals", "jobs", "organisations", "issuers", "signing_keys", "sealed_keys", "failed_sign_ins"),
        *("methods", "known_organisations"),
    }
)
_AS_SEEDED = UNLIMITED | {"session_replication_role": "replica"}  # what refers to what is not looked for
_COLUMNS = """
    select table_name, column_name, data_type, udt_name from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_identity = 'NO' and is_generated = 'NEVER'
    order by table_name, ordinal_position
"""
_UNIQUE_TEXTS = """
    select c.relname as table_name, a.attname as column_name
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid
    where i.indisunique and a.attnum = any(i.indkey) and c.relnamespace = 'public'::regnamespace
"""

_ONE_FOR_AN_ORGANISATION = """
    select c.relname from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisunique and i.indnatts = 1 and a.attname = 'org_id'
"""

_FIRMS = """
    with listed as (
        insert into firms (id, org_id, name, kind, regions, services, listed, version, created_at, updated_at)
        select id, id, 'Firm ' || n, 'cpa_firm', '{US,US-CA}', '{soc2}', true, 1, now(), now()
        from (select n, md5('firm' || n)::uuid as id from generate_series(1, $1) n) made
        returning id
    )
    insert into licences (id, org_id, kind, region, issued_by, number, issued_to, expires_on, status, verification,
                          version, created_at, updated_at)
    select uuidv7(), id, 'firm_permit', 'US-CA', 'California Board of Accountancy', id::text, 'Firm', '2099-12-31',
           'verified', '{}', 1, now(), now()
    from listed
"""


async def one_of_each(org: Organisation) -> None:
    """Add what the demo organisation has none of."""
    controls = [control["id"] for control in done(await org.manager.get("/v1/controls"))["items"]]
    period = {"covers_from": "2026-01-01T00:00:00Z", "covers_until": "2026-07-01T00:00:00Z"}
    release = {"title": "Report of 2025", "released_at": "2026-03-01T00:00:00Z", "control_ids": controls, **period}
    hold = {"matter": "Doe v. Example Corp.", "reason": "Counsel asked for it.", "scope": {"control_ids": controls[:1]}}
    minutes = {"title": "Minutes", "sha256": "ab" * 32, "location": "Archive", "made_on": "2025-06-30"}
    record = {"kind": "occurrence", "control_id": controls[0], "effective_on": "2025-06-30", "evidence": [minutes]}
    indicator: dict[str, object] = {
        "code": "KRI-01",
        "title": "Old findings",
        "description": "Counted nightly.",
        "unit": "findings",
    }
    indicator |= {"owner": "riley@example.com", "amber": 5, "red": 10, "period_hours": 24}
    reading = {"indicator": "KRI-01", "source": "scanner", "reading": "1", "measured_at": "2026-03-01T00:00:00Z"}
    schema = {"code": "scan", "title": "Scan", "document": {"type": "object"}}
    for path, draft in (
        ("/v1/teams", {"title": "Platform", "people": ["dana@example.com"]}),
        ("/v1/holds", hold),
        ("/v1/releases", release),
        ("/v1/bundles", {"title": "First half", "control_ids": controls, **period}),
        ("/v1/calendar-feeds", {"title": "What I collect"}),
        ("/v1/audit-calendar-feeds", {"title": "What I answer for"}),
        ("/v1/record-schemas", schema),
        ("/v1/assets", ASSET | {"owner": "dana@example.com"}),
        ("/v1/sources", {"title": "GitHub", "kind": "github", "owner": "dana@example.com"}),
        ("/v1/indicators", indicator),
        ("/v1/indicator-values", {"values": [reading | {"value": 7}]}),
        ("/v1/historical-records", record | {"performed_by": "dana@example.com"}),
    ):
        done(await org.admin.post(path, json=draft))
    await one_vendor(org)
    await one_delivery_and_one_scan(org)
    risk: dict[str, object] = {
        "code": "R-ACC",
        "title": "An old system fails",
        "category": "operations",
        "owner": "admin@example.com",
    }
    risk |= {"scenario": {"source": "Age", "event": "breaks a disk", "consequence": "and stops orders."}}
    identified = done(await org.admin.post("/v1/risks", json=risk | {"inherent": {"likelihood": 2, "impact": 2}}))
    proposal = {"risk_id": identified["id"], "rationale": "It is replaced.", "expires_at": _soon()}
    done(await org.manager.post("/v1/acceptances", json=proposal))
    plan = {"risk_id": identified["id"], "title": "Replace it", "strategy": "avoid", "rationale": "It is old."}
    treatment = done(await org.manager.post("/v1/treatments", json=plan))["id"]
    action = {"text": "Move the orders.", "owner": "admin@example.com", "due_on": _soon()[:10]}
    done(await org.manager.post(f"/v1/treatments/{treatment}/actions", json=action))
    engagement = done(await org.manager.get("/v1/engagements"))["items"][0]["id"]
    for noun, draft in (
        ("user-entity-controls", CUEC),
        ("subservice-organisations", CARVED_OUT),
        ("significant-changes", CHANGE),
        ("system-incidents", incident(control_ids=controls[:1])),
        ("milestones", {"kind": "kickoff", "owner": "dana@example.com", "planned_on": "2026-01-15"}),
        ("system-descriptions", {"parts": TEXTS}),
    ):
        done(await org.manager.post(f"/v1/engagements/{engagement}/{noun}", json=draft))
    await _simulate_losses(org)
    cost = {"measure": "budget", "kind": "audit_fees", "year": 2026, "currency": "EUR", "amount": 4_000_000}
    draft = cost | {"engagement_id": engagement, "description": "Examination fee"}
    done(await org.manager.post("/v1/cost-entries", json=draft))


async def _simulate_losses(org: Organisation) -> None:
    """A loss scenario with a simulation, and a treatment of it."""
    risk = done(await org.admin.get("/v1/risks"))["items"][0]["id"]
    draft = {"title": "Loss", "currency": "EUR", "rationale": "Past incidents.", "estimate": A}
    scenario = done(await org.admin.post(f"/v1/risks/{risk}/loss-scenarios", json=draft))["id"]
    years = {"scenario_ids": [scenario], "simulation": "compound"}
    done(await org.admin.post("/v1/loss-simulations", json=years))
    treated = {"currency": "EUR", "yearly_cost": 1, "changes": [{"scenario_id": scenario, "after": A}]}
    done(await org.admin.post("/v1/treatment-returns", json={"title": "Treatment"} | treated))


def _soon() -> str:
    return (now() + timedelta(days=30)).isoformat()


async def fill_directory(stack: Stack) -> None:
    """Found `TIMES` audit firms that are listed, each with a licence."""
    connection = await asyncpg.connect(unfenced(stack, "gateway"), server_settings=_AS_SEEDED)
    await connection.execute("update firms set listed = true")
    await connection.execute(_FIRMS, TIMES)
    await connection.close()


async def multiply(stack: Stack, org_id: UUID) -> None:
    """Copy the organisation's rows `TIMES` times."""
    connections = [
        await asyncpg.connect(
            unfenced(stack, service), server_settings=UNLIMITED | {"session_replication_role": "replica"}
        )
        for service in NAMES
    ]
    try:
        tables = [await _tables(connection) for connection in connections]
        ours = {
            key
            for connection, columns in zip(connections, tables, strict=True)
            for table, named in columns.items()
            if "id" in named
            for key in await _ids(connection, table, org_id)
        }
        for connection, columns in zip(connections, tables, strict=True):
            await _copy_all(connection, columns, ours - {org_id}, org_id)
    finally:
        for connection in connections:
            await connection.close()


async def _tables(connection: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """The columns of each table that is copied, with how a copy's value is made."""
    unique = {(row["table_name"], row["column_name"]) for row in await connection.fetch(_UNIQUE_TEXTS)}
    tables: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(_COLUMNS):
        table, name = row["table_name"], row["column_name"]
        if table not in _LEFT_ALONE:
            tables.setdefault(table, {})[name] = _copied(name, row["udt_name"], unique=(table, name) in unique)
    single = {row["relname"] for row in await connection.fetch(_ONE_FOR_AN_ORGANISATION)}
    return {table: columns for table, columns in tables.items() if "org_id" in columns and table not in single}


def _copied(name: str, kind: str, *, unique: bool) -> str:
    """How the value of a column is made for the copy number `n`."""
    if name in {"created_at", "updated_at"}:
        return f"{name} - n * interval '1 second'"
    if name == "sha256":
        return f"encode(sha256(({name} || n)::bytea), 'hex')"
    if name in {"org_id", "kind"} or (kind == "text" and not unique):
        return name  # a kind is one of a few words, whatever index it is in
    made = {
        "uuid": f"copied({name}, n)",
        "_uuid": f"array(select copied(one, n) from unnest({name}) one)",  # noqa: S608 - the name of a column
        "text": f"{name} || '-' || n",
    }
    return made.get(kind, name)


async def _ids(connection: asyncpg.Connection, table: str, org_id: UUID) -> Iterable[UUID]:
    rows = await connection.fetch(f"select id from {table} where org_id = $1 and id is not null", org_id)  # noqa: S608 - a table's name
    return [row["id"] for row in rows if isinstance(row["id"], UUID)]


async def _copy_all(
    connection: asyncpg.Connection, tables: dict[str, dict[str, str]], ours: set[UUID], org_id: UUID
) -> None:
    await connection.execute("create temporary table ours (id uuid primary key)")
    await connection.copy_records_to_table("ours", records=[(key,) for key in ours])
    await connection.execute("analyze ours")
    await connection.execute("""
        create function pg_temp.copied(given uuid, n integer) returns uuid stable language sql as $$
            select case when exists (select from pg_temp.ours where id = given) then md5(given::text || n)::uuid
                        else given end
        $$
    """)
    for table, columns in tables.items():
        values = ", ".join(value.replace("copied(", "pg_temp.copied(") for value in columns.values())
        await connection.execute(
            f"insert into {table} ({', '.join(columns)}) select {values}"  # noqa: S608 - names of tables and columns
            # A row that has come since the ids were read keeps its id, and has no copies.
            f" from (select * from {table} where org_id = $1) original, generate_series(1, {TIMES}) n"
            " on conflict do nothing",
            org_id,
        )
    await connection.execute("vacuum analyze")
