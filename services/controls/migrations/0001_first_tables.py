"""First tables: controls, their health and what is known of their evidence, programmes."""

from alembic import op

from shared.data.platform import fence, platform_tables_v1

revision = "controls_0001"
down_revision = None

_TABLES = (
    """create table controls (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        statement text not null,
        owner text not null,
        kind text not null check (kind in ('preventive', 'detective', 'corrective')),
        nature text not null check (nature in ('manual', 'automated', 'hybrid')),
        frequency text not null,
        criteria text[] not null,
        status text not null check (status in ('draft', 'approved', 'implemented', 'retired')),
        author text not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint control_code_is_unique unique (org_id, code)
    )""",
    "create index controls_by_code on controls (org_id, code, id)",
    "create index controls_by_creation on controls (org_id, created_at, id)",
    "create index controls_by_update on controls (org_id, updated_at, id)",
    """create table control_health (
        id uuid primary key,
        org_id uuid not null,
        state text not null check (state in ('unknown', 'healthy', 'at_risk', 'failing')),
        reasons text[] not null,
        since timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index control_health_by_since on control_health (org_id, since, id)",
    """create table known_expectations (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null,
        title text not null,
        withdrawn boolean not null,
        version integer not null
    )""",
    "create index known_expectations_by_control on known_expectations (org_id, control_id)",
    """create table known_proofs (
        item_id uuid not null,
        expectation_id uuid not null,
        org_id uuid not null,
        control_id uuid not null,
        title text not null,
        state text not null check (state in ('accepted', 'expiring', 'expired', 'superseded')),
        valid_until timestamptz,
        version integer not null,
        primary key (item_id, expectation_id)
    )""",
    "create index known_proofs_by_control on known_proofs (org_id, control_id)",
    """create table programmes (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        report_type text not null check (report_type in ('soc2_type1', 'soc2_type2')),
        categories text[] not null check ('security' = any (categories)),
        system jsonb not null,
        commitments text not null,
        owner text not null,
        target_date date not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index programmes_by_creation on programmes (org_id, created_at, id)",
    "create index programmes_by_title on programmes (org_id, title, id)",
)


def upgrade() -> None:
    platform_tables_v1(op.execute, "controls")
    for statement in _TABLES:
        op.execute(statement)
    for table in ("controls", "control_health", "known_expectations", "known_proofs", "programmes"):
        fence(op.execute, "controls", table)
