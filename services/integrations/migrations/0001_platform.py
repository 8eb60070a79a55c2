"""The tables that every service has, those of people and those of jobs."""

from alembic import op

from shared.data.platform import job_tables, people_table, platform_tables

revision = "integrations_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "integrations")
    people_table(op.execute, "integrations")
    job_tables(op.execute, "integrations")
