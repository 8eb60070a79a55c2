"""Definitions of controls: what was approved, and from when; who answers for a control besides its owner."""

from alembic import op

from shared.data.platform import fence, unfenced

revision = "controls_0008"
down_revision = "controls_0007"

_TABLES = (
    """create table control_definitions (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        number integer not null check (number > 0),
        state text not null check (state in ('draft', 'approved', 'withdrawn')),
        title text not null,
        statement text not null,
        kind text not null check (kind in ('preventive', 'detective', 'corrective')),
        nature text not null check (nature in ('manual', 'automated', 'hybrid')),
        frequency text not null,
        requirements text[] not null,
        author text not null,
        approver text check (approver <> author),
        approved_at timestamptz,
        effective_from timestamptz check (state <> 'approved' or effective_from is not null),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint control_definition_number_is_unique unique (control_id, number)
    )""",
    "create index control_definitions_by_creation on control_definitions (org_id, created_at, id)",
    "create index control_definitions_by_update on control_definitions (org_id, updated_at, id)",
    "create index control_definitions_by_number on control_definitions (org_id, control_id, number, id)",
)

_CHANGES = (
    """alter table controls
        add backup_owner text check (backup_owner <> owner),
        add definition integer,
        add pending_definition integer,
        add pending_from timestamptz check (pending_from is null or pending_definition is not null),
        add implemented_at timestamptz,
        add retired_at timestamptz""",
    "create index controls_by_pending on controls (pending_from, org_id) where pending_from is not null",
    "create policy worker_reads on controls for select to controls_worker using (true)",
    "grant select on controls to controls_worker",
    # What happened is in the trail; where it is not, the control was there from its creation.
    """create temporary table said as
        select subject, max(occurred_at) filter (where type = 'controls.control.approved') as approved_at,
               min(occurred_at) filter (where type = 'controls.control.implemented') as implemented_at,
               min(occurred_at) filter (where type = 'controls.control.retired') as retired_at,
               (array_agg(actor order by seq desc) filter (where type = 'controls.control.approved'))[1] as approver
        from events where type like 'controls.control.%' group by subject""",
    """insert into control_definitions
        select uuidv7(), c.org_id, c.id, 1, 'approved', c.title, c.statement, c.kind, c.nature, c.frequency,
               c.requirements, c.author, nullif(s.approver, c.author), s.approved_at,
               coalesce(s.approved_at, c.created_at), 1, c.created_at, c.updated_at
        from controls c left join said s on s.subject = c.id
        where c.status in ('approved', 'implemented') or (c.status = 'retired' and s.approved_at is not null)""",
    """update controls set
        definition = (select d.number from control_definitions d where d.control_id = controls.id),
        implemented_at = coalesce(
            (select s.implemented_at from said s where s.subject = controls.id),
            case when status = 'implemented' then created_at end
        ),
        retired_at = case when status = 'retired' then coalesce(
            (select s.retired_at from said s where s.subject = controls.id), updated_at
        ) end""",
    "drop table said",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    with unfenced(op.execute, "controls", "events"):
        for statement in _CHANGES:
            op.execute(statement)
    fence(op.execute, "controls", "control_definitions")
