"""The tables that every service has, and those of people."""

from alembic import op

from shared.data.platform import people_table, platform_tables

revision = "integrations_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "integrations")
    people_table(op.execute, "integrations")
