"""Statements of Applicability, which nothing changes once they are written but their status and who approved them."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0011"
down_revision = "controls_0010"

_TABLES = (
    """create table statements_of_applicability (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        number integer not null,
        framework_version text not null,
        as_of timestamptz not null,
        inclusion_reason text not null,
        lines jsonb not null,
        applicable integer not null,
        excluded integer not null,
        implemented integer not null check (implemented <= applicable),
        status text not null check (status in ('draft', 'approved', 'superseded', 'withdrawn')),
        author text not null,
        approver text check (approver <> author),
        approved_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint statement_number_is_unique unique (programme_id, number),
        constraint statement_in_force_is_approved check (
            (approver is null) = (approved_at is null) and (approver is null) = (status in ('draft', 'withdrawn'))
        )
    )""",
    """create unique index statement_in_force_is_one on statements_of_applicability (programme_id)
        where status = 'approved'""",
    "create index statements_by_creation on statements_of_applicability (org_id, created_at, id)",
    "create index statements_by_update on statements_of_applicability (org_id, updated_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "controls", "statements_of_applicability")
    op.execute("revoke update on statements_of_applicability from controls_app")
    op.execute(
        "grant update (status, approver, approved_at, version, updated_at) on statements_of_applicability"
        " to controls_app"
    )
