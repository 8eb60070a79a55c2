"""Acceptances of risks."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0010"
down_revision = "risk_0009"

_TABLES = (
    """create table acceptances (
        id uuid primary key,
        org_id uuid not null,
        risk_id uuid not null references risks,
        risk_code text not null,
        status text not null check (status in (
            'proposed', 'accepted', 'in_force', 'stale', 'declined', 'revoked', 'expired', 'superseded'
        )),
        round integer not null,
        rationale text not null,
        compensating_control_ids uuid[] not null,
        frozen jsonb not null,
        owner_id uuid not null,
        level text not null,
        approvers_needed integer not null,
        approver_roles text[] not null,
        proposed_by jsonb not null,
        proposed_at timestamptz not null,
        decisions jsonb not null,
        expires_at timestamptz not null,
        in_force_at timestamptz,
        stale_at timestamptz,
        stale_reasons jsonb not null,
        warned integer[] not null,
        due_at timestamptz,
        ended_at timestamptz,
        end_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint acceptance_ends_for_a_reason check (
            (status in ('declined', 'revoked', 'expired', 'superseded')) = (ended_at is not null)
            and (ended_at is null) = (end_reason is null) and (ended_at is null) = (due_at is not null)
        )
    )""",
    """create unique index acceptances_in_force on acceptances (org_id, risk_id) where status = 'in_force'""",
    "create index acceptances_by_risk on acceptances (org_id, risk_id, id)",
    "create index acceptances_by_creation on acceptances (org_id, created_at, id)",
    "create index acceptances_by_update on acceptances (org_id, updated_at, id)",
    "create index acceptances_by_end on acceptances (org_id, expires_at, id)",
    "create index acceptances_due on acceptances (due_at) where due_at is not null",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "acceptances", worker_reads=True)
