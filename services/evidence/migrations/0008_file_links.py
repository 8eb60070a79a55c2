"""Links to files, for minutes."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0008"
down_revision = "evidence_0007"

_TABLES = (
    """create table file_links (
        id uuid primary key,
        org_id uuid not null,
        file_id uuid not null references files,
        file_version integer not null,
        issuer text not null,
        expires_at timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint expires_later check (expires_at <= created_at + interval '15 minutes')
    )""",
    "create index file_links_by_file on file_links (org_id, file_id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "evidence", "file_links")
