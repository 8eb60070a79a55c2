"""What controls outside the scope are called, so that neither search nor inbox names one to an auditor."""

from alembic import op

from shared.data.outside import tell_names_outside

revision = "gateway_0005"
down_revision = "gateway_0004"


def upgrade() -> None:
    tell_names_outside(op.execute, "gateway", "things", only="kind = 'control'")
