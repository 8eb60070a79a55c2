"""Conclusions, opinions, nonconformities, areas of concern and certificates: the rows of the auditing party."""

from alembic import op

from services.audit.fences import FOLLOWED, OURS
from shared.data.platform import IN_ENGAGEMENT, IN_FIRM, fence, let_auditors_read

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

_FOLLOWED_UP = ("nonconformities", "areas_of_concern")
_NOUNS = ("conclusions", "opinions", "certificates", *_FOLLOWED_UP)
_TABLES = (
    f"""create table conclusions ({_ROW}
        about text not null check (about in ('criterion', 'commitment', 'subject_matter')),
        ref text not null,
        verdict text not null,
        reason text not null,
        matters jsonb not null,
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
    f"""create table nonconformities ({_ROW}
        client_id uuid not null,
        number integer not null,
        concern_id uuid,
        requirement text not null,
        grade text not null check (grade in ('major', 'minor')),
        statement text not null,
        evidence text not null,
        status text not null check (status in (
            'raised', 'acknowledged', 'plan_submitted', 'plan_accepted', 'evidence_submitted', 'verified', 'closed'
        )),
        plan jsonb,
        shown jsonb,
        verify_by date,
        verified_at timestamptz,
        history jsonb not null,{_RECORD},
        unique (engagement_id, number),
        constraint verified_nonconformities_say_when
            check ((status in ('verified', 'closed')) = (verified_at is not null))
    )""",
    f"""create table areas_of_concern ({_ROW}
        client_id uuid not null,
        number integer not null,
        requirement text not null,
        statement text not null,
        evidence text not null,
        status text not null check (status in ('noted', 'cleared', 'nonconformity')),
        answer jsonb,
        nonconformity_id uuid,
        history jsonb not null,{_RECORD},
        unique (engagement_id, number),
        constraint became_a_nonconformity check ((status = 'nonconformity') = (nonconformity_id is not null))
    )""",
    "create index areas_of_concern_by_requirement on areas_of_concern (engagement_id, requirement, id)",
    "create index areas_of_concern_of_client on areas_of_concern (client_id, created_at, id)",
    "create index nonconformities_by_requirement on nonconformities (engagement_id, requirement, id)",
    "create index nonconformities_of_client on nonconformities (client_id, created_at, id)",
    f"""create table certificates ({_ROW}
        client_id uuid not null,
        status text not null check (status in ('granted', 'refused', 'deferred', 'suspended', 'withdrawn')),
        scope text not null,
        soa_version text not null,
        decided_on date not null,
        valid_until date,
        surveillance_by date,
        decided_by jsonb not null,
        history jsonb not null,{_RECORD},
        constraint granted_certificates_have_days
            check ((status in ('refused', 'deferred')) = (valid_until is null and surveillance_by is null))
    )""",
    """create unique index certificate_is_granted_once on certificates (engagement_id)
        where status not in ('refused', 'deferred')""",
    "create index certificates_by_day on certificates (org_id, decided_on, id)",
    "create index certificates_of_client on certificates (client_id, created_at, id)",
    "create index certificates_of_body on certificates (org_id, created_at, id)",
    *(
        f"create index {table}_by_{name} on {table} (engagement_id, {column}, id)"
        for table in _NOUNS
        for name, column in (("creation", "created_at"), ("update", "updated_at"))
    ),
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in _NOUNS:
        fence(op.execute, "audit", table)
        followed = f"or engagement_id = {FOLLOWED}" if table in _FOLLOWED_UP else ""
        let_auditors_read(
            op.execute, "audit", table, f"org_id = {IN_FIRM} and (engagement_id = {IN_ENGAGEMENT} {followed})"
        )
    for table in ("certificates", *_FOLLOWED_UP):
        op.execute(f"create policy client on {table} for select to audit_app using (client_id = {OURS})")
