"""Assurance reports that were received from vendors, and what they ask of us."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0008"
down_revision = "risk_0007"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_TABLES = (
    f"""create table assurance_reports (
        id uuid primary key,
        org_id uuid not null,
        vendor_id uuid not null references vendors,
        kind text not null check (kind in ('soc1', 'soc2', 'soc3', 'iso27001', 'other')),
        report_type text check (report_type in ('type1', 'type2')),
        title text not null,
        auditor text not null,
        system text not null,
        categories text[] not null,
        period_start date,
        period_end date not null,
        stale_on date not null,
        evidence_id uuid,
        subject_matters jsonb not null,
        exceptions jsonb not null,
        subservice_organisations jsonb not null,
        bridge_letters jsonb not null,
        checklist jsonb not null,
        supersedes uuid references assurance_reports,
        status text not null check (status in ('filed', 'being_reviewed', 'reviewed', 'superseded')),
        reliance text check (reliance in ('full', 'partial', 'none')),
        conclusion text,
        reviewed_by jsonb,
        reviewed_at timestamptz,
        filed_by jsonb not null,
        stale_told_for date,{_RECORD},
        check (period_start <= period_end),
        check ((report_type is not null) = (kind in ('soc1', 'soc2'))),
        check ((period_start is null) = (report_type is not distinct from 'type1')),
        check ((reliance is null) = (reviewed_by is null)),
        check (status <> 'reviewed' or reliance is not null)
    )""",
    "create index assurance_reports_by_period on assurance_reports (org_id, period_end, id)",
    "create index assurance_reports_by_creation on assurance_reports (org_id, created_at, id)",
    "create index assurance_reports_by_update on assurance_reports (org_id, updated_at, id)",
    "create index assurance_reports_by_vendor on assurance_reports (org_id, vendor_id, period_end)",
    """create index assurance_reports_to_tell on assurance_reports (stale_on)
        where status <> 'superseded' and stale_told_for is distinct from stale_on""",
    f"""create table complementary_controls (
        id uuid primary key,
        org_id uuid not null,
        report_id uuid not null references assurance_reports,
        vendor_id uuid not null references vendors,
        text text not null,
        criteria text[] not null,
        page text,
        control_id uuid,
        owner_id uuid,
        not_applicable_because text,{_RECORD},
        check (control_id is null or not_applicable_because is null),
        check ((control_id is null) = (owner_id is null))
    )""",
    "create index complementary_controls_by_creation on complementary_controls (org_id, created_at, id)",
    "create index complementary_controls_by_update on complementary_controls (org_id, updated_at, id)",
    "create index complementary_controls_by_report on complementary_controls (org_id, report_id)",
    "create index complementary_controls_by_owner on complementary_controls (org_id, owner_id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "assurance_reports", worker_reads=True)
    fence(op.execute, "risk", "complementary_controls")
