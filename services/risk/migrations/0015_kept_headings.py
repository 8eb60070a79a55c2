"""What accepted imports said of headings."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0015"
down_revision = "risk_0014"

_TABLE = """create table kept_headings (
    id uuid primary key,
    org_id uuid not null,
    headings text[] not null,
    columns jsonb not null,
    version integer not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
)"""


def upgrade() -> None:
    op.execute(_TABLE)
    fence(op.execute, "risk", "kept_headings")
