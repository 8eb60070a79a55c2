"""The trail tells what is urgent from what the clock has brought about."""

from alembic import op

from shared.data.platform import platform_tables_v3

revision = "controls_0014"
down_revision = "controls_0013"


def upgrade() -> None:
    platform_tables_v3(op.execute)
