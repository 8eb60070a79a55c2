"""Programmes end with a reason; decisions on what is in their scope."""

from alembic import op

from shared.data.platform import fence, unfenced

revision = "controls_0007"
down_revision = "controls_0006"

_CHANGES = (
    """alter table programmes
        add status text not null default 'active' check (status in ('active', 'completed', 'withdrawn')),
        add closed_at timestamptz,
        add closed_because text,
        add constraint programme_is_closed_with_a_reason check (
            (status = 'active') = (closed_at is null) and (closed_at is null) = (closed_because is null)
        )""",
    "alter table programmes alter status drop default",
    "create index programmes_by_update on programmes (org_id, updated_at, id)",
)

_TABLES = (
    """create table scope_decisions (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        requirement text not null,
        relevant boolean not null,
        reason text not null,
        grounds text[] not null check (grounds <@ array['risk', 'law', 'contract', 'practice']),
        risks text[] not null,
        status text not null check (status in ('proposed', 'in_force', 'withdrawn')),
        author text not null,
        approver text check (approver <> author),
        in_force_since timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint exclusion_in_force_is_approved check (
            relevant or status <> 'in_force' or approver is not null
        )
    )""",
    """create unique index scope_decision_is_one_at_a_time on scope_decisions (programme_id, requirement)
        where status <> 'withdrawn'""",
    "create index scope_decisions_by_creation on scope_decisions (org_id, created_at, id)",
    "create index scope_decisions_by_update on scope_decisions (org_id, updated_at, id)",
    "create index scope_decisions_of_programme on scope_decisions (org_id, programme_id, created_at, id)",
)


def upgrade() -> None:
    with unfenced(op.execute, "programmes"):
        for statement in _CHANGES:
            op.execute(statement)
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "controls", "scope_decisions")
