"""The tables that every service has: the trail, the inbox, dead letters, stored answers, witnessed heads, people."""

from alembic import op

from shared.data.platform import job_tables, people_table, platform_tables

revision = "controls_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "controls")
    job_tables(op.execute, "controls")
    people_table(op.execute, "controls")
