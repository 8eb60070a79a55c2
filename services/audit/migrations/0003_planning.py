"""What engagements and programmes are planned to cost, and do; calendar feeds of it."""

from alembic import op

from shared.data.platform import fence

revision = "audit_0003"
down_revision = "audit_0002"

_TABLES = (
    """create table cost_entries (
        id uuid primary key,
        org_id uuid not null,
        measure text not null check (measure in ('budget', 'actual')),
        kind text not null
            check (kind in ('audit_fees', 'preparation', 'consulting', 'technology', 'ongoing')),
        engagement_id uuid references engagements (id),
        programme_id uuid,
        year integer not null,
        currency text not null check (currency ~ '^[A-Z]{3}$'),
        decimals integer not null check (decimals between 0 and 4),
        amount bigint not null,
        effort_minutes integer,
        incurred_on date,
        description text not null,
        reference text,
        counters_id uuid references cost_entries (id),
        status text not null check (status in ('recorded', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint cost_is_for_an_engagement_or_a_programme
            check ((engagement_id is null) <> (programme_id is null)),
        constraint actual_costs_have_a_day check ((measure = 'actual') = (incurred_on is not null)),
        constraint only_counter_entries_are_negative
            check (case when counters_id is null then amount >= 0 and coalesce(effort_minutes, 0) >= 0
                else amount <= 0 and coalesce(effort_minutes, 0) <= 0 end)
    )""",
    "create index cost_entries_by_creation on cost_entries (org_id, created_at, id)",
    "create index cost_entries_by_update on cost_entries (org_id, updated_at, id)",
    "create index cost_entries_by_year on cost_entries (org_id, year, id)",
    "create index cost_entries_of_engagement on cost_entries (org_id, engagement_id, created_at, id)",
    "create index cost_entries_of_programme on cost_entries (org_id, programme_id, created_at, id)",
    "create index cost_entries_by_what_they_counter on cost_entries (counters_id) where counters_id is not null",
    """create table milestones (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        kind text not null check (kind in (
            'kickoff', 'readiness_done', 'scope_frozen', 'fieldwork_start', 'fieldwork_end', 'draft_report',
            'management_review', 'report_issued', 'custom'
        )),
        title text not null,
        owner_id uuid not null,
        planned_on date not null,
        due_on date not null,
        done_on date,
        plan_revisions jsonb not null,
        status text not null check (status in ('open', 'done', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint done_milestones_say_when check (status = 'withdrawn' or (status = 'done') = (done_on is not null))
    )""",
    """create unique index milestone_is_the_only_one_of_its_kind on milestones (engagement_id, kind)
        where kind <> 'custom' and status <> 'withdrawn'""",
    """create table audit_calendar_feeds (
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
    "create index audit_calendar_feeds_by_creation on audit_calendar_feeds (org_id, created_at, id)",
    "create index audit_calendar_feeds_by_update on audit_calendar_feeds (org_id, updated_at, id)",
    "create index audit_calendar_feeds_live on audit_calendar_feeds (org_id) where revoked_at is null",
    """create table audit_calendar_feed_secrets (
        feed_id uuid primary key references audit_calendar_feeds,
        org_id uuid not null,
        digest bytea not null
    )""",
    "create index milestones_by_creation on milestones (org_id, created_at, id)",
    "create index milestones_by_update on milestones (org_id, updated_at, id)",
    "create index milestones_by_due_day on milestones (org_id, due_on, id)",
    "create index milestones_of_engagement on milestones (org_id, engagement_id, due_on, id)",
    "create index milestones_of_owner on milestones (org_id, owner_id) where status = 'open'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("cost_entries", "milestones", "audit_calendar_feeds", "audit_calendar_feed_secrets"):
        fence(op.execute, "audit", table)
