"""Endpoints of webhooks with their secrets and queues, messages, deliveries and attempts."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0004"
down_revision = "integrations_0003"

_TABLES = (
    """create table webhook_endpoints (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        url text not null,
        owner_id uuid not null,
        types text[] not null,
        conditions jsonb not null,
        may_read text[] not null,
        ordered boolean not null,
        rate integer not null check (rate between 1 and 100),
        concurrency integer not null check (concurrency between 1 and 20),
        status text not null check (status in ('pending', 'active', 'disabled', 'retired')),
        disabled_for text check (disabled_for in ('by_hand', 'gone', 'failing')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((disabled_for is not null) = (status = 'disabled'))
    )""",
    "create index webhook_endpoints_by_creation on webhook_endpoints (org_id, created_at, id)",
    "create index webhook_endpoints_by_update on webhook_endpoints (org_id, updated_at, id)",
    "create index webhook_endpoints_by_title on webhook_endpoints (org_id, title, id)",
    "create index webhook_endpoints_by_owner on webhook_endpoints (org_id, owner_id)",
    """create table webhook_secrets (
        id uuid primary key,
        org_id uuid not null,
        endpoint_id uuid not null references webhook_endpoints,
        scheme text not null check (scheme in ('v1', 'v1a')),
        public_key text,
        sealed bytea not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        updated_at timestamptz not null
    )""",
    "create index webhook_secrets_by_endpoint on webhook_secrets (org_id, endpoint_id, created_at, id)",
    "create index webhook_secrets_by_update on webhook_secrets (org_id, endpoint_id, updated_at, id)",
    # Without foreign keys to the endpoint, whose lock each of these rows would otherwise wait for.
    """create table webhook_queues (
        endpoint_id uuid primary key,
        org_id uuid not null,
        due_at timestamptz,
        paid_until timestamptz,
        throttled_until timestamptz,
        breaker_until timestamptz,
        trips integer not null,
        window_from timestamptz,
        window_attempts integer not null,
        window_failures integer not null,
        failing_since timestamptz,
        failures integer not null,
        told_days integer not null,
        last_milliseconds integer not null,
        last_delivered_at timestamptz,
        last_failed_at timestamptz
    )""",
    "create index webhook_queues_due on webhook_queues (due_at) where due_at is not null",
    """create table webhook_messages (
        id uuid not null,
        org_id uuid not null,
        type text not null,
        permission text not null,
        body bytea not null,
        heard_at timestamptz not null,
        primary key (id, type)  -- whoever chooses an id may choose one that another service's event has
    )""",
    "create index webhook_messages_by_age on webhook_messages (heard_at)",
    """create table webhook_deliveries (
        id uuid primary key,
        org_id uuid not null,
        endpoint_id uuid not null,
        message_id uuid not null,
        type text not null,
        subject uuid not null,
        subject_version integer not null,
        occurred_at timestamptz not null,
        is_test boolean not null,
        state text not null check (state in ('waiting', 'sending', 'delivered', 'failed', 'withheld')),
        tries integer not null,
        attempts integer not null,
        due_at timestamptz,
        last_status integer,
        last_code text,
        delivered_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((due_at is not null) = (state in ('waiting', 'sending'))),
        constraint webhook_is_recorded_once unique (endpoint_id, message_id, type)
    )""",
    "create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, id) where due_at is not null",
    """create index webhook_tests_due on webhook_deliveries (endpoint_id, due_at)
        where due_at is not null and is_test""",
    """create index webhook_deliveries_in_order on webhook_deliveries (endpoint_id, subject, id)
        where due_at is not null and not is_test""",
    "create index webhook_deliveries_by_creation on webhook_deliveries (org_id, created_at, id)",
    "create index webhook_deliveries_by_update on webhook_deliveries (org_id, updated_at, id)",
    "create index webhook_deliveries_by_endpoint on webhook_deliveries (org_id, endpoint_id, created_at, id)",
    "create index webhook_deliveries_by_state on webhook_deliveries (org_id, endpoint_id, state, created_at)",
    "create index webhook_deliveries_by_message on webhook_deliveries (org_id, message_id)",
    """create table webhook_attempts (
        id uuid primary key,
        org_id uuid not null,
        endpoint_id uuid not null,
        delivery_id uuid not null,
        number integer not null,
        started_at timestamptz not null,
        milliseconds integer not null,
        status integer,
        code text,
        excerpt text not null check (length(excerpt) <= 4096),
        signed text not null,
        retry_at timestamptz
    )""",
    "create index webhook_attempts_by_delivery on webhook_attempts (org_id, delivery_id, started_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "integrations", "webhook_endpoints", worker_reads=True)  # to count them
    fence(op.execute, "integrations", "webhook_secrets")
    fence(op.execute, "integrations", "webhook_queues", worker_reads=True)
    fence(op.execute, "integrations", "webhook_messages", delete=True, worker_reads=True)
    fence(op.execute, "integrations", "webhook_deliveries", delete=True, worker_reads=True)
    fence(op.execute, "integrations", "webhook_attempts", delete=True)
