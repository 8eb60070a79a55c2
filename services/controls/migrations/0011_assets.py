"""Assets in the scope of programmes, and what is known of assets."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0011"
down_revision = "controls_0010"

_STATEMENTS = (
    "alter table programmes add column asset_ids uuid[] not null default '{}'",
    """create table known_assets (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        kind text not null,
        retired boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    fence(op.execute, "controls", "known_assets")
