"""Procedures, tests and their results, and how each test stands."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0004"
down_revision = "controls_0003"

_OUTCOMES = "('pass', 'fail', 'not_applicable', 'error', 'inconclusive')"
_KINDS = "('design', 'operating')"
_METHODS = "array['inquiry', 'observation', 'inspection', 'reperformance']"

_TABLES = (
    f"""create table procedures (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        methods text[] not null check (cardinality(methods) > 0 and methods <@ {_METHODS}),
        steps text[] not null,
        expected_result text not null,
        status text not null check (status in ('draft', 'approved', 'retired')),
        author jsonb not null,
        approved_version_id uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint procedure_code_is_unique unique (org_id, code)
    )""",
    "create index procedures_by_code on procedures (org_id, code, id)",
    "create index procedures_by_update on procedures (org_id, updated_at, id)",
    f"""create table procedure_versions (
        id uuid primary key,
        org_id uuid not null,
        procedure_id uuid not null references procedures,
        number integer not null,
        title text not null,
        methods text[] not null check (cardinality(methods) > 0 and methods <@ {_METHODS}),
        steps text[] not null,
        expected_result text not null,
        author jsonb not null,
        approver jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint procedure_version_number_is_unique unique (procedure_id, number)
    )""",
    "create index procedure_versions_by_creation on procedure_versions (org_id, created_at, id)",
    "create index procedure_versions_by_update on procedure_versions (org_id, updated_at, id)",
    f"""create table control_tests (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        procedure_id uuid not null references procedures,
        procedure_version_id uuid not null references procedure_versions,
        definition_id uuid,
        kind text not null check (kind in {_KINDS}),
        tester_id uuid not null,
        due_at timestamptz not null,
        period_start date,
        period_end date,
        status text not null check (status in ('planned', 'performed', 'returned', 'signed_off', 'cancelled')),
        result_id uuid,
        outcome text check (outcome in {_OUTCOMES}),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint control_test_has_a_whole_period check (
            (period_start is null) = (period_end is null) and period_start <= period_end
        )
    )""",
    "create index control_tests_by_due on control_tests (org_id, due_at, id)",
    "create index control_tests_by_update on control_tests (org_id, updated_at, id)",
    "create index control_tests_by_control on control_tests (org_id, control_id, due_at, id)",
    f"""create table test_standings (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        kind text not null check (kind in {_KINDS}),
        title text not null,
        procedure_id uuid references procedures,
        source text,
        check_name text,
        concluded text check (concluded in ('pass', 'fail')),
        since timestamptz,
        concluded_at timestamptz,
        latest text check (latest in {_OUTCOMES}),
        latest_at timestamptz,
        concluded_by uuid,
        latest_by uuid,
        due_at timestamptz,
        withdrawn_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint test_standing_is_of_a_procedure_or_of_a_check check (
            (procedure_id is null) = (source is not null) and (source is null) = (check_name is null)
        ),
        constraint test_standing_concludes_at_an_instant check ((concluded is null) = (concluded_at is null))
    )""",
    """create unique index test_standing_of_a_check on test_standings (org_id, control_id, source, check_name)
        where source is not null""",
    """create unique index test_standing_of_a_procedure on test_standings (org_id, control_id, procedure_id, kind)
        where procedure_id is not null""",
    "create index test_standings_by_creation on test_standings (org_id, created_at, id)",
    "create index test_standings_by_update on test_standings (org_id, updated_at, id)",
    "create index test_standings_by_control on test_standings (org_id, control_id, created_at, id)",
    """create table check_links (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null references controls,
        source_id uuid,
        source text,
        tool text,
        check_name text not null,
        valid_days integer,
        status text not null check (status in ('active', 'retired')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint check_link_names_one_source check (num_nonnulls(source_id, source) = 1)
    )""",
    """create unique index check_link_is_made_once on check_links
        (org_id, control_id, check_name, source_id, source, tool) nulls not distinct where status = 'active'""",
    "create index check_links_by_creation on check_links (org_id, created_at, id)",
    "create index check_links_by_update on check_links (org_id, updated_at, id)",
    "create index check_links_by_check on check_links (org_id, check_name) where status = 'active'",
    f"""create table test_results (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null,
        standing_id uuid not null references test_standings,
        test_id uuid,
        retest_of uuid,
        push_id uuid,
        definition_id uuid,
        kind text not null check (kind in {_KINDS}),
        source text,
        run_id text,
        check_name text,
        outcome text not null check (outcome in {_OUTCOMES}),
        observed_at timestamptz not null,
        notes text,
        url text,
        evidence_ids uuid[] not null,
        tester jsonb not null,
        review text not null check (review in ('not_needed', 'awaited', 'signed_off', 'returned')),
        reviewer jsonb,
        reviewed_at timestamptz,
        review_reason text,
        historical_record_id uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint test_result_is_pushed_or_of_a_test_or_of_history check (
            num_nonnulls(source, test_id, historical_record_id) = 1 and (source is null) = (run_id is null)
            and (source is null) = (check_name is null) and (source is not null) = (review = 'not_needed')
        ),
        constraint test_result_of_a_run_is_unique unique (org_id, source, run_id, control_id, check_name)
    )""",
    "create index test_results_by_observation on test_results (org_id, observed_at, id)",
    "create index test_results_by_update on test_results (org_id, updated_at, id)",
    "create index test_results_of_a_control on test_results (org_id, control_id, observed_at, id)",
    "create index test_results_of_a_source on test_results (org_id, source, observed_at, id)",
    "create index test_results_by_outcome on test_results (org_id, outcome, observed_at, id)",
    "create index test_results_of_a_test on test_results (test_id, observed_at) where test_id is not null",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("procedures", "procedure_versions", "control_tests", "test_standings", "test_results", "check_links"):
        fence(op.execute, "controls", table)
