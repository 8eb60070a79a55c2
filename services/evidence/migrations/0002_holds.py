"""Legal holds, and what is known of engagements."""

from alembic import op

from shared.data.platform import fence

revision = "evidence_0002"
down_revision = "evidence_0001"

_TABLES = (
    """create table known_engagements (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        phase text not null,
        control_ids uuid[] not null,
        covers_from timestamptz,
        covers_until timestamptz,
        released_at timestamptz,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table legal_holds (
        id uuid primary key,
        org_id uuid not null,
        matter text not null,
        reason text not null,
        item_ids uuid[] not null,
        control_ids uuid[] not null,
        expectation_ids uuid[] not null,
        engagement_ids uuid[] not null,
        covers_from timestamptz,
        covers_until timestamptz,
        status text not null check (status in ('placed', 'released')),
        placed_by text not null,
        released_by text,
        released_at timestamptz,
        release_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint covers_a_period check (
            (covers_from is null) = (covers_until is null) and covers_from < covers_until
        ),
        constraint holds_something check (
            covers_from is not null or item_ids <> '{}' or control_ids <> '{}' or expectation_ids <> '{}'
            or engagement_ids <> '{}'
        ),
        constraint released_by_someone_with_a_reason check (
            (status = 'released') = (released_by is not null)
            and (status = 'released') = (released_at is not null)
            and (status = 'released') = (release_reason is not null)
        )
    )""",
    "create index legal_holds_by_creation on legal_holds (org_id, created_at, id)",
    "create index legal_holds_by_update on legal_holds (org_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "evidence", "known_engagements")
    fence(op.execute, "evidence", "legal_holds")
