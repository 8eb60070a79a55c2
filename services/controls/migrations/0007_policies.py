"""Policies with their versions and reviews, campaigns and who has acknowledged; what is known of teams."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0007"
down_revision = "controls_0006"

_TABLES = (
    """create table policies (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        owner_id uuid not null,
        review_months integer not null check (review_months > 0),
        control_ids uuid[] not null,
        requirements text[] not null,
        status text not null check (status in ('draft', 'published', 'retired')),
        published_version_id uuid,
        reviewed_on date,
        review_due_on date,
        review_told_for date,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint policy_code_is_unique unique (org_id, code),
        constraint policy_is_published_with_a_version
            check (status <> 'published' or (published_version_id is not null and review_due_on is not null))
    )""",
    "create index policies_by_code on policies (org_id, code, id)",
    "create index policies_by_creation on policies (org_id, created_at, id)",
    "create index policies_by_update on policies (org_id, updated_at, id)",
    "create index policies_to_review on policies (review_due_on) where status = 'published'",
    """create table policy_versions (
        id uuid primary key,
        org_id uuid not null,
        policy_id uuid not null references policies,
        number integer not null,
        markdown text,
        file jsonb,
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
        summary text not null,
        status text not null
            check (status in ('draft', 'in_approval', 'approved', 'published', 'superseded', 'retired')),
        authors jsonb not null check (jsonb_array_length(authors) > 0),
        approver_ids uuid[] not null,
        quorum integer check (quorum > 0),
        round integer not null,
        decisions jsonb not null,
        published_by jsonb,
        published_at timestamptz,
        effective_on date,
        effective_until date,
        recorded_at timestamptz check ((recorded_at is null) = (published_at is null)),
        historical_record_id uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint policy_version_number_is_unique unique (policy_id, number),
        constraint policy_version_is_markdown_or_a_file check ((markdown is null) <> (file is null)),
        constraint policy_version_has_a_quorum check (status = 'draft' or quorum is not null),
        constraint policy_version_takes_effect_on_a_day
            check ((status in ('published', 'superseded', 'retired')) = (effective_on is not null))
    )""",
    "create index policy_versions_by_creation on policy_versions (org_id, created_at, id)",
    "create index policy_versions_by_update on policy_versions (org_id, updated_at, id)",
    """create unique index policy_version_is_the_only_one_on_its_way on policy_versions (policy_id)
        where status in ('draft', 'in_approval', 'approved')""",
    """create table policy_reviews (
        id uuid primary key,
        org_id uuid not null,
        policy_id uuid not null references policies,
        version_id uuid not null references policy_versions,
        outcome text not null check (outcome in ('unchanged', 'new_version')),
        notes text not null,
        reviewer jsonb not null,
        reviewed_on date not null,
        review_due_on date not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index policy_reviews_by_creation on policy_reviews (org_id, created_at, id)",
    "create index policy_reviews_by_update on policy_reviews (org_id, updated_at, id)",
    "create index policy_reviews_by_policy on policy_reviews (org_id, policy_id, created_at, id)",
    """create table policy_campaigns (
        id uuid primary key,
        org_id uuid not null,
        policy_id uuid not null references policies,
        version_id uuid not null references policy_versions,
        title text not null,
        due_on date not null,
        reminder_days integer[] not null,
        next_reminder_on date,
        overdue_told_for date,
        status text not null check (status in ('open', 'completed', 'closed')),
        people integer not null check (people > 0),
        acknowledged integer not null check (acknowledged >= 0),
        excused integer not null check (excused >= 0),
        started_by jsonb not null,
        ended_by jsonb,
        ended_at timestamptz,
        closing_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint campaign_counts_its_people check (acknowledged + excused <= people),
        constraint campaign_is_completed_by_everyone check (status <> 'completed' or acknowledged + excused = people)
    )""",
    "create index policy_campaigns_by_due_date on policy_campaigns (org_id, due_on, id)",
    "create index policy_campaigns_by_creation on policy_campaigns (org_id, created_at, id)",
    "create index policy_campaigns_by_update on policy_campaigns (org_id, updated_at, id)",
    "create index policy_campaigns_open on policy_campaigns (due_on) where status = 'open'",
    """create table policy_acknowledgements (
        id uuid primary key,
        org_id uuid not null,
        campaign_id uuid not null references policy_campaigns,
        person_id uuid not null,
        status text not null check (status in ('outstanding', 'acknowledged', 'excused')),
        acknowledged_at timestamptz,
        recorded_at timestamptz check ((recorded_at is null) = (acknowledged_at is null)),
        historical_record_id uuid,
        recorded_by jsonb,
        on_behalf boolean not null,
        statement text,
        evidence_id uuid,
        excuse text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint person_is_asked_once unique (campaign_id, person_id),
        constraint acknowledgement_has_a_time check ((status = 'acknowledged') = (acknowledged_at is not null)),
        constraint acknowledgement_on_behalf_is_shown
            check (not on_behalf or statement is not null or evidence_id is not null)
    )""",
    "create index policy_acknowledgements_by_campaign on policy_acknowledgements (org_id, campaign_id, created_at, id)",
    "create index policy_acknowledgements_by_person on policy_acknowledgements (org_id, person_id, id)",
    "create index policy_acknowledgements_by_update on policy_acknowledgements (org_id, updated_at, id)",
    """create table known_teams (
        org_id uuid not null,
        id uuid not null,
        people uuid[] not null,
        dissolved boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("policies", "policy_campaigns"):
        fence(op.execute, "controls", table, worker_reads=True)
    for table in ("policy_versions", "policy_reviews", "policy_acknowledgements", "known_teams"):
        fence(op.execute, "controls", table)
