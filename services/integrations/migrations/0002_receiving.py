"""Sources and their secrets."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0002"
down_revision = "integrations_0001"

_TABLES = (
    """create table sources (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        kind text not null,
        scheme text not null,
        header text,
        owner_id uuid not null,
        address text not null,
        branches text[] not null,
        topic_arn text,
        origins text[] not null,
        status text not null check (status in ('active', 'retired')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index sources_by_creation on sources (org_id, created_at, id)",
    "create index sources_by_update on sources (org_id, updated_at, id)",
    "create index sources_by_title on sources (org_id, title, id)",
    "create index sources_by_owner on sources (org_id, owner_id)",
    """create table source_secrets (
        id uuid primary key,
        org_id uuid not null,
        source_id uuid not null references sources,
        sealed bytea not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        updated_at timestamptz not null
    )""",
    "create index source_secrets_by_source on source_secrets (org_id, source_id, created_at, id)",
    "create index source_secrets_by_update on source_secrets (org_id, source_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("sources", "source_secrets"):
        fence(op.execute, "integrations", table)
