"""Health of controls with its history, and what is known of the evidence that it follows from."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0006"
down_revision = "controls_0005"

_TABLES = (
    """create table health_policies (
        id uuid primary key,
        org_id uuid not null,
        tolerated_misses_percent integer not null check (tolerated_misses_percent between 0 and 100),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create table programme_periods (
        programme_id uuid primary key,
        org_id uuid not null,
        framework text not null,
        period_start date,
        period_end date,
        check ((period_start is null) = (period_end is null))
    )""",
    """create table control_health (
        id uuid primary key,
        org_id uuid not null,
        state text not null check (state in ('unknown', 'healthy', 'at_risk', 'failing')),
        reasons text[] not null,
        reason_codes text[] not null,
        since timestamptz not null,
        review_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index control_health_by_since on control_health (org_id, since, id)",
    "create index control_health_by_review on control_health (review_at, org_id) where review_at is not null",
    """create table control_health_changes (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null,
        state text not null check (state in ('unknown', 'healthy', 'at_risk', 'failing')),
        before text check (before in ('unknown', 'healthy', 'at_risk', 'failing')),
        reasons text[] not null,
        reason_codes text[] not null,
        since timestamptz not null,
        until timestamptz check (until >= since),
        cause uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index control_health_changes_by_begin on control_health_changes (org_id, since, id)",
    "create index control_health_changes_by_update on control_health_changes (org_id, updated_at, id)",
    "create index control_health_changes_of_a_control on control_health_changes (org_id, control_id, since, id)",
    """create unique index control_health_change_in_force on control_health_changes (org_id, control_id)
        where until is null""",
    """create table known_expectations (
        org_id uuid not null,
        id uuid not null,
        control_id uuid not null,
        title text not null,
        freshness_days integer not null,
        expected_since timestamptz not null,
        withdrawn_at timestamptz,
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_expectations_by_control on known_expectations (org_id, control_id)",
    """create table known_collections (
        org_id uuid not null,
        id uuid not null,
        expectation_id uuid not null,
        control_id uuid not null,
        due_at timestamptz not null,
        overdue boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_collections_overdue on known_collections (org_id, expectation_id) where overdue",
    """create table known_proofs (
        org_id uuid not null,
        item_id uuid not null,
        expectation_id uuid not null,
        control_id uuid not null,
        title text not null,
        state text not null check (state in ('accepted', 'expiring', 'expired', 'superseded')),
        valid_until timestamptz,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        accepted_at timestamptz not null,
        corrected boolean not null,
        version integer not null,
        primary key (org_id, item_id, expectation_id)
    )""",
    "create index known_proofs_by_control on known_proofs (org_id, control_id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "controls", "control_health", worker_reads=True)
    for table in (
        "health_policies",
        "programme_periods",
        "control_health_changes",
        "known_expectations",
        "known_collections",
        "known_proofs",
    ):
        fence(op.execute, "controls", table)
