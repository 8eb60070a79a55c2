"""Links of the requirements that a source names to controls, and by which way a result reached its control."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0012"
down_revision = "controls_0011"

_TABLES = (
    """create table requirement_links (
        id uuid primary key,
        org_id uuid not null,
        source_id uuid,
        source text,
        tool text,
        relations text[] not null,
        valid_days integer,
        status text not null check (status in ('active', 'retired')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint requirement_link_names_one_source check (num_nonnulls(source_id, source) = 1)
    )""",
    """create unique index requirement_link_is_made_once on requirement_links
        (org_id, source_id, source, tool) nulls not distinct where status = 'active'""",
    "create index requirement_links_by_creation on requirement_links (org_id, created_at, id)",
    "create index requirement_links_by_update on requirement_links (org_id, updated_at, id)",
    "alter table test_results add column via jsonb",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "controls", "requirement_links")
