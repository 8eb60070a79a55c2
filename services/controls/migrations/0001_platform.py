"""The tables that every service has: the trail, the inbox, dead letters, stored answers, witnessed heads."""

from alembic import op

from shared.data.platform import job_tables, platform_tables

revision = "controls_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "controls")
    job_tables(op.execute, "controls")
