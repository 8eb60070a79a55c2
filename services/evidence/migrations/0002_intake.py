"""Files and links to them, uploads at one go, and resumable uploads with the pieces they come in."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0002"
down_revision = "evidence_0001"

_TABLES = (
    """create table files (
        id uuid primary key,
        org_id uuid not null,
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
        size bigint not null check (size > 0),
        media_type text not null,
        detected_type text,
        name text,
        uploader jsonb not null,
        scan text not null check (scan in ('pending', 'clean', 'quarantined', 'unscanned')),
        finding text,
        scanned_at timestamptz,
        disposed_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint same_bytes_are_one_file unique (org_id, sha256),
        constraint quarantined_for_a_reason check ((scan = 'quarantined') = (finding is not null)),
        constraint scanned_at_some_time check ((scan in ('clean', 'quarantined')) = (scanned_at is not null))
    )""",
    "create index files_by_creation on files (org_id, created_at, id)",
    "create index files_by_update on files (org_id, updated_at, id)",
    "create index files_to_scan on files (scan, org_id) where scan in ('pending', 'unscanned') and disposed_at is null",
    """create table file_links (
        id uuid primary key,
        org_id uuid not null,
        file_id uuid not null references files,
        file_version integer not null,
        issuer jsonb not null,
        rests_on jsonb not null,
        expires_at timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint expires_later check (expires_at <= created_at + interval '15 minutes')
    )""",
    "create index file_links_by_file on file_links (org_id, file_id)",
    """create table storage (
        org_id uuid primary key,
        used_bytes bigint not null check (used_bytes >= 0)
    )""",
    """create table storage_quotas (
        org_id uuid not null,
        id uuid not null,
        quota_bytes bigint,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table unfinished_uploads (
        id uuid primary key,
        org_id uuid not null,
        begun_at timestamptz not null,
        reserved bigint not null check (reserved >= 0),
        sha256 text
    )""",
    "create index unfinished_uploads_by_age on unfinished_uploads (begun_at)",
    "create index unfinished_uploads_by_digest on unfinished_uploads (org_id, sha256) where sha256 is not null",
    """create table resumable_uploads (
        id uuid primary key,
        org_id uuid not null,
        size bigint not null check (size > 0),
        received bigint not null check (received between 0 and size),
        reserved bigint not null check (reserved >= 0),
        media_type text not null,
        name text,
        sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
        metadata_header text,
        uploader jsonb not null,
        state text not null check (state in ('receiving', 'finished', 'refused', 'ended')),
        file_id uuid references files,
        refusal text,
        touched_at timestamptz not null,
        expires_at timestamptz not null,
        clear_at timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint finished_is_a_file check ((state = 'finished') = (file_id is not null)),
        constraint finished_is_whole check (state <> 'finished' or received = size),
        constraint refused_for_a_reason check ((state = 'refused') = (refusal is not null))
    )""",
    "create index resumable_uploads_by_creation on resumable_uploads (org_id, created_at, id)",
    "create index resumable_uploads_by_update on resumable_uploads (org_id, updated_at, id)",
    "create index resumable_uploads_to_clear on resumable_uploads (clear_at) include (org_id)",
    """create index resumable_uploads_left_behind on resumable_uploads (touched_at) include (org_id)
        where state = 'receiving' and received = size""",
    """create table upload_pieces (
        upload_id uuid not null references resumable_uploads on delete cascade,
        start bigint not null check (start >= 0),
        org_id uuid not null,
        size integer not null check (size > 0),
        key text not null,
        primary key (upload_id, start)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "evidence", "files", worker_reads=True)
    fence(op.execute, "evidence", "file_links")
    for table in ("storage", "storage_quotas"):
        fence(op.execute, "evidence", table)
    for table in ("unfinished_uploads", "resumable_uploads"):
        fence(op.execute, "evidence", table, delete=True, worker_reads=True)
    fence(op.execute, "evidence", "upload_pieces", delete=True)
