"""Heads of trails that this service has witnessed, and timestamps of its own."""

from alembic import op

from shared.data.platform import platform_tables_v2

revision = "evidence_0010"
down_revision = "evidence_0009"


def upgrade() -> None:
    platform_tables_v2(op.execute, "evidence")
