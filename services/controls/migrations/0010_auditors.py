"""What the auditor role reads: controls in the scope of an engagement, and what was done, tested and found of them."""

from alembic import op

from shared.data.outside import tell_names_outside
from shared.data.platform import READABLE_ENGAGEMENT, in_scope, let_auditors_read, of_engagement
from shared.identity.callers import PLATFORM

revision = "controls_0010"
down_revision = "controls_0009"

_CLIENT = of_engagement("org_id")
_SHIPPED_OR_CLIENT = f"org_id in ({_CLIENT}, '{PLATFORM}'::uuid)"
_POLICIES = f"""org_id = {_CLIENT} and status <> 'draft'
    and control_ids && {of_engagement("control_ids")}::uuid[]"""
_ROWS = {
    "controls": in_scope("id"),
    "control_definitions": f"{in_scope('control_id')} and state = 'approved'",
    "occurrences": in_scope("control_id"),
    "missed_occurrences": in_scope("control_id"),
    "waivers": in_scope("control_id"),
    "control_tests": in_scope("control_id"),
    "test_standings": in_scope("control_id"),
    "test_results": in_scope("control_id"),
    "check_links": in_scope("control_id"),
    "procedures": f"org_id = {_CLIENT} and id in (select procedure_id from control_tests)",
    "procedure_versions": f"org_id = {_CLIENT} and id in (select procedure_version_id from control_tests)",
    "control_health": in_scope("id"),
    "control_health_changes": in_scope("control_id"),
    "issues": f"org_id = {_CLIENT} and id in (select issue_id from issue_controls)",
    "issue_controls": in_scope("control_id"),
    "historical_records": in_scope("control_id"),
    "policies": _POLICIES,
    "policy_versions": f"""org_id = {_CLIENT} and status in ('published', 'superseded', 'retired')
        and policy_id in (select id from policies)""",
    "frameworks": _SHIPPED_OR_CLIENT,
    "framework_versions": _SHIPPED_OR_CLIENT,
    "requirements": _SHIPPED_OR_CLIENT,
}


def upgrade() -> None:
    let_auditors_read(
        op.execute,
        "controls",
        "known_engagements",
        READABLE_ENGAGEMENT,
        columns=("org_id", "id", "readable", "control_ids"),
    )
    for table, where in _ROWS.items():
        let_auditors_read(op.execute, "controls", table, where)
    tell_names_outside(op.execute, "controls", "controls", criteria="requirements")
    let_auditors_read(op.execute, "controls", "known_people", f"org_id = {_CLIENT}", columns=("org_id", "id", "name"))
