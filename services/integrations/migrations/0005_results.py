"""Result files, what is in them, and the jobs that read them."""

from alembic import op

from shared.data.platform import fence, job_tables

revision = "integrations_0005"
down_revision = "integrations_0004"

_TABLES = (
    """create table result_files (
        id uuid primary key,
        org_id uuid not null,
        source text not null,
        run text not null,
        format text not null,
        tool text not null,
        tool_version text,
        size integer not null,
        sha256 text not null,
        observed_at timestamptz not null,
        url text,
        results integer not null,
        verdicts jsonb not null,
        vulnerabilities integer not null,
        checks integer not null,
        sent_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint result_file_is_kept_once unique (org_id, source, sha256)
    )""",
    "create index result_files_by_creation on result_files (org_id, created_at, id)",
    "create index result_files_by_update on result_files (org_id, updated_at, id)",
    """create table reported_checks (
        id uuid primary key,
        org_id uuid not null,
        file_id uuid not null references result_files,
        source text not null,
        run text not null,
        tool text not null,
        check_name text not null,
        title text,
        verdict text not null,
        verdicts jsonb not null,
        requirements jsonb not null,
        severity text,
        detail text,
        url text,
        observed_at timestamptz not null,
        recorded_at timestamptz not null
    )""",
    "create index reported_checks_by_record on reported_checks (org_id, recorded_at, id)",
    "create index reported_checks_by_time on reported_checks (org_id, observed_at, id)",
    "create index reported_checks_by_file on reported_checks (org_id, file_id, recorded_at, id)",
    """create table reported_results (
        id uuid primary key,
        org_id uuid not null,
        file_id uuid not null references result_files,
        source text not null,
        run text not null,
        kind text not null,
        tool text not null,
        check_name text not null,
        title text,
        verdict text not null,
        requirements jsonb not null,
        resource text,
        severity text,
        observed_at timestamptz not null,
        first_seen_at timestamptz,
        fixed_at timestamptz,
        fixed_in text,
        detail text,
        url text,
        suppression text,
        recorded_at timestamptz not null
    )""",
    "create index reported_results_by_record on reported_results (org_id, recorded_at, id)",
    "create index reported_results_by_file on reported_results (org_id, file_id, recorded_at, id)",
)


def upgrade() -> None:
    job_tables(op.execute, "integrations")
    for statement in _TABLES:
        op.execute(statement)
    for table in ("result_files", "reported_checks", "reported_results"):
        fence(op.execute, "integrations", table)
        op.execute(f"revoke update on {table} from integrations_app")
