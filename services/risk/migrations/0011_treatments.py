"""Treatments of risks and their actions."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0011"
down_revision = "risk_0010"

_TABLES = (
    """create table treatments (
        id uuid primary key,
        org_id uuid not null,
        risk_id uuid not null references risks,
        risk_code text not null,
        title text not null,
        strategy text not null check (strategy in ('mitigate', 'avoid', 'transfer')),
        rationale text not null,
        status text not null check (status in (
            'draft', 'proposed', 'approved', 'in_progress', 'done', 'verified', 'closed', 'cancelled'
        )),
        owner_id uuid,
        due_on date,
        target_likelihood integer,
        target_impact integer,
        controls jsonb not null,
        return_id uuid references treatment_returns,
        currency text,
        planned_cost bigint not null,
        planned_yearly_cost bigint not null,
        actual_cost bigint not null,
        action_counts jsonb not null,
        round integer not null,
        frozen jsonb,
        level text,
        approvers_needed integer not null,
        approver_roles text[] not null,
        proposed_by jsonb,
        proposed_at timestamptz,
        decisions jsonb not null,
        approved_at timestamptz,
        started_at timestamptz,
        done_by jsonb,
        done_at timestamptz,
        done_note text,
        verified_by jsonb,
        verified_at timestamptz,
        verification_note text,
        evidence_ids uuid[] not null,
        warned integer[] not null,
        overdue_told_for date,
        due_at timestamptz,
        ended_by jsonb,
        ended_at timestamptz,
        end_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint treatment_target_is_whole check ((target_likelihood is null) = (target_impact is null)),
        constraint treatment_costs_have_a_currency check (
            currency is not null or (planned_cost = 0 and planned_yearly_cost = 0 and actual_cost = 0)
        ),
        constraint treatment_is_complete_once_proposed check (
            status in ('draft', 'cancelled')
            or (owner_id is not null and due_on is not null and target_impact is not null and frozen is not null)
        ),
        constraint treatment_is_approved_before_it_is_carried_out check (
            status not in ('approved', 'in_progress', 'done', 'verified', 'closed') or approved_at is not null
        ),
        constraint treatment_ends_for_a_reason check (
            (status in ('closed', 'cancelled')) = (ended_at is not null) and (ended_at is null) = (end_reason is null)
        )
    )""",
    "create index treatments_by_risk on treatments (org_id, risk_id, id)",
    "create index treatments_by_creation on treatments (org_id, created_at, id)",
    "create index treatments_by_update on treatments (org_id, updated_at, id)",
    "create index treatments_due on treatments (due_at) where due_at is not null",
    """create table treatment_actions (
        id uuid primary key,
        org_id uuid not null,
        treatment_id uuid not null references treatments,
        risk_id uuid not null references risks,
        risk_code text not null,
        text text not null,
        owner_id uuid not null,
        due_on date not null,
        cost bigint not null,
        yearly_cost bigint not null,
        actual_cost bigint,
        status text not null check (status in ('open', 'in_progress', 'done', 'verified', 'dropped')),
        started_at timestamptz,
        done_by jsonb,
        done_at timestamptz,
        done_note text,
        evidence_ids uuid[] not null,
        settled_by jsonb,
        settled_at timestamptz,
        settled_note text,
        warned integer[] not null,
        overdue_told_for date,
        due_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint action_is_done_by_somebody check ((status in ('done', 'verified')) = (done_by is not null)),
        constraint action_is_settled_by_somebody check ((status in ('verified', 'dropped')) = (settled_by is not null))
    )""",
    "create index treatment_actions_by_treatment on treatment_actions (org_id, treatment_id, id)",
    "create index treatment_actions_by_risk on treatment_actions (org_id, risk_id)",
    "create index treatment_actions_by_due_day on treatment_actions (org_id, due_on, id)",
    "create index treatment_actions_by_creation on treatment_actions (org_id, created_at, id)",
    "create index treatment_actions_by_update on treatment_actions (org_id, updated_at, id)",
    "create index treatment_actions_due on treatment_actions (due_at) where due_at is not null",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("treatments", "treatment_actions"):
        fence(op.execute, "risk", table, worker_reads=True)
