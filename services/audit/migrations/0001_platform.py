"""The tables that every service has: trail, inbox, dead letters, stored answers, witnessed heads, people; and jobs."""

from alembic import op

from shared.data.platform import job_tables, people_table, platform_tables

revision = "audit_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "audit")
    people_table(op.execute, "audit")
    job_tables(op.execute, "audit")
