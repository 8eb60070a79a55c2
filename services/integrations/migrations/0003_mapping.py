"""Facts."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0003"
down_revision = "integrations_0002"

_TABLES = (
    """create table facts (
        id uuid primary key,
        org_id uuid not null,
        source_id uuid not null references sources,
        delivery_id uuid not null,
        kind text not null,
        thing text not null,
        run text,
        state text not null,
        observed_at timestamptz not null,
        url text,
        evidence boolean,
        not_evidence text,
        data jsonb not null,
        rules_version integer not null,
        digest text not null,
        recorded_at timestamptz not null,
        constraint fact_is_told_once unique (source_id, digest)
    )""",
    "create index facts_by_record on facts (org_id, recorded_at, id)",
    "create index facts_by_time on facts (org_id, observed_at, id)",
    "create index facts_by_source on facts (org_id, source_id, recorded_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "integrations", "facts")
    op.execute("revoke update on facts from integrations_app")
