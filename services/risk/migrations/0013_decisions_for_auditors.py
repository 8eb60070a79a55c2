"""What the auditor role reads of decisions on risks: acceptances, and proposed treatments with their actions."""

from alembic import op

from shared.data.platform import let_auditors_read, of_engagement

revision = "risk_0013"
down_revision = "risk_0012"

_CLIENT = of_engagement("org_id")
_OF_RISKS = f"org_id = {_CLIENT} and risk_id in (select risk_id from risk_answers)"
_ROWS = {
    "acceptances": _OF_RISKS,
    "treatments": f"{_OF_RISKS} and status <> 'draft' and proposed_at is not null",
    "treatment_actions": f"org_id = {_CLIENT} and treatment_id in (select id from treatments)",
}


def upgrade() -> None:
    for table, where in _ROWS.items():
        let_auditors_read(op.execute, "risk", table, where)
    # In the words of which an assessment is told.
    rated_by = f"org_id = {_CLIENT} and number in (select method_number from risk_assessments)"
    let_auditors_read(op.execute, "risk", "methods", rated_by, columns=("org_id", "number", "terms", "version"))
