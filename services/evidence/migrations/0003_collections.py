"""Expectations with a cadence, and the collections that are opened by it."""

from alembic import op

from shared.data.platform import fence, let_worker_read

revision = "evidence_0003"
down_revision = "evidence_0002"

_STATEMENTS = (
    """alter table expectations
        add column backup_owner text,
        add column cadence jsonb,
        add column next_on date,
        add column next_opens_at timestamptz,
        add constraint collected_by_a_cadence check (next_on is null or cadence is not null),
        add constraint opened_for_a_date check ((next_on is null) = (next_opens_at is null)),
        add constraint nothing_is_collected_once_withdrawn check (status = 'active' or next_on is null)""",
    "create index expectations_to_open on expectations (org_id, next_opens_at) where next_opens_at is not null",
    """create index expectations_to_open_anywhere on expectations (next_opens_at) include (org_id)
        where next_opens_at is not null""",
    """create table collections (
        id uuid primary key,
        org_id uuid not null,
        expectation_id uuid not null references expectations,
        control_id uuid not null,
        intended_on date not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        due_at timestamptz not null,
        overdue_at timestamptz not null,
        owner text not null,
        backup_owner text,
        status text not null check (status in ('open', 'submitted', 'accepted', 'skipped')),
        submitted_at timestamptz,
        accepted_at timestamptz,
        reason text,
        overdue_announced_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
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
    "create index collections_by_owner on collections (org_id, owner, due_at)",
    "create index collections_by_control on collections (org_id, control_id)",
    "create index collections_unanswered on collections (expectation_id) where status in ('open', 'submitted')",
    """create index collections_overdue on collections (org_id, overdue_at)
        where status = 'open' and overdue_announced_at is null""",
    """create index collections_overdue_anywhere on collections (overdue_at) include (org_id)
        where status = 'open' and overdue_announced_at is null""",
    """create table collected_items (
        collection_id uuid not null references collections,
        item_id uuid not null references evidence_items,
        org_id uuid not null,
        primary key (collection_id, item_id)
    )""",
    "create index collected_items_by_item on collected_items (item_id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    let_worker_read(op.execute, "evidence", "expectations")
    fence(op.execute, "evidence", "collections", worker_reads=True)
    fence(op.execute, "evidence", "collected_items")
