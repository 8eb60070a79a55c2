"""What is known of programmes, and of the scope of engagements: which of them name an asset."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0014"
down_revision = "risk_0013"

_STATEMENTS = (
    """create table known_programmes (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        report_type text not null,
        asset_ids uuid[] not null,
        version integer not null,
        ended_version integer not null,
        primary key (org_id, id)
    )""",
    """alter table known_engagements
        add column title text not null default '',
        add column kind text not null default '',
        add column phase text not null default '',
        add column asset_ids uuid[] not null default '{}'""",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    fence(op.execute, "risk", "known_programmes")
