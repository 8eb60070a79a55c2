"""Exceptions from controls, issues with their policy."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0006"
down_revision = "controls_0005"

_TABLES = (
    """create table control_exceptions (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        reason text not null,
        scope text not null,
        risk_accepted text not null,
        compensating_control_id uuid references controls,
        compensating_measures text,
        renews uuid references control_exceptions,
        starts_at timestamptz not null,
        expiring_from timestamptz not null,
        expires_at timestamptz not null,
        status text not null check (status in ('requested', 'granted', 'refused', 'revoked')),
        requested_by text not null,
        decided_by text,
        decided_at timestamptz,
        decision_reason text,
        revoked_by text,
        revoked_at timestamptz,
        revocation_reason text,
        announced text check (announced in ('upcoming', 'in_force', 'expiring', 'expired')),
        due_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint exception_begins_before_it_is_over check (starts_at < expires_at),
        constraint exception_is_compensated
            check (compensating_control_id is not null or compensating_measures is not null),
        constraint exception_is_decided_by_another check (decided_by <> requested_by),
        constraint exception_has_a_phase_while_granted check ((status = 'granted') = (announced is not null))
    )""",
    "create index control_exceptions_by_creation on control_exceptions (org_id, created_at, id)",
    "create index control_exceptions_by_expiry on control_exceptions (org_id, expires_at, id)",
    "create index control_exceptions_by_update on control_exceptions (org_id, updated_at, id)",
    "create index control_exceptions_by_control on control_exceptions (org_id, control_id)",
    "create index control_exceptions_due on control_exceptions (due_at) where due_at is not null",
    """create table issue_policies (
        id uuid primary key,
        org_id uuid not null,
        due_days jsonb not null,
        opens_for_failing_controls boolean not null,
        severity_for_failing_controls text not null
            check (severity_for_failing_controls in ('critical', 'high', 'medium', 'low')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create table issues (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        description text not null,
        control_ids uuid[] not null check (cardinality(control_ids) > 0),
        severity text not null check (severity in ('critical', 'high', 'medium', 'low')),
        source text not null,
        source_reference text,
        recurs_with text,
        owner text not null,
        opened_by text not null,
        status text not null check (status in ('open', 'remediating', 'resolved', 'closed')),
        due_on date not null,
        due_reason text,
        plan jsonb,
        resolution jsonb,
        effectiveness_checks jsonb not null,
        closure jsonb,
        tickets jsonb not null,
        evidence_ids uuid[] not null,
        regressions integer not null check (regressions >= 0),
        running_since timestamptz not null,
        overdue_told_for date,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint issue_says_why_it_is_closed check ((status = 'closed') = (closure is not null)),
        constraint issue_is_resolved_by_someone check (status <> 'resolved' or resolution is not null)
    )""",
    "create index issues_by_due_date on issues (org_id, due_on, id)",
    "create index issues_by_creation on issues (org_id, created_at, id)",
    "create index issues_by_update on issues (org_id, updated_at, id)",
    "create index issues_unresolved on issues (due_on) where status in ('open', 'remediating')",
    """create table issue_controls (
        issue_id uuid not null references issues,
        control_id uuid not null references controls,
        org_id uuid not null,
        primary key (issue_id, control_id)
    )""",
    "create index issue_controls_by_control on issue_controls (org_id, control_id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "controls", "control_exceptions", worker_reads=True)
    fence(op.execute, "controls", "issue_policies")
    fence(op.execute, "controls", "issues", worker_reads=True)
    fence(op.execute, "controls", "issue_controls", delete=True)
