"""Historical records, and what is known of items of evidence."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0009"
down_revision = "controls_0008"

_KINDS = "('publication', 'approval', 'implementation', 'occurrence', 'test', 'acknowledgement')"

_TABLES = (
    f"""create table historical_records (
        id uuid primary key,
        org_id uuid not null,
        import_id uuid,
        kind text not null check (kind in {_KINDS}),
        status text not null check (status in ('recorded', 'accepted', 'refused')),
        control_id uuid references controls,
        policy_id uuid references policies,
        version_id uuid references policy_versions,
        campaign_id uuid references policy_campaigns,
        procedure_id uuid references procedures,
        test_kind text check (test_kind in ('design', 'operating')),
        outcome text check (outcome in ('pass', 'fail', 'not_applicable', 'error', 'inconclusive')),
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
        constraint historical_record_is_about_a_control_or_a_policy
            check ((kind in ('publication', 'acknowledgement')) = (policy_id is not null)
                   and num_nonnulls(control_id, policy_id) = 1),
        constraint historical_record_has_what_its_kind_has check (
            (kind = 'publication') = (version_id is not null)
            and (kind = 'acknowledgement') = (campaign_id is not null)
            and num_nonnulls(procedure_id, test_kind, outcome) = case when kind = 'test' then 3 else 0 end
        ),
        constraint historical_record_is_decided_by_someone check ((status = 'recorded') = (decided_by is null)),
        constraint historical_record_has_an_effect_when_accepted
            check ((status = 'accepted') = (result_id is not null)),
        constraint historical_record_is_decided_by_another check (
            decided_by #>> '{{person,id}}' <> recorded_by #>> '{{person,id}}'
            and (performed_by #>> '{{person,id}}' is null
                 or decided_by #>> '{{person,id}}' <> performed_by #>> '{{person,id}}')
        )
    )""",
    "create index historical_records_by_record on historical_records (org_id, created_at, id)",
    "create index historical_records_by_effect on historical_records (org_id, effective_on, id)",
    "create index historical_records_by_update on historical_records (org_id, updated_at, id)",
    "create index historical_records_of_a_control on historical_records (org_id, control_id, created_at, id)",
    "create index historical_records_of_a_policy on historical_records (org_id, policy_id, created_at, id)",
    "create index historical_records_of_an_import on historical_records (import_id) where import_id is not null",
    """create table known_items (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        state text not null check (state in ('submitted', 'accepted', 'returned', 'replaced')),
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("historical_records", "known_items"):
        fence(op.execute, "controls", table)
