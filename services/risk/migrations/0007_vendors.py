"""Vendors, their reviews, the conditions of approvals, and what is known of evidence."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0007"
down_revision = "risk_0006"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_TIERS = "('low', 'moderate', 'high', 'critical')"
_OUTCOMES = "('approved', 'approved_with_conditions', 'rejected')"
_TABLES = (
    """create table known_evidence (
        org_id uuid not null,
        id uuid not null,
        title text not null,
        state text not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    f"""create table vendors (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        name text not null,
        kind text not null check (kind in ('vendor', 'subservice')),
        services text not null,
        data text[] not null,
        data_class text not null check (data_class in ('none', 'public', 'internal', 'confidential', 'restricted')),
        personal_data boolean not null,
        access text not null check (access in ('none', 'premises', 'user', 'privileged')),
        dependence text not null check (dependence in ('unaffected', 'degraded', 'stops')),
        replaceability text not null check (replaceability in ('days', 'weeks', 'months')),
        owner_id uuid not null,
        contacts jsonb not null,
        asset_ids uuid[] not null,
        tier text not null check (tier in {_TIERS}),
        tier_reasons jsonb not null,
        status text not null check (status in (
            'prospect', 'in_review', 'approved', 'approved_with_conditions', 'rejected', 'active', 'suspended',
            'offboarding', 'offboarded'
        )),
        status_reason text,
        approval text check (approval in {_OUTCOMES}),
        approved_at timestamptz,
        review_due_on date,
        review_cause text check (review_cause in (
            'onboarding', 'periodic', 'incident', 'report_qualified', 'material_change'
        )),
        review_told_for date,
        offboarding jsonb,{_RECORD},
        constraint vendor_code_is_unique unique (org_id, code),
        check ((review_due_on is null) = (status in ('offboarding', 'offboarded'))),
        check ((offboarding is null) = (status <> 'offboarded')),
        check (status <> 'active' or approval is not null)
    )""",
    "create index vendors_by_code on vendors (org_id, code, id)",
    "create index vendors_by_name on vendors (org_id, name, id)",
    "create index vendors_by_creation on vendors (org_id, created_at, id)",
    "create index vendors_by_update on vendors (org_id, updated_at, id)",
    "create index vendors_by_owner on vendors (org_id, owner_id)",
    "create index vendors_to_review on vendors (review_due_on) where review_told_for is distinct from review_due_on",
    f"""create table vendor_reviews (
        id uuid primary key,
        org_id uuid not null,
        vendor_id uuid not null references vendors,
        cause text not null,
        tier text not null check (tier in {_TIERS}),
        due_on date not null,
        reviewer_id uuid not null,
        status text not null check (status in (
            'started', 'evidence_gathered', 'assessed', 'decided', 'closed', 'cancelled'
        )),
        started_by jsonb not null,
        report_ids uuid[] not null,
        questionnaire_ids uuid[] not null,
        evidence_ids uuid[] not null,
        evidence_note text,
        assessment jsonb,
        assessed_by jsonb,
        assessed_at timestamptz,
        outcome text check (outcome in {_OUTCOMES}),
        decision_reason text,
        decided_by jsonb,
        decided_at timestamptz,
        closed_at timestamptz,
        next_review_on date,
        cancelled_because text,{_RECORD},
        check ((outcome is null) = (decided_by is null)),
        check ((outcome is not null) = (status in ('decided', 'closed'))),
        check ((cancelled_because is not null) = (status = 'cancelled'))
    )""",
    """create unique index vendor_review_is_the_only_open_one on vendor_reviews (org_id, vendor_id)
        where status not in ('closed', 'cancelled')""",
    "create index vendor_reviews_by_creation on vendor_reviews (org_id, created_at, id)",
    "create index vendor_reviews_by_update on vendor_reviews (org_id, updated_at, id)",
    "create index vendor_reviews_by_due_day on vendor_reviews (org_id, due_on, id)",
    "create index vendor_reviews_by_vendor on vendor_reviews (org_id, vendor_id, created_at)",
    f"""create table vendor_conditions (
        id uuid primary key,
        org_id uuid not null,
        vendor_id uuid not null references vendors,
        review_id uuid not null references vendor_reviews,
        text text not null,
        owner_id uuid not null,
        due_on date not null,
        status text not null check (status in ('open', 'met', 'withdrawn')),
        settled_by jsonb,
        settled_at timestamptz,
        settled_note text,
        evidence_ids uuid[] not null,
        overdue_told_for date,{_RECORD},
        check ((status = 'open') = (settled_by is null))
    )""",
    "create index vendor_conditions_by_due_day on vendor_conditions (org_id, due_on, id)",
    "create index vendor_conditions_by_creation on vendor_conditions (org_id, created_at, id)",
    "create index vendor_conditions_by_update on vendor_conditions (org_id, updated_at, id)",
    "create index vendor_conditions_by_vendor on vendor_conditions (org_id, vendor_id) where status = 'open'",
    "create index vendor_conditions_to_tell on vendor_conditions (due_on) where status = 'open'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "known_evidence")
    fence(op.execute, "risk", "vendors", worker_reads=True)
    fence(op.execute, "risk", "vendor_reviews")
    fence(op.execute, "risk", "vendor_conditions", worker_reads=True)
