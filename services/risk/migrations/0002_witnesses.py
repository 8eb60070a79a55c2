"""Heads of trails that this service has witnessed, and timestamps of its own."""

from alembic import op

from shared.data.platform import platform_tables_v2

revision = "risk_0002"
down_revision = "risk_0001"


def upgrade() -> None:
    platform_tables_v2(op.execute, "risk")
