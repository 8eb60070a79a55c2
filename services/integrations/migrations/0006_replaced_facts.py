"""Facts that replace another: the same event, read by other rules."""

from alembic import op

revision = "integrations_0006"
down_revision = "integrations_0005"


def upgrade() -> None:
    op.execute("alter table facts add column replaces uuid references facts")
    op.execute("create index facts_by_thing on facts (source_id, thing, observed_at)")
    op.execute("create index facts_by_replaced on facts (replaces) where replaces is not null")
