"""The tables that every service has: the trail, the inbox, dead letters, stored answers, witnessed heads, people."""

from alembic import op

from shared.data.platform import people_table, platform_tables

revision = "audit_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "audit")
    people_table(op.execute, "audit")
