"""Tables of every service: trail, inbox, dead letters, stored answers, witnessed heads, people, jobs."""

from alembic import op

from shared.data.platform import job_tables, people_table, platform_tables

revision = "risk_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "risk")
    job_tables(op.execute, "risk")
    people_table(op.execute, "risk")
