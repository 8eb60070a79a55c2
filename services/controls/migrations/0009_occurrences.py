"""On which days a control is due, and when it was performed."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0009"
down_revision = "controls_0008"

_STATEMENTS = (
    "alter table controls add recurrence jsonb",
    "alter table control_definitions add recurrence jsonb",
    """create table occurrences (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        definition_id uuid not null references control_definitions,
        due_on date,
        performed_at timestamptz not null,
        performed_by text not null,
        notes text,
        evidence_ids uuid[] not null,
        recorded_by text not null,
        withdrawn_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create unique index occurrence_is_performed_once on occurrences (control_id, due_on)
        where due_on is not null and withdrawn_at is null""",
    "create index occurrences_by_performance on occurrences (org_id, performed_at, id)",
    "create index occurrences_by_update on occurrences (org_id, updated_at, id)",
    "create index occurrences_of_a_control on occurrences (org_id, control_id, performed_at, id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    fence(op.execute, "controls", "occurrences")
