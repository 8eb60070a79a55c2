"""Assets in the scope of engagements, and what is known of assets."""

from alembic import op

from services.audit.fences import CLIENT, READABLE
from shared.data.platform import fence, let_auditors_read

revision = "audit_0012"
down_revision = "audit_0011"

_STATEMENTS = (
    "alter table engagements add column asset_ids uuid[] not null default '{}'",
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
    fence(op.execute, "audit", "known_assets")
    # Of the client's assets, those in the scope of the engagement.
    scoped = f"org_id = {CLIENT} and id in (select unnest(asset_ids) from engagements where id = {READABLE})"
    let_auditors_read(
        op.execute, "audit", "known_assets", scoped, columns=("org_id", "id", "code", "title", "kind", "retired")
    )
