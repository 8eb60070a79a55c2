"""Historical records, and what is known of items of evidence."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0009"
down_revision = "controls_0008"

_TABLES = (
    """create table historical_records (
        id uuid primary key,
        org_id uuid not null,
        kind text not null check (kind in ('approval', 'implementation', 'occurrence')),
        status text not null check (status in ('recorded', 'accepted', 'refused')),
        control_id uuid not null references controls,
        effective_on date not null,
        performed_by jsonb not null,
        due_on date check (due_on is null or kind = 'occurrence'),
        notes text,
        evidence jsonb not null check (jsonb_array_length(evidence) > 0),
        recorded_by jsonb not null,
        decided_by jsonb,
        decided_at timestamptz,
        decision_reason text,
        result_id uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint historical_record_is_of_an_earlier_day
            check (effective_on < (created_at at time zone 'UTC')::date),
        constraint historical_record_is_decided_by_someone check ((status = 'recorded') = (decided_by is null)),
        constraint historical_record_has_an_effect_when_accepted
            check ((status = 'accepted') = (result_id is not null)),
        constraint historical_record_is_decided_by_another check (
            decided_by #>> '{person,id}' <> recorded_by #>> '{person,id}'
            and (performed_by #>> '{person,id}' is null
                 or decided_by #>> '{person,id}' <> performed_by #>> '{person,id}')
        )
    )""",
    "create index historical_records_by_record on historical_records (org_id, created_at, id)",
    "create index historical_records_by_effect on historical_records (org_id, effective_on, id)",
    "create index historical_records_by_update on historical_records (org_id, updated_at, id)",
    "create index historical_records_of_a_control on historical_records (org_id, control_id, created_at, id)",
    """create table known_items (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        state text not null check (state in ('submitted', 'accepted', 'returned', 'replaced')),
        version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("historical_records", "known_items"):
        fence(op.execute, "controls", table)
