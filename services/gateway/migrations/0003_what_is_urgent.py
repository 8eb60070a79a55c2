"""The trail tells what is urgent from what the clock has brought about."""

from alembic import op

from shared.data.platform import platform_tables_v3

revision = "gateway_0003"
down_revision = "gateway_0002"


def upgrade() -> None:
    platform_tables_v3(op.execute)
