"""Programmes move from one version of their framework to another, and back."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0013"
down_revision = "controls_0012"

_TABLES = (
    """create table upgrades (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        status text not null check (status in ('done', 'rolled_back')),
        from_version_id uuid not null references framework_versions,
        to_version_id uuid not null references framework_versions,
        categories_before text[] not null,
        categories_after text[] not null,
        in_scope_before integer not null,
        in_scope_after integer not null,
        counts jsonb not null,
        upgraded_by text not null,
        rolled_back_at timestamptz,
        rolled_back_by text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (from_version_id <> to_version_id),
        check ((status = 'rolled_back') = (rolled_back_at is not null)),
        check ((rolled_back_at is null) = (rolled_back_by is null))
    )""",
    """create table upgrade_effects (
        org_id uuid not null,
        upgrade_id uuid primary key references upgrades,
        effect jsonb not null
    )""",
    "create index upgrades_by_creation on upgrades (org_id, created_at, id)",
    "create index upgrades_by_change on upgrades (org_id, updated_at, id)",
    "create index upgrades_by_programme on upgrades (programme_id, created_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("upgrades", "upgrade_effects"):
        fence(op.execute, "controls", table)
