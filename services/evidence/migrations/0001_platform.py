"""The tables that every service has: the trail, the inbox, dead letters, stored answers, witnessed heads, people."""

from alembic import op

from shared.data.platform import people_table, platform_tables

revision = "evidence_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "evidence")
    people_table(op.execute, "evidence")
