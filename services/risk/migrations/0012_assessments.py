"""Risk assessments, and the risks of their frozen scopes."""

from alembic import op

from shared.data.platform import fence, let_auditors_read, of_engagement

revision = "risk_0012"
down_revision = "risk_0011"

_TABLES = (
    """create table risk_assessments (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        purpose text not null,
        criteria text[] not null,
        scope jsonb not null,
        lead_id uuid not null,
        participant_ids uuid[] not null,
        raters_needed integer not null check (raters_needed >= 1),
        approvers_needed integer not null check (approvers_needed >= 1),
        due_on date not null,
        status text not null check (status in (
            'draft', 'started', 'rating', 'submitted', 'returned', 'approved', 'completed', 'cancelled'
        )),
        progress jsonb not null,
        method_number integer,
        started_at timestamptz,
        started_by jsonb,
        round integer not null,
        submitted_at timestamptz,
        submitted_by jsonb,
        approvals jsonb not null,
        returns jsonb not null,
        completed_at timestamptz,
        completed_by jsonb,
        completion_note text,
        digest text,
        cancelled_because text,
        notice_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint assessment_is_frozen_at_the_start check ((started_at is null) = (method_number is null)),
        constraint assessment_is_completed_with_a_digest check (
            (status = 'completed') = (completed_at is not null) and (completed_at is null) = (digest is null)
        ),
        constraint assessment_is_cancelled_for_a_reason check (
            (status = 'cancelled') = (cancelled_because is not null)
        ),
        constraint assessment_that_ended_has_no_notice check (
            status not in ('draft', 'completed', 'cancelled') or notice_at is null
        )
    )""",
    "create index risk_assessments_by_creation on risk_assessments (org_id, created_at, id)",
    "create index risk_assessments_by_due_day on risk_assessments (org_id, due_on, id)",
    "create index risk_assessments_by_update on risk_assessments (org_id, updated_at, id)",
    "create index risk_assessments_completed on risk_assessments (org_id, completed_at) where status = 'completed'",
    "create index risk_assessments_with_notices on risk_assessments (notice_at) where notice_at is not null",
    """create table assessed_risks (
        id uuid primary key,
        org_id uuid not null,
        assessment_id uuid not null references risk_assessments,
        risk_id uuid not null references risks,
        risk_code text not null,
        risk_title text not null,
        category text not null,
        owner_id uuid not null,
        control_ids uuid[] not null,
        frozen jsonb not null,
        status text not null check (status in ('untouched', 'rated', 'confirmed', 'disputed', 'resolved')),
        ratings jsonb not null,
        rater_ids uuid[] not null,
        resolution jsonb,
        result jsonb,
        applied boolean,
        drift jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint risk_is_assessed_once unique (org_id, assessment_id, risk_id),
        constraint assessed_risk_is_decided_with_a_result check (
            (status in ('confirmed', 'resolved')) = (result is not null)
            and (status = 'resolved') = (resolution is not null)
        ),
        constraint assessed_risk_is_applied_when_decided check (applied is null or result is not null)
    )""",
    "create index assessed_risks_by_code on assessed_risks (org_id, assessment_id, risk_code, id)",
    "create index assessed_risks_by_update on assessed_risks (org_id, assessment_id, updated_at, id)",
)
_CLIENT = of_engagement("org_id")
# An auditor sees completed assessments of risks that controls in the scope answer, and of their risks these. A risk is
# marked as applied or not when its assessment is completed: asking that table would go in a circle.
_ROWS = {
    "assessed_risks": f"org_id = {_CLIENT} and applied is not null and risk_id in (select risk_id from risk_answers)",
    "risk_assessments": f"org_id = {_CLIENT} and status = 'completed'"
    " and id in (select assessment_id from assessed_risks)",
}


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "risk_assessments", worker_reads=True)
    fence(op.execute, "risk", "assessed_risks")
    for table, where in _ROWS.items():
        let_auditors_read(op.execute, "risk", table, where)
