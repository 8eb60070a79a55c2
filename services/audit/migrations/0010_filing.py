"""Engagement files with their archives, and what was added to them: the rows of the firm that keeps them."""

from alembic import op

from shared.data.platform import fence

revision = "audit_0010"
down_revision = "audit_0009"

_TABLES = (
    """create table engagement_files (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null unique references engagements (id),
        client_id uuid not null,
        title text not null,
        kind text not null,
        completed_at timestamptz not null,
        released_on date not null,
        retain_until date not null,
        status text not null check (status in ('assembling', 'assembled', 'disposed')),
        sha256 text,
        size bigint,
        assembled_at timestamptz,
        holds jsonb not null,
        additions integer not null,
        disposal jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint assembled_files_have_a_digest
            check (num_nulls(sha256, size, assembled_at) = case status when 'assembling' then 3 else 0 end)
    )""",
    "create index engagement_files_by_creation on engagement_files (org_id, created_at, id)",
    "create index engagement_files_by_update on engagement_files (org_id, updated_at, id)",
    "create index engagement_files_by_end on engagement_files (org_id, retain_until, id)",
    """create table engagement_file_parts (
        org_id uuid not null,
        file_id uuid not null references engagement_files (id),
        number integer not null,
        content bytea not null,
        primary key (file_id, number)
    )""",
    "alter table engagement_file_parts alter column content set storage external",
    """create table file_additions (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        file_id uuid not null references engagement_files (id),
        number integer not null,
        title text not null,
        text text not null,
        reason text not null,
        attachment jsonb,
        content bytea,
        sha256 text not null,
        added_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (file_id, number),
        constraint attachments_have_bytes check ((attachment is null) = (content is null))
    )""",
    "create index file_additions_by_creation on file_additions (org_id, created_at, id)",
    "create index file_additions_by_update on file_additions (org_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "audit", "engagement_files", worker_reads=True)
    fence(op.execute, "audit", "engagement_file_parts", delete=True)
    fence(op.execute, "audit", "file_additions")
    # What was added, and the bytes of a file, never change.
    op.execute("revoke update on file_additions, engagement_file_parts from audit_app")
