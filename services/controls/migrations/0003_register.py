"""The register: controls, their definitions, occurrences and waivers."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0003"
down_revision = "controls_0002"

_TABLES = (
    """create table controls (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        statement text not null,
        owner_id uuid not null,
        backup_owner_id uuid check (backup_owner_id <> owner_id),
        kind text not null check (kind in ('preventive', 'detective', 'corrective')),
        nature text not null check (nature in ('manual', 'automated', 'hybrid')),
        frequency text not null,
        requirements text[] not null,
        recurrence jsonb,
        status text not null check (status in ('draft', 'approved', 'implemented', 'retired')),
        author jsonb not null,
        definition integer,
        pending_definition integer,
        pending_from timestamptz check (pending_from is null or pending_definition is not null),
        implemented_at timestamptz,
        implementation_recorded_at timestamptz
            check ((implementation_recorded_at is null) = (implemented_at is null)),
        implementation_record_id uuid,
        known_in_operation_at timestamptz check ((known_in_operation_at is null) = (implemented_at is null)),
        known_in_operation_since timestamptz check (known_in_operation_since >= implemented_at),
        retired_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint control_code_is_unique unique (org_id, code)
    )""",
    "create index controls_by_code on controls (org_id, code, id)",
    "create index controls_by_creation on controls (org_id, created_at, id)",
    "create index controls_by_update on controls (org_id, updated_at, id)",
    "create index controls_by_owner on controls (org_id, owner_id, id)",
    "create index controls_by_pending on controls (pending_from, org_id) where pending_from is not null",
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
        recurrence jsonb,
        author jsonb not null,
        approver jsonb check (approver #>> '{person,id}' <> author #>> '{person,id}'),
        approved_at timestamptz,
        effective_from timestamptz check (state <> 'approved' or effective_from is not null),
        recorded_at timestamptz check ((recorded_at is null) = (effective_from is null)),
        historical_record_id uuid,
        known_at timestamptz check (known_at <= recorded_at),
        known_from timestamptz check (known_from >= effective_from),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint control_definition_number_is_unique unique (control_id, number)
    )""",
    "create index control_definitions_by_creation on control_definitions (org_id, created_at, id)",
    "create index control_definitions_by_update on control_definitions (org_id, updated_at, id)",
    "create index control_definitions_by_number on control_definitions (org_id, control_id, number, id)",
    """create table occurrences (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        definition_id uuid not null references control_definitions,
        due_on date,
        performed_at timestamptz not null,
        performed_by_id uuid,
        performed_by_name text,
        notes text,
        evidence_ids uuid[] not null,
        recorded_by jsonb not null,
        historical_record_id uuid,
        withdrawn_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint occurrence_is_performed_by_one check ((performed_by_id is null) <> (performed_by_name is null)),
        constraint only_history_names_who_is_unknown
            check (performed_by_name is null or historical_record_id is not null)
    )""",
    """create unique index occurrence_is_performed_once on occurrences (control_id, due_on)
        where due_on is not null and withdrawn_at is null""",
    "create index occurrences_by_performance on occurrences (org_id, performed_at, id)",
    "create index occurrences_by_update on occurrences (org_id, updated_at, id)",
    "create index occurrences_of_a_control on occurrences (org_id, control_id, performed_at, id)",
    """create table missed_occurrences (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        definition_id uuid not null references control_definitions,
        due_on date not null,
        day_ended_at timestamptz not null,
        missed_at timestamptz not null,
        void boolean not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint occurrence_is_missed_once unique (control_id, due_on)
    )""",
    """create table occurrence_deadlines (
        control_id uuid primary key references controls,
        org_id uuid not null,
        judged_until date not null,
        next_at timestamptz
    )""",
    "create index occurrence_deadlines_by_instant on occurrence_deadlines (next_at, org_id) where next_at is not null",
    """create table kept_headings (
        id uuid primary key,
        org_id uuid not null,
        headings text[] not null,
        columns jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create table waivers (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        reason text not null,
        scope text not null,
        risk_accepted text not null,
        compensating_control_id uuid references controls,
        compensating_measures text,
        renews uuid references waivers,
        starts_at timestamptz not null,
        expiring_from timestamptz not null,
        expires_at timestamptz not null,
        status text not null check (status in ('requested', 'granted', 'refused', 'revoked')),
        requested_by jsonb not null,
        decided_by jsonb,
        decided_at timestamptz,
        decision_reason text,
        revoked_by jsonb,
        revoked_at timestamptz,
        revocation_reason text,
        announced text check (announced in ('upcoming', 'in_force', 'expiring', 'expired')),
        due_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint waiver_begins_before_it_is_over check (starts_at < expires_at),
        constraint waiver_is_compensated
            check (compensating_control_id is not null or compensating_measures is not null),
        constraint waiver_is_decided_by_another
            check (decided_by #>> '{person,id}' <> requested_by #>> '{person,id}'),
        constraint waiver_has_a_phase_while_granted check ((status = 'granted') = (announced is not null))
    )""",
    "create index waivers_by_creation on waivers (org_id, created_at, id)",
    "create index waivers_by_expiry on waivers (org_id, expires_at, id)",
    "create index waivers_by_update on waivers (org_id, updated_at, id)",
    "create index waivers_by_control on waivers (org_id, control_id)",
    "create index waivers_due on waivers (due_at) where due_at is not null",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("controls", "occurrence_deadlines", "waivers"):
        fence(op.execute, "controls", table, worker_reads=True)
    for table in ("control_definitions", "occurrences", "missed_occurrences", "kept_headings"):
        fence(op.execute, "controls", table)
