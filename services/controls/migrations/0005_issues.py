"""Issues with the controls they are about, and the policy of their severities and due dates."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0005"
down_revision = "controls_0004"

_TABLES = (
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
        owner_id uuid not null,
        opened_by jsonb not null,
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
    fence(op.execute, "controls", "issues", worker_reads=True)
    fence(op.execute, "controls", "issue_policies")
    fence(op.execute, "controls", "issue_controls", delete=True)
