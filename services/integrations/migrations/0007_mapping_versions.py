"""Versions of an organisation's own rules, and which of them made a fact."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0007"
down_revision = "integrations_0006"

_TABLES = (
    """create table mapping_versions (
        id uuid primary key,
        org_id uuid not null,
        kind text not null,
        number integer not null,
        rules jsonb not null,
        no_facts text[] not null,
        reason text,
        status text not null check (status in ('draft', 'tried', 'in_force', 'replaced', 'discarded')),
        authored_by jsonb not null,
        trial jsonb,
        tried_at timestamptz,
        put_in_force_by jsonb,
        put_in_force_at timestamptz,
        replaced_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint mapping_version_has_a_number unique (org_id, kind, number)
    )""",
    "create unique index mapping_version_in_force on mapping_versions (org_id, kind) where status = 'in_force'",
    "create index mapping_versions_by_creation on mapping_versions (org_id, created_at, id)",
    "create index mapping_versions_by_update on mapping_versions (org_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "integrations", "mapping_versions")
    op.execute("alter table facts add column mapping_number integer")
