"""Reruns of loss simulations: of which they are, and how far they agree with it."""

from alembic import op

revision = "risk_0016"
down_revision = "risk_0015"


def upgrade() -> None:
    op.execute(
        """alter table loss_simulations
            add column rerun_of_id uuid references loss_simulations,
            add column agreement jsonb,
            add constraint rerun_says_how_far_it_agrees check ((rerun_of_id is null) = (agreement is null))"""
    )
    op.execute(
        "create index loss_simulations_by_rerun on loss_simulations (org_id, rerun_of_id) where rerun_of_id is not null"
    )
