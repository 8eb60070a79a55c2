"""Changes of scope after fieldwork had begun: the rows of the auditing party, which the client sees."""

from alembic import op

from services.audit.fences import OURS
from shared.data.outside import tell_names_outside
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, OF_FIRM_IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0011"
down_revision = "audit_0010"

_TABLES = (
    """create table scope_changes (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        client_id uuid not null,
        before jsonb not null,
        after jsonb not null,
        justification text not null,
        voided jsonb not null,
        changed_by jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index scope_changes_by_creation on scope_changes (engagement_id, created_at, id)",
    "create index scope_changes_by_update on scope_changes (engagement_id, updated_at, id)",
    "create index scope_changes_of_client on scope_changes (client_id, created_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "audit", "scope_changes")
    let_auditors_read(op.execute, "audit", "scope_changes", OF_FIRM_IN_ENGAGEMENT)
    op.execute(f"create policy client on scope_changes for select to audit_app using (client_id = {OURS})")
    op.execute("revoke update on scope_changes from audit_app")
    # Also once it is completed: the firm goes on reading what was told of the engagement.
    tell_names_outside(
        op.execute,
        "audit",
        "known_controls",
        engagements="engagements",
        conducted=f"id = {IN_ENGAGEMENT} and firm_id = {IN_FIRM}",
    )
