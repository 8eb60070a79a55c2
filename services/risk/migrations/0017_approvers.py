"""Who approves an assessment, where it names somebody."""

from alembic import op

revision = "risk_0017"
down_revision = "risk_0016"


def upgrade() -> None:
    op.execute("alter table risk_assessments add column approver_ids uuid[] not null default '{}'")
