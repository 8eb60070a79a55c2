"""Calendar feeds."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0004"
down_revision = "evidence_0003"


def upgrade() -> None:
    op.execute(
        """create table calendar_feeds (
            id uuid primary key,
            org_id uuid not null,
            title text not null,
            owner text,
            holder text not null,
            revoked_at timestamptz,
            version integer not null,
            created_at timestamptz not null,
            updated_at timestamptz not null
        )"""
    )
    op.execute("create index calendar_feeds_by_creation on calendar_feeds (org_id, created_at, id)")
    op.execute("create index calendar_feeds_live on calendar_feeds (org_id, holder) where revoked_at is null")
    op.execute(
        """create table calendar_feed_secrets (
            feed_id uuid primary key references calendar_feeds,
            org_id uuid not null,
            digest bytea not null
        )"""
    )
    for table in ("calendar_feeds", "calendar_feed_secrets"):
        fence(op.execute, "evidence", table)
