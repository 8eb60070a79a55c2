"""What controls are called, so that no text of evidence names to an auditor one that is outside the scope."""

from alembic import op

from shared.data.outside import tell_names_outside
from shared.data.platform import fence

revision = "evidence_0008"
down_revision = "evidence_0007"

_TABLE = """create table known_controls (
    org_id uuid not null,
    id uuid not null,
    code text not null,
    title text not null,
    version integer not null,
    primary key (org_id, id)
)"""


def upgrade() -> None:
    op.execute(_TABLE)
    fence(op.execute, "evidence", "known_controls")
    tell_names_outside(op.execute, "evidence", "known_controls")
