"""Indicators, their values, and what is known of collections, issues and findings, which computed ones count."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0005"
down_revision = "risk_0004"

_TABLES = (
    """create table indicators (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        description text not null,
        unit text not null,
        owner_id uuid not null,
        risk_ids uuid[] not null,
        metric text check (metric in ('failing_controls', 'overdue_collections', 'open_issues', 'open_findings')),
        control_ids uuid[] not null,
        direction text not null check (direction in ('higher_is_worse', 'lower_is_worse')),
        amber double precision not null,
        red double precision not null,
        breaching_values integer not null check (breaching_values between 1 and of_last),
        of_last integer not null check (of_last between 1 and 20),
        period_hours integer,
        status text not null check (status in ('active', 'retired')),
        state text not null check (state in ('unknown', 'within', 'amber', 'red')),
        state_since timestamptz not null,
        reason text not null,
        told text not null check (told in ('within', 'amber', 'red')),
        value double precision,
        previous_value double precision,
        measured_at timestamptz,
        silent_at timestamptz,
        silence_told boolean not null,
        retirement_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint indicator_code_is_unique unique (org_id, code),
        constraint pushed_indicator_has_a_period check ((metric is null) = (period_hours is not null)),
        constraint retired_indicator_has_a_reason check ((status = 'retired') = (retirement_reason is not null))
    )""",
    "create index indicators_by_creation on indicators (org_id, created_at, id)",
    "create index indicators_by_update on indicators (org_id, updated_at, id)",
    "create index indicators_by_silence on indicators (silent_at) where silent_at is not null and not silence_told",
    """create table indicator_values (
        id uuid primary key,
        org_id uuid not null,
        indicator_id uuid not null,
        value double precision not null,
        measured_at timestamptz not null,
        recorded_at timestamptz not null,
        recorded_by jsonb not null,
        source text not null,
        reading text not null,
        late boolean not null,
        constraint reading_is_recorded_once unique (org_id, indicator_id, source, reading)
    )""",
    "create index indicator_values_by_measurement on indicator_values (org_id, indicator_id, measured_at, id)",
    "create index indicator_values_by_recording on indicator_values (org_id, indicator_id, recorded_at, id)",
    """create table known_collections (
        org_id uuid not null,
        id uuid not null,
        control_id uuid,
        open boolean not null,
        state_version integer not null,
        overdue boolean not null,
        overdue_version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_collections_overdue on known_collections (org_id) where open and overdue",
    """create table known_issues (
        org_id uuid not null,
        id uuid not null,
        control_ids uuid[] not null,
        open boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_findings (
        org_id uuid not null,
        id uuid not null,
        control_id uuid not null,
        open boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("indicators", "indicator_values", "known_collections", "known_issues", "known_findings"):
        fence(op.execute, "risk", table, worker_reads=table == "indicators")
    op.execute("revoke update on indicator_values from risk_app")
