"""Vulnerability findings, their policy, and what a run looked at whole."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0009"
down_revision = "integrations_0008"

_TABLES = (
    "alter table result_files add column covers text",
    """create table vulnerability_findings (
        id uuid primary key,
        org_id uuid not null,
        source text not null,
        vulnerability text not null,
        place text not null,
        resource text,
        tool text not null,
        title text,
        severity text,
        status text not null check (status in ('open', 'fixed', 'dismissed')),
        due_on date,
        running_since timestamptz not null,
        first_seen_at timestamptz not null,
        seen_at timestamptz not null,
        closed_at timestamptz,
        dismissal text,
        regressions integer not null,
        fixed_in text,
        url text,
        file_id uuid not null references result_files,
        overdue_told_for date,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint vulnerability_is_found_once unique (org_id, source, vulnerability, place),
        constraint finding_is_closed_when_it_is_not_open check ((status = 'open') = (closed_at is null))
    )""",
    "create index vulnerability_findings_by_creation on vulnerability_findings (org_id, created_at, id)",
    "create index vulnerability_findings_by_update on vulnerability_findings (org_id, updated_at, id)",
    "create index vulnerability_findings_open on vulnerability_findings (org_id, source) where status = 'open'",
    "create index vulnerability_findings_due on vulnerability_findings (due_on) where status = 'open'",
    """create table vulnerability_policies (
        id uuid primary key,
        org_id uuid not null,
        due_days jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint one_vulnerability_policy_an_organisation check (id = org_id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "integrations", "vulnerability_findings", worker_reads=True)
    fence(op.execute, "integrations", "vulnerability_policies")
