"""Resumable uploads, and the pieces that they come in."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0006"
down_revision = "evidence_0005"

_TABLES = (
    """create table resumable_uploads (
        id uuid primary key,
        org_id uuid not null,
        size bigint not null check (size > 0),
        received bigint not null check (received between 0 and size),
        media_type text not null,
        name text,
        sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
        metadata_header text,
        uploader text not null,
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
    fence(op.execute, "evidence", "resumable_uploads", delete=True, worker_reads=True)
    fence(op.execute, "evidence", "upload_pieces", delete=True)
