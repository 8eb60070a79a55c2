"""Sources and their secrets, what they deliver, and what was not kept of it."""

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
    """create table source_deliveries (
        id uuid primary key,
        org_id uuid not null,
        source_id uuid not null references sources,
        key text not null,
        event text not null,
        received_at timestamptz not null,
        headers jsonb not null,
        body bytea not null,
        redacted boolean not null,
        sha256 text not null,
        state text not null check (state in ('received', 'mapped', 'no_facts', 'unmapped', 'failed')),
        detail text,
        facts integer not null,
        mapped_at timestamptz,
        rules jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        -- A delivery is known again by its sender's id, and by its body: the id is in a header that nobody signs.
        constraint source_delivery_is_kept_once unique (source_id, key),
        constraint source_delivery_has_a_body_of_its_own unique (source_id, sha256)
    )""",
    "create index source_deliveries_waiting on source_deliveries (received_at, org_id) where state = 'received'",
    "create index source_deliveries_by_time on source_deliveries (org_id, received_at, id)",
    "create index source_deliveries_by_update on source_deliveries (org_id, updated_at, id)",
    "create index source_deliveries_by_source on source_deliveries (org_id, source_id, received_at, id)",
    "create index source_deliveries_by_state on source_deliveries (org_id, source_id, state, received_at)",
    "create index source_deliveries_by_age on source_deliveries (received_at)",
    """create table source_tallies (
        org_id uuid not null,
        source_id uuid not null references sources,
        day date not null,
        code text not null,
        count integer not null,
        last_at timestamptz not null,
        primary key (source_id, day, code)
    )""",
    "create index source_tallies_by_source on source_tallies (org_id, source_id, last_at)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("sources", "source_secrets", "source_tallies"):
        fence(op.execute, "integrations", table)
    fence(op.execute, "integrations", "source_deliveries", delete=True, worker_reads=True)
