"""System descriptions, what they name, and what is known of commitments."""

from alembic import op

from services.audit.fences import CLIENT, READABLE
from shared.data.platform import fence, let_auditors_read

revision = "audit_0004"
down_revision = "audit_0003"

_RECORD = """
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null"""
_ENTRY = f"""
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        status text not null check (status in ('recorded', 'withdrawn')),{_RECORD}"""
_ENTRIES = ("user_entity_controls", "subservice_organisations", "system_incidents", "significant_changes")

_TABLES = (
    f"""create table user_entity_controls ({_ENTRY},
        code text not null,
        text text not null,
        criteria text[] not null check (cardinality(criteria) > 0)
    )""",
    """create unique index user_entity_control_code_is_its_own on user_entity_controls (engagement_id, code)
        where status = 'recorded'""",
    f"""create table significant_changes ({_ENTRY},
        title text not null,
        text text not null,
        changed_on date not null
    )""",
    f"""create table system_incidents ({_ENTRY},
        title text not null,
        nature text not null,
        began_at timestamptz not null,
        ended_at timestamptz,
        control_ids uuid[] not null,
        commitment_ids uuid[] not null,
        effect text not null,
        disposition text not null,
        constraint incident_ends_after_it_begins check (ended_at >= began_at),
        constraint incident_has_a_cause check (cardinality(control_ids) + cardinality(commitment_ids) > 0)
    )""",
    f"""create table subservice_organisations (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        vendor_id uuid,
        name text not null,
        services text not null,
        method text not null check (method in ('carve_out', 'inclusive')),
        controls jsonb not null,
        agreement jsonb,
        status text not null check (status in ('in_use', 'ended')),
        ended_on date,{_RECORD},
        constraint carved_out_ones_do_not_assert check (method = 'inclusive' or agreement is null),
        constraint included_ones_have_no_assumed_controls check (method = 'carve_out' or controls = '[]'),
        constraint ended_ones_say_when check ((status = 'ended') = (ended_on is not null))
    )""",
    *(
        f"create index {table}_by_{name} on {table} (org_id, {columns}, id)"
        for table in _ENTRIES
        for name, columns in (
            ("creation", "created_at"),
            ("update", "updated_at"),
            ("engagement", "engagement_id, created_at"),
        )
    ),
    f"""create table system_descriptions (
        id uuid primary key,
        org_id uuid not null,
        engagement_id uuid not null references engagements (id),
        number integer not null,
        texts jsonb not null,
        none_of text[] not null,
        criteria_not_relevant jsonb not null,
        status text not null check (status in ('draft', 'approved', 'superseded')),
        authors jsonb not null,
        approver jsonb,
        approved_at timestamptz,
        sha256 text,{_RECORD},
        unique (engagement_id, number),
        constraint approved_ones_say_what_and_by_whom check (
            (status = 'draft') = (approver is null)
            and (status = 'draft') = (approved_at is null)
            and (status = 'draft') = (sha256 is null)
        )
    )""",
    "create unique index description_draft_is_one on system_descriptions (engagement_id) where status = 'draft'",
    "create unique index description_approved_is_one on system_descriptions (engagement_id) where status = 'approved'",
    "create index descriptions_by_creation on system_descriptions (org_id, created_at, id)",
    "create index descriptions_by_update on system_descriptions (org_id, updated_at, id)",
    """create table approved_contents (
        org_id uuid not null,
        description_id uuid primary key references system_descriptions (id),
        content jsonb not null
    )""",
    """create table known_commitments (
        org_id uuid not null,
        id uuid not null,
        programme_id uuid not null,
        kind text not null,
        text text not null,
        criteria text[] not null,
        withdrawn boolean not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_vendors (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        version integer not null,
        primary key (org_id, id)
    )""",
    "create index known_commitments_of_programme on known_commitments (org_id, programme_id, id) where not withdrawn",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in (*_ENTRIES, "system_descriptions", "approved_contents", "known_commitments", "known_vendors"):
        fence(op.execute, "audit", table)
    # What was approved never changes.
    op.execute("revoke update on approved_contents from audit_app")
    for table in _ENTRIES:
        let_auditors_read(op.execute, "audit", table, f"engagement_id = {READABLE}")
    # Management's drafts are its own.
    shown = f"engagement_id = {READABLE} and status <> 'draft'"
    let_auditors_read(op.execute, "audit", "system_descriptions", shown)
    let_auditors_read(op.execute, "audit", "approved_contents", f"org_id = {CLIENT}")
    let_auditors_read(op.execute, "audit", "known_commitments", f"org_id = {CLIENT}")
    # Of the client's vendors, those that the description ties to its subservice organisations.
    tied = f"org_id = {CLIENT} and id in (select vendor_id from subservice_organisations)"
    let_auditors_read(op.execute, "audit", "known_vendors", tied, columns=("org_id", "id", "code", "title"))
