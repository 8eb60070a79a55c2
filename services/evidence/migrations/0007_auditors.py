"""What the auditor role reads: evidence of controls in scope, of the engagement's time, and answers to its requests."""

from alembic import op

from shared.data.platform import IN_ENGAGEMENT, READABLE_ENGAGEMENT, in_scope, let_auditors_read, of_engagement

revision = "evidence_0007"
down_revision = "evidence_0006"

_CLIENT = of_engagement("org_id")
_ROWS = {
    "evidence_proofs": in_scope("control_id"),
    "answered_items": f"org_id = {_CLIENT} and engagement_id = {IN_ENGAGEMENT}",
    "evidence_items": f"""org_id = {_CLIENT} and (id in (select item_id from answered_items)
        or id in (select item_id from evidence_proofs)
        and covers_from < {of_engagement("covers_until")} and covers_until > {of_engagement("covers_from")})""",
    "evidence_reviews": f"org_id = {_CLIENT} and item_id in (select id from evidence_items)",
    "evidence_words": f"org_id = {_CLIENT} and item_id in (select id from evidence_items)",
    "evidence_tags": f"org_id = {_CLIENT} and item_id in (select id from evidence_items)",
    "files": f"org_id = {_CLIENT} and id in (select file_id from evidence_items)",
    "collected_items": f"org_id = {_CLIENT} and item_id in (select id from evidence_items)",
    "expectations": in_scope("control_id"),
}


def upgrade() -> None:
    let_auditors_read(
        op.execute,
        "evidence",
        "known_engagements",
        READABLE_ENGAGEMENT,
        columns=("org_id", "id", "readable", "control_ids", "covers_from", "covers_until"),
    )
    for table, where in _ROWS.items():
        let_auditors_read(op.execute, "evidence", table, where)
    let_auditors_read(op.execute, "evidence", "known_people", f"org_id = {_CLIENT}", columns=("org_id", "id", "name"))
