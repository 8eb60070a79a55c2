"""Expectations with their cadence, the collections that it opens, calendar feeds; which controls are retired."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0003"
down_revision = "evidence_0002"

_TABLES = (
    """create table expectations (
        id uuid primary key,
        org_id uuid not null,
        control_id uuid not null,
        title text not null,
        description text not null,
        kind text not null check (kind in ('file', 'link', 'record', 'attestation')),
        freshness_days integer not null check (freshness_days between 0 and 3650),
        expiring_days integer not null check (expiring_days between 0 and 365),
        record_schema_id uuid,
        owner_id uuid not null,
        backup_owner_id uuid check (backup_owner_id <> owner_id),
        cadence jsonb,
        next_on date,
        next_opens_at timestamptz,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint collected_by_a_cadence check (next_on is null or cadence is not null),
        constraint opened_for_a_date check ((next_on is null) = (next_opens_at is null)),
        constraint nothing_is_collected_once_withdrawn check (status = 'active' or next_on is null)
    )""",
    "create index expectations_by_creation on expectations (org_id, created_at, id)",
    "create index expectations_by_update on expectations (org_id, updated_at, id)",
    "create index expectations_by_title on expectations (org_id, title, id)",
    "create index expectations_by_owner on expectations (org_id, owner_id)",
    """create index expectations_by_backup_owner on expectations (org_id, backup_owner_id)
        where backup_owner_id is not null""",
    "create index expectations_by_control on expectations (org_id, control_id)",
    "create index expectations_to_open on expectations (org_id, next_opens_at) where next_opens_at is not null",
    """create index expectations_to_open_anywhere on expectations (next_opens_at) include (org_id)
        where next_opens_at is not null""",
    """create table collections (
        id uuid primary key,
        org_id uuid not null,
        expectation_id uuid references expectations,
        control_id uuid,
        request_id uuid unique,
        request_version integer not null,
        title text,
        intended_on date not null,
        covers_from timestamptz,
        covers_until timestamptz,
        due_at timestamptz not null,
        overdue_at timestamptz not null,
        owner_id uuid,
        backup_owner_id uuid check (backup_owner_id <> owner_id),
        status text not null check (status in ('open', 'submitted', 'accepted', 'skipped')),
        submitted_at timestamptz,
        accepted_at timestamptz,
        reason text,
        overdue_announced_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint collected_by_an_expectation_or_a_request check (
            case when request_id is null then expectation_id is not null and control_id is not null and title is null
                and covers_from is not null and covers_until is not null and owner_id is not null
            else expectation_id is null and control_id is null and title is not null end
        ),
        constraint collected_once_a_date unique (expectation_id, intended_on),
        constraint collected_for_a_period check (covers_from < covers_until),
        constraint overdue_after_due check (due_at <= overdue_at),
        constraint submitted_before_accepted check (
            status = 'skipped' or (submitted_at is not null) = (status in ('submitted', 'accepted'))
        ),
        constraint accepted_at_some_time check ((status = 'accepted') = (accepted_at is not null)),
        constraint skipped_with_a_reason check (status <> 'skipped' or reason is not null)
    )""",
    "create index collections_by_due_date on collections (org_id, due_at, id)",
    "create index collections_by_creation on collections (org_id, created_at, id)",
    "create index collections_by_update on collections (org_id, updated_at, id)",
    "create index collections_by_owner on collections (org_id, owner_id, due_at)",
    """create index collections_by_backup_owner on collections (org_id, backup_owner_id, due_at)
        where backup_owner_id is not null""",
    "create index collections_by_control on collections (org_id, control_id)",
    "create index collections_unanswered on collections (expectation_id) where status in ('open', 'submitted')",
    """create index collections_overdue on collections (org_id, overdue_at)
        where status = 'open' and overdue_announced_at is null""",
    """create index collections_overdue_anywhere on collections (overdue_at) include (org_id)
        where status = 'open' and overdue_announced_at is null""",
    """create table collected_items (
        collection_id uuid not null references collections,
        item_id uuid not null,
        org_id uuid not null,
        primary key (collection_id, item_id)
    )""",
    "create index collected_items_by_item on collected_items (item_id)",
    """create table retired_controls (
        org_id uuid not null,
        id uuid not null,
        retired_at timestamptz not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table calendar_feeds (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        owner_id uuid,
        holder jsonb not null,
        revoked_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index calendar_feeds_by_creation on calendar_feeds (org_id, created_at, id)",
    "create index calendar_feeds_by_update on calendar_feeds (org_id, updated_at, id)",
    "create index calendar_feeds_live on calendar_feeds (org_id) where revoked_at is null",
    """create table calendar_feed_secrets (
        feed_id uuid primary key references calendar_feeds,
        org_id uuid not null,
        digest bytea not null
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("expectations", "collections"):
        fence(op.execute, "evidence", table, worker_reads=True)
    for table in ("collected_items", "retired_controls", "calendar_feeds", "calendar_feed_secrets"):
        fence(op.execute, "evidence", table)
