"""First tables: expectations, files and uploads, items, and their proofs."""

from alembic import op

from shared.data.platform import fence, platform_tables_v1

revision = "evidence_0001"
down_revision = None

_TABLES = (
    """create table expectations (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null,
        title text not null,
        description text not null,
        kind text not null check (kind in ('file', 'link', 'record', 'attestation')),
        freshness_days integer not null check (freshness_days between 0 and 3650),
        expiring_days integer not null check (expiring_days between 0 and 365),
        owner text not null,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index expectations_by_creation on expectations (org_id, created_at, id)",
    "create index expectations_by_update on expectations (org_id, updated_at, id)",
    "create index expectations_by_title on expectations (org_id, title, id)",
    "create index expectations_by_control on expectations (org_id, control_id)",
    """create table retired_controls (
        id uuid primary key,
        org_id uuid not null
    )""",
    """create table files (
        id uuid primary key,
        org_id uuid not null,
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
        size bigint not null check (size > 0),
        media_type text not null,
        name text,
        uploader text not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint same_bytes_are_one_file unique (org_id, sha256)
    )""",
    """create table uploads (
        id uuid primary key,
        org_id uuid not null,
        begun_at timestamptz not null,
        sha256 text
    )""",
    "create index uploads_by_age on uploads (begun_at)",
    "create index uploads_by_digest on uploads (org_id, sha256) where sha256 is not null",
    """create table evidence_items (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        kind text not null,
        file_id uuid references files,
        url text,
        record jsonb,
        statement text,
        source text not null,
        collected_at timestamptz not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        status text not null check (status in ('submitted', 'accepted', 'returned')),
        submitter text not null,
        reviewer text,
        reviewed_at timestamptz,
        review_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint has_what_its_kind_names check (
            (kind = 'file') = (file_id is not null) and (kind = 'link') = (url is not null)
            and (kind = 'record') = (record is not null) and (kind = 'attestation') = (statement is not null)
        ),
        constraint covers_a_period check (covers_from < covers_until),
        constraint reviewer_is_not_the_submitter check (reviewer <> submitter),
        constraint reviewed_by_someone check ((status = 'submitted') = (reviewer is null)),
        constraint returned_with_a_reason check (status <> 'returned' or review_reason is not null)
    )""",
    "create index evidence_items_by_creation on evidence_items (org_id, created_at, id)",
    "create index evidence_items_by_update on evidence_items (org_id, updated_at, id)",
    "create index evidence_items_by_end on evidence_items (org_id, covers_until, id)",
    # `due_at` is when something has to be announced next: generated, so that it cannot contradict the rest.
    """create table evidence_proofs (
        item_id uuid not null references evidence_items,
        expectation_id uuid not null references expectations,
        org_id uuid not null,
        control_id uuid not null,
        expiring_from timestamptz not null,
        valid_until timestamptz not null,
        announced text check (announced in ('fresh', 'expiring', 'expired', 'superseded', 'withdrawn')),
        ended_at timestamptz,
        superseded_by uuid references evidence_items,
        due_at timestamptz generated always as (
            case announced when 'fresh' then expiring_from when 'expiring' then valid_until end
        ) stored,
        primary key (item_id, expectation_id),
        constraint expires_after_expiring check (expiring_from <= valid_until),
        constraint superseded_by_something check (
            (announced is not distinct from 'superseded') = (superseded_by is not null)
        )
    )""",
    "create index evidence_proofs_by_expectation on evidence_proofs (org_id, expectation_id)",
    "create index evidence_proofs_by_control on evidence_proofs (org_id, control_id)",
    "create index evidence_proofs_due on evidence_proofs (org_id, due_at) where due_at is not null",
    "create index evidence_proofs_due_anywhere on evidence_proofs (due_at) include (org_id) where due_at is not null",
)


def upgrade() -> None:
    platform_tables_v1(op.execute, "evidence")
    for statement in _TABLES:
        op.execute(statement)
    for table in ("expectations", "retired_controls", "files", "evidence_items"):
        fence(op.execute, "evidence", table)
    fence(op.execute, "evidence", "evidence_proofs", worker_reads=True)
    fence(op.execute, "evidence", "uploads", delete=True, worker_reads=True)
