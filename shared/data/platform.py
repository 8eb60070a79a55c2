"""DDL for migrations: fences around tables, and the tables that every service has.

Each service's first migration runs `platform_tables`. It is edited in place until the first release; after it, a change
is another function, which a later migration of each service runs.
"""

from collections.abc import Callable, Sequence

from shared.identity.callers import PLATFORM

Execute = Callable[[str], object]

# A subselect, because the planner would otherwise look at the setting itself, which is empty while it plans: it would
# take every organisation for an empty one, and read all of its index to find one row (docs/decisions/0004).
_OURS = "org_id = (select nullif(current_setting('app.org_id', true), '')::uuid)"


# The engagement that a token is for, and the firm whose person has it, as the auditor role's reads set them: both in
# one setting, `<engagement>/<firm>`. An engagement may be proposed to another firm than before, so neither alone tells
# who may read.
IN_ENGAGEMENT = "(select nullif(split_part(current_setting('app.engagement', true), '/', 1), '')::uuid)"
IN_FIRM = "(select nullif(split_part(current_setting('app.engagement', true), '/', 2), '')::uuid)"
# Of what a service knows of engagements: the one that the token is for, while its firm conducts it and may read.
READABLE_ENGAGEMENT = f"id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM} and readable"
# Of the rows of an auditing party: its own of the engagement, and nobody else's.
OF_FIRM_IN_ENGAGEMENT = f"engagement_id = {IN_ENGAGEMENT} and org_id = {IN_FIRM}"


def fence(execute: Execute, service: str, table: str, *, delete: bool = False, worker_reads: bool = False) -> None:
    """Force row-level security on a table: the application role sees the rows of the organisation that is set.

    `nullif` because a connection that was used before holds an empty string, not null. `worker_reads` lets the
    worker role find due rows across organisations; it can change none of them.
    """
    _fence(execute, service, table)
    execute(f"grant select, insert, update{', delete' if delete else ''} on {table} to {service}_app")
    if worker_reads:
        let_worker_read(execute, service, table)


def let_worker_read(execute: Execute, service: str, table: str) -> None:
    """Let the worker role find due rows of a fenced table across organisations; it can change none of them."""
    execute(f"create policy worker_reads on {table} for select to {service}_worker using (true)")
    execute(f"grant select on {table} to {service}_worker")


def let_auditors_read(
    execute: Execute, service: str, table: str, where: str, *, columns: Sequence[str] | None = None
) -> None:
    """Let whoever has a token for one engagement read rows of a fenced table, and of them these columns only.

    `where` says which, by `IN_ENGAGEMENT` and `IN_FIRM`; what no table says to the auditor role, the database denies.
    """
    named = f" ({', '.join(columns)})" if columns else ""
    execute(f"create policy engagement on {table} for select to {service}_auditor using ({where})")
    execute(f"grant select{named} on {table} to {service}_auditor")


def of_engagement(column: str) -> str:
    """A column of what a service knows of the engagement that a token is for; null while its firm may not read it."""
    return f"(select {column} from known_engagements where id = {IN_ENGAGEMENT} and readable)"  # noqa: S608


def in_scope(column: str) -> str:
    """Of the rows of the client, those whose control, named in this column, is in the scope of the engagement."""
    return f"org_id = {of_engagement('org_id')} and {column} = any ({of_engagement('control_ids')}::uuid[])"


def share(execute: Execute, service: str, table: str) -> None:
    """Let every organisation read the rows of a fenced table that come with Attest; none can change them."""
    execute(f"create policy shipped on {table} for select to {service}_app using (org_id = '{PLATFORM}'::uuid)")


def platform_tables(execute: Execute, service: str) -> None:
    """Make the trail, inbox, dead letters, stored answers, witnessed heads, their timestamps, token withdrawals."""
    for statement in _TABLES:
        execute(statement)
    for table in ("events", "trail_heads", "inbox", "dead_letters", "stored_answers", "token_withdrawals"):
        _fence(execute, service, table)
        execute(f"create policy worker on {table} to {service}_worker using (true) with check (true)")
    for table in ("witnessed_heads", "head_timestamps"):
        _fence(execute, service, table)
        execute(f"create policy worker_reads on {table} for select to {service}_worker using (true)")
    for statement in _GRANTS:
        execute(statement.format(app=f"{service}_app", worker=f"{service}_worker"))


def people_table(execute: Execute, service: str) -> None:
    """Make the table of people, for services in which people answer for something."""
    execute(_PEOPLE)
    fence(execute, service, "known_people")


def job_tables(execute: Execute, service: str) -> None:
    """Make the tables of jobs and of the bytes that they were started with, for services that have jobs."""
    for statement in _JOBS:
        execute(statement)
    fence(execute, service, "jobs", delete=True, worker_reads=True)
    fence(execute, service, "job_inputs", delete=True)
    let_auditors_read(execute, service, "jobs", OF_FIRM_IN_ENGAGEMENT)


def _fence(execute: Execute, service: str, table: str) -> None:
    execute(f"alter table {table} enable row level security")
    execute(f"alter table {table} force row level security")
    execute(f"create policy organisation on {table} to {service}_app using ({_OURS}) with check ({_OURS})")


_TABLES: Sequence[str] = (
    """create table events (
        seq bigint generated always as identity primary key,
        id uuid not null,
        org_id uuid not null,
        type text not null,
        subject uuid not null,
        version integer not null,
        actor text not null check (actor in ('person', 'client', 'system', 'anonymous')),
        person uuid,
        person_name text,
        client uuid,
        client_name text,
        firm uuid,
        reason text,
        occurred_at timestamptz not null,
        data jsonb not null,
        before jsonb,
        after jsonb,
        cause uuid,
        traceparent text,
        published_at timestamptz,
        position bigint,
        digest bytea,
        unique (org_id, position)
    )""",
    "create index events_unpublished on events (seq) where published_at is null",
    "create index events_unsealed on events (org_id, seq) where digest is null",
    # The relay publishes these first: what people and events brought about, before what only the clock did.
    """create index events_urgent on events (seq)
        where published_at is null and not (actor = 'system' and cause is null)""",
    "create unique index events_by_id on events (org_id, id)",
    "create index events_by_subject on events (org_id, subject, id)",
    """create table trail_heads (
        org_id uuid primary key, position bigint not null, digest bytea not null, sealed_at timestamptz not null
    )""",
    """create table inbox (
        event_id uuid not null, org_id uuid not null, type text not null, handled_at timestamptz not null,
        primary key (event_id, type)  -- whoever chooses an id may choose one that another service's event has
    )""",
    """create table dead_letters (
        id uuid primary key,
        org_id uuid not null,
        event_id uuid,
        type text,
        subject text not null,
        body text not null,
        reason text not null,
        deliveries integer not null,
        version integer not null default 1,
        buried_at timestamptz not null,
        state text not null default 'waiting' check (state in ('waiting', 'replayed', 'dismissed')),
        settled_at timestamptz,
        settled_by text,
        settled_reason text
    )""",
    "create index dead_letters_by_time on dead_letters (org_id, buried_at, id)",
    "create unique index dead_letters_by_event on dead_letters (org_id, event_id, subject) where state = 'waiting'",
    """create table stored_answers (
        org_id uuid not null,
        caller text not null,
        key_hash bytea not null,
        fingerprint bytea not null,
        status integer not null,
        answer bytea not null,
        created_at timestamptz not null,
        primary key (org_id, caller, key_hash)
    )""",
    "create index stored_answers_by_age on stored_answers (created_at)",
    """create table witnessed_heads (
        id uuid primary key,
        org_id uuid not null,
        service text not null,
        witness text not null,
        position bigint not null,
        digest bytea not null,
        heard_at timestamptz not null,
        unique (org_id, service, witness, position, digest)
    )""",
    "create index witnessed_heads_by_time on witnessed_heads (org_id, heard_at, id)",
    """create table head_timestamps (
        id uuid primary key,
        org_id uuid not null,
        position bigint not null,
        digest bytea not null,
        authority text not null,
        token bytea not null,
        stamped_at timestamptz not null,
        unique (org_id, position, authority)
    )""",
    "create index head_timestamps_by_time on head_timestamps (org_id, stamped_at, id)",
    """create table token_withdrawals (
        org_id uuid not null,
        thing uuid not null,
        version integer not null,
        heard_at timestamptz not null,
        primary key (org_id, thing)
    )""",
)

# The application adds to the trail and to its witnesses, and reads them; it can neither change nor delete. The worker
# marks what it published and sealed, column by column, and takes answers away once they are old.
_GRANTS: Sequence[str] = (
    "grant select, insert on events to {app}",
    "grant select, update (published_at, position, digest) on events to {worker}",
    "grant select on trail_heads to {app}",
    "grant select, insert, update on trail_heads to {worker}",
    "grant select, insert on inbox to {app}",
    "grant select, insert, update (state, settled_at, settled_by, settled_reason, version) on dead_letters to {app}",
    "grant select, insert on stored_answers to {app}",
    "grant select, insert on witnessed_heads, head_timestamps to {app}",
    "grant select, insert, update on token_withdrawals to {app}",
    "grant select on dead_letters to {worker}",
    "grant select, delete on token_withdrawals to {worker}",
    "grant select, delete on stored_answers to {worker}",
    "grant select on witnessed_heads, head_timestamps to {worker}",
)

_PEOPLE = """create table known_people (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    emails text[] not null,
    status text not null,
    left_on date,
    roles text[] not null,
    acts_until timestamptz,
    version integer not null,
    primary key (org_id, id)
)"""

# `due_at` is when a worker may take the job: a queued one from then on, a running one when its lease has run out.
_JOBS: Sequence[str] = (
    """create table jobs (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid,
        kind text not null,
        input jsonb not null,
        path text not null,
        request_id text not null,
        started_by jsonb not null,
        state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        progress double precision not null check (progress between 0 and 1),
        kept jsonb,
        result jsonb,
        location text,
        problem jsonb,
        attempt integer not null,
        due_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        finished_at timestamptz,
        check ((due_at is null) = (state in ('succeeded', 'failed', 'cancelled'))),
        check ((finished_at is null) = (state in ('queued', 'running')))
    )""",
    "create index jobs_by_creation on jobs (org_id, created_at, id)",
    "create index jobs_by_update on jobs (org_id, updated_at, id)",
    "create index jobs_unfinished on jobs (org_id, created_at, id) where due_at is not null",
    "create index jobs_by_end on jobs (finished_at) where finished_at is not null",
    """create table job_inputs (
        org_id uuid not null,
        job_id uuid not null,
        number integer not null,
        content bytea not null,
        primary key (job_id, number)
    )""",
)
