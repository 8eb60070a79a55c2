"""The trail tells what is urgent from what the clock has brought about."""

from alembic import op

from shared.data.platform import platform_tables_v3

revision = "evidence_0011"
down_revision = "evidence_0010"


def upgrade() -> None:
    platform_tables_v3(op.execute)
