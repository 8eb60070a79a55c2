"""The tables that every service has: the trail, the inbox, dead letters, stored answers, witnessed heads."""

from alembic import op

from shared.data.platform import platform_tables

revision = "gateway_0001"
down_revision = None


def upgrade() -> None:
    platform_tables(op.execute, "gateway")
