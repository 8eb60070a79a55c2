"""Bundles of evidence for a period, and the keys that have sealed them and certificates of disposal."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0005"
down_revision = "evidence_0004"

_TABLES = (
    """create table bundles (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        control_ids uuid[] not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        assembled_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint covers_a_period check (covers_from < covers_until)
    )""",
    "create index bundles_by_creation on bundles (org_id, created_at, id)",
    "create index bundles_by_update on bundles (org_id, updated_at, id)",
    """create table sealing_keys (
        org_id uuid not null,
        id text primary key,
        public_key bytea not null,
        first_used_at timestamptz not null
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("bundles", "sealing_keys"):
        fence(op.execute, "evidence", table)
