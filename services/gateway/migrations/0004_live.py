"""The log that event streams tell from, and tickets that open one."""

from alembic import op

from shared.data.platform import IN_FIRM, fence, let_auditors_read, of_engagement

revision = "gateway_0004"
down_revision = "gateway_0003"

_TABLES = (
    """create table stream_events (
        org_id uuid not null,
        position bigint generated always as identity primary key,
        event_id uuid not null,
        type text not null,
        kind text not null,
        subject uuid not null,
        version integer not null,
        occurred_at timestamptz not null,
        logged_at timestamptz not null
    )""",
    "create index stream_events_by_organisation on stream_events (org_id, position)",
    "create index stream_events_by_time on stream_events (logged_at)",
    "create table stream_floors (org_id uuid primary key, position bigint not null)",
    """create table stream_tickets (
        id uuid primary key,
        org_id uuid not null,
        digest bytea not null,
        caller jsonb not null,
        wanted jsonb not null,
        expires_at timestamptz not null,
        used_at timestamptz
    )""",
    "create index stream_tickets_by_time on stream_tickets (expires_at)",
)
_PARTIES = f"org_id in ({IN_FIRM}, {of_engagement('org_id')})"


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("stream_events", "stream_tickets"):
        fence(op.execute, "gateway", table, delete=True, worker_reads=True)
    fence(op.execute, "gateway", "stream_floors")
    shown = "(org_id, kind, subject) in (select org_id, kind, id from things)"
    let_auditors_read(op.execute, "gateway", "stream_events", f"{_PARTIES} and {shown}")
    let_auditors_read(op.execute, "gateway", "stream_floors", _PARTIES)
