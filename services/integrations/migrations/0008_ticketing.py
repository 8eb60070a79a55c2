"""Connections to systems of tickets, what tickets are about, tickets, the work on them and their calls."""

from alembic import op

from shared.data.platform import fence

revision = "integrations_0008"
down_revision = "integrations_0007"

_CODES = """(
    'address_not_allowed', 'not_reachable', 'answer_too_large', 'too_slow', 'unauthorized', 'forbidden', 'not_found',
    'conflict', 'rate_limited', 'refused', 'server_error', 'unreadable', 'no_transition', 'too_many_to_search',
    'interrupted'
)"""
_TABLES = (
    """create table ticket_connections (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        system text not null check (
            system in ('github', 'gitlab', 'jira_cloud', 'jira_data_center', 'servicenow', 'linear')
        ),
        base_url text not null,
        project text not null,
        issue_type text,
        username text,
        labels text[] not null,
        link_base text,
        owner_id uuid not null,
        source_id uuid references sources,
        directions jsonb not null,
        states jsonb not null,
        writes_per_ticket integer not null check (writes_per_ticket between 3 and 200),
        writes_per_minute integer not null check (writes_per_minute between 3 and 300),
        account text,
        status text not null check (status in ('pending', 'active', 'disabled', 'retired')),
        disabled_for text check (disabled_for in ('by_hand', 'unauthorized')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((disabled_for is not null) = (status = 'disabled'))
    )""",
    "create index ticket_connections_by_creation on ticket_connections (org_id, created_at, id)",
    "create index ticket_connections_by_update on ticket_connections (org_id, updated_at, id)",
    "create index ticket_connections_by_title on ticket_connections (org_id, title, id)",
    "create index ticket_connections_by_source on ticket_connections (source_id) where source_id is not null",
    """create table ticket_credentials (
        connection_id uuid primary key references ticket_connections,
        org_id uuid not null,
        sealed bytea not null,
        replaced_at timestamptz not null
    )""",
    # Without foreign keys to the connection, whose lock each of these rows would otherwise wait for.
    """create table ticket_queues (
        connection_id uuid primary key,
        org_id uuid not null,
        is_active boolean not null,
        test_due_at timestamptz,
        lease_until timestamptz,
        work_id uuid,
        rest_until timestamptz,
        failures integer not null,
        minute_from timestamptz,
        minute_writes integer not null,
        last_tested_at timestamptz,
        last_worked_at timestamptz,
        last_failed_at timestamptz,
        last_code text check (last_code in """
    + _CODES
    + """),
        last_detail text
    )""",
    """create table ticket_subjects (
        org_id uuid not null,
        id uuid not null,
        kind text not null,
        title text not null,
        status text not null,
        due_on date,
        severity text,
        is_over boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table tickets (
        id uuid primary key,
        org_id uuid not null,
        connection_id uuid not null references ticket_connections,
        system text not null,
        kind text not null check (kind in ('issue', 'finding', 'request', 'treatment_action')),
        subject_id uuid not null,
        permission text not null,
        rule_id uuid,
        marker text not null unique,
        state text not null check (state in ('intent', 'creating', 'open', 'closed', 'failed')),
        code text check (code in """
    + _CODES
    + """),
        detail text,
        outside_id text,
        key text,
        url text,
        category text check (category in ('open', 'in_progress', 'done', 'dropped')),
        status text,
        assignee text,
        updated_outside_at timestamptz,
        fields jsonb not null,
        awaits_check boolean not null,
        is_ended boolean not null,
        opened_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (state not in ('open', 'closed') or outside_id is not null),
        constraint thing_has_one_ticket unique (connection_id, subject_id)
    )""",
    "create index tickets_by_creation on tickets (org_id, created_at, id)",
    "create index tickets_by_update on tickets (org_id, updated_at, id)",
    "create index tickets_by_subject on tickets (org_id, subject_id)",
    "create index tickets_by_state on tickets (org_id, state, created_at, id)",
    "create index tickets_by_outside_id on tickets (connection_id, outside_id)",
    """create table ticket_rules (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        connection_id uuid not null references ticket_connections,
        types text[] not null,
        conditions jsonb not null,
        may_read text[] not null,
        most_per_day integer not null check (most_per_day between 1 and 500),
        status text not null check (status in ('active', 'retired')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index ticket_rules_by_creation on ticket_rules (org_id, created_at, id)",
    "create index ticket_rules_by_update on ticket_rules (org_id, updated_at, id)",
    "create index ticket_rules_by_title on ticket_rules (org_id, title, id)",
    """create table ticket_rule_days (
        rule_id uuid not null references ticket_rules,
        day date not null,
        org_id uuid not null,
        opened integer not null,
        skipped integer not null,
        primary key (rule_id, day)
    )""",
    """create table ticket_work (
        ticket_id uuid primary key,
        org_id uuid not null,
        connection_id uuid not null,
        subject_id uuid not null,
        due_at timestamptz,
        tries integer not null,
        hour_from timestamptz,
        hour_writes integer not null,
        is_capped boolean not null
    )""",
    "create index ticket_work_due on ticket_work (connection_id, due_at, ticket_id) where due_at is not null",
    "create index ticket_work_by_subject on ticket_work (org_id, subject_id)",
    """create table ticket_calls (
        id uuid primary key,
        org_id uuid not null,
        ticket_id uuid not null,
        step text not null,
        started_at timestamptz not null,
        milliseconds integer not null,
        status integer,
        code text check (code in """
    + _CODES
    + """)
    )""",
    "create index ticket_calls_by_time on ticket_calls (org_id, started_at, id)",
    "create index ticket_calls_by_ticket on ticket_calls (org_id, ticket_id, started_at, id)",
    "create index ticket_calls_by_age on ticket_calls (started_at)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "integrations", "ticket_connections", worker_reads=True)  # to count them
    fence(op.execute, "integrations", "ticket_credentials")
    fence(op.execute, "integrations", "ticket_queues", worker_reads=True)
    fence(op.execute, "integrations", "ticket_subjects")
    fence(op.execute, "integrations", "tickets", worker_reads=True)  # to count them
    fence(op.execute, "integrations", "ticket_rules")
    fence(op.execute, "integrations", "ticket_rule_days")
    fence(op.execute, "integrations", "ticket_work", worker_reads=True)
    fence(op.execute, "integrations", "ticket_calls", delete=True, worker_reads=True)
