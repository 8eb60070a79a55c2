"""Conclusions and opinions: the firm's rows."""

from alembic import op

from shared.data.platform import IN_ENGAGEMENT, fence, let_auditors_read

revision = "audit_0009"
down_revision = "audit_0008"

_ROW = """
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null,"""
_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""

_TABLES = (
    f"""create table conclusions ({_ROW}
        about text not null check (about in ('criterion', 'commitment', 'subject_matter')),
        ref text not null,
        verdict text not null,
        reason text not null,
        rests_on jsonb not null,
        status text not null check (status in ('concluded', 'replaced', 'voided')),
        concluded_by jsonb not null,{_RECORD},
        constraint verdict_fits check (verdict = any (case about
            when 'criterion' then array['met', 'not_met', 'unable']
            when 'commitment' then array['achieved', 'not_achieved', 'unable']
            else array['unmodified', 'material', 'material_and_pervasive', 'unable', 'unable_and_pervasive']
        end))
    )""",
    # An index and not a constraint: the last conclusion is replaced in the transaction that makes the next one.
    """create unique index conclusion_is_the_only_one on conclusions (engagement_id, about, ref)
        where status = 'concluded'""",
    "create index conclusions_by_ref on conclusions (engagement_id, ref, id)",
    f"""create table opinions ({_ROW}
        kind text not null check (kind in ('unmodified', 'qualified', 'adverse', 'disclaimer')),
        subjects jsonb not null,
        proposed jsonb not null,
        reason text not null,
        departure text,
        signed_as jsonb not null,
        rests_on uuid[] not null,
        status text not null check (status in ('decided', 'replaced', 'voided')),
        decided_by jsonb not null,{_RECORD},
        constraint departures_have_a_reason check (subjects = proposed or departure is not null)
    )""",
    "create unique index opinion_is_the_only_one on opinions (engagement_id) where status = 'decided'",
    *(
        f"create index {table}_by_{name} on {table} (engagement_id, {column}, id)"
        for table in ("conclusions", "opinions")
        for name, column in (("creation", "created_at"), ("update", "updated_at"))
    ),
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("conclusions", "opinions"):
        fence(op.execute, "audit", table)
        let_auditors_read(op.execute, "audit", table, f"engagement_id = {IN_ENGAGEMENT}")
