"""What is known of engagements, and what the auditor role reads: the risks that controls in their scope answer."""

from alembic import op

from shared.data.outside import tell_names_outside
from shared.data.platform import READABLE_ENGAGEMENT, fence, in_scope, let_auditors_read, of_engagement

revision = "risk_0003"
down_revision = "risk_0002"

_TABLE = """create table known_engagements (
    org_id uuid not null,
    id uuid not null,
    firm_id uuid,
    readable boolean not null,
    control_ids uuid[] not null,
    version integer not null,
    primary key (org_id, id)
)"""
_CLIENT = of_engagement("org_id")
_ROWS = {
    "risk_answers": in_scope("control_id"),
    "risks": f"org_id = {_CLIENT} and id in (select risk_id from risk_answers)",
    "ratings": f"org_id = {_CLIENT} and risk_id in (select risk_id from risk_answers)",
    "known_controls": in_scope("id"),
}


def upgrade() -> None:
    op.execute(_TABLE)
    fence(op.execute, "risk", "known_engagements")
    let_auditors_read(op.execute, "risk", "known_engagements", READABLE_ENGAGEMENT)
    for table, where in _ROWS.items():
        let_auditors_read(op.execute, "risk", table, where)
    tell_names_outside(op.execute, "risk", "known_controls")
    let_auditors_read(op.execute, "risk", "known_people", f"org_id = {_CLIENT}", columns=("org_id", "id", "name"))
