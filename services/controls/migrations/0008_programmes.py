"""Programmes with commitments, scope decisions, adopted mappings, Statements of Applicability, and upgrades."""

from alembic import op

from shared.data.platform import fence

revision = "controls_0008"
down_revision = "controls_0007"

_TABLES = (
    """create table programmes (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        report_type text not null check (report_type in (
            'soc2_type1', 'soc2_type2', 'soc1_type1', 'soc1_type2', 'iso27001_certification', 'self_assessment'
        )),
        framework_version_id uuid not null references framework_versions,
        categories text[] not null,
        requirements_in_scope integer not null,
        system jsonb,
        isms_scope jsonb,
        owner_id uuid not null,
        target_date date not null,
        as_of_date date,
        period_start date,
        period_end date,
        status text not null check (status in ('active', 'completed', 'withdrawn')),
        closed_at timestamptz,
        closed_because text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint type1_is_as_of_a_date check (
            (report_type in ('soc2_type1', 'soc1_type1')) = (as_of_date is not null)
        ),
        constraint type2_is_over_a_period check (
            case when report_type in ('soc2_type2', 'soc1_type2') then period_start is not null
                when report_type in ('soc2_type1', 'soc1_type1') then period_start is null
                else true end
        ),
        constraint period_has_two_ends check ((period_start is null) = (period_end is null)),
        constraint period_ends_after_it_starts check (period_start < period_end),
        constraint programme_has_one_kind_of_scope check (num_nonnulls(system, isms_scope) < 2),
        constraint programme_is_closed_with_a_reason check (
            (status = 'active') = (closed_at is null) and (closed_at is null) = (closed_because is null)
        )
    )""",
    "create index programmes_by_creation on programmes (org_id, created_at, id)",
    "create index programmes_by_title on programmes (org_id, title, id)",
    "create index programmes_by_update on programmes (org_id, updated_at, id)",
    """create table commitments (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        kind text not null check (kind in ('service_commitment', 'system_requirement')),
        text text not null,
        source text not null check (source in ('contract', 'sla', 'terms', 'law', 'internal_policy')),
        source_reference text,
        criteria text[] not null check (cardinality(criteria) > 0),
        status text not null check (status in ('in_force', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index commitments_by_creation on commitments (org_id, created_at, id)",
    "create index commitments_by_update on commitments (org_id, updated_at, id)",
    "create index commitments_of_programme on commitments (org_id, programme_id, created_at, id)",
    """create table interested_parties (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        name text not null,
        requirements jsonb not null,
        status text not null check (status in ('relevant', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index interested_parties_by_creation on interested_parties (org_id, created_at, id)",
    "create index interested_parties_by_update on interested_parties (org_id, updated_at, id)",
    "create index interested_parties_of_programme on interested_parties (org_id, programme_id, created_at, id)",
    """create table security_objectives (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        title text not null,
        measure text not null,
        plan text not null,
        owner_id uuid not null,
        due_on date not null,
        evaluation text not null,
        status text not null check (status in ('in_force', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create index security_objectives_by_creation on security_objectives (org_id, created_at, id)",
    "create index security_objectives_by_update on security_objectives (org_id, updated_at, id)",
    "create index security_objectives_of_programme on security_objectives (org_id, programme_id, created_at, id)",
    """create table known_risks (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        status text not null,
        treatment text not null,
        treatment_version integer not null,
        controls uuid[] not null,
        risk_version integer not null,
        identified_at timestamptz,
        identified_version integer not null,
        rated_at timestamptz,
        rated_version integer not null,
        primary key (org_id, id)
    )""",
    """create table known_engagements (
        org_id uuid not null,
        id uuid not null,
        programme_id uuid,
        kind text not null,
        title text not null,
        firm_id uuid,
        readable boolean not null,
        phase text not null,
        categories text[] not null,
        control_ids uuid[] not null,
        covers_from timestamptz not null,
        covers_until timestamptz not null,
        proposed_at timestamptz not null,
        accepted_at timestamptz,
        fieldwork_at timestamptz,
        issued_at timestamptz,
        version integer not null,
        primary key (org_id, id)
    )""",
    """create index known_engagements_of_programme on known_engagements (org_id, programme_id)
        where programme_id is not null""",
    """create table scope_decisions (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        requirement text not null,
        relevant boolean not null,
        reason text not null,
        grounds text[] not null check (grounds <@ array['risk', 'law', 'contract', 'practice']),
        risks text[] not null,
        status text not null check (status in ('proposed', 'in_force', 'withdrawn')),
        author jsonb not null,
        approver jsonb check (approver #>> '{person,id}' <> author #>> '{person,id}'),
        in_force_since timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint exclusion_in_force_is_approved check (
            relevant or status <> 'in_force' or approver is not null
        )
    )""",
    """create unique index scope_decision_is_one_at_a_time on scope_decisions (programme_id, requirement)
        where status <> 'withdrawn'""",
    "create index scope_decisions_by_creation on scope_decisions (org_id, created_at, id)",
    "create index scope_decisions_by_update on scope_decisions (org_id, updated_at, id)",
    "create index scope_decisions_of_programme on scope_decisions (org_id, programme_id, created_at, id)",
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
        implemented integer not null,
        partly integer not null,
        lines_approved integer not null,
        status text not null check (status in ('draft', 'approved', 'superseded', 'withdrawn')),
        author jsonb not null,
        approver jsonb check (approver #>> '{person,id}' <> author #>> '{person,id}'),
        approved_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (implemented + partly <= applicable),
        constraint statement_number_is_unique unique (programme_id, number),
        constraint approved_statement_has_approved_lines check (
            status in ('draft', 'withdrawn') or lines_approved = applicable + excluded
        ),
        constraint statement_in_force_is_approved check (
            (approver is null) = (approved_at is null) and (approver is null) = (status in ('draft', 'withdrawn'))
        )
    )""",
    """create table statement_line_approvals (
        org_id uuid not null,
        statement_id uuid not null references statements_of_applicability,
        ref text not null,
        approver jsonb not null,
        approved_at timestamptz not null,
        primary key (statement_id, ref)
    )""",
    """create unique index statement_in_force_is_one on statements_of_applicability (programme_id)
        where status = 'approved'""",
    "create index statements_by_creation on statements_of_applicability (org_id, created_at, id)",
    "create index statements_by_update on statements_of_applicability (org_id, updated_at, id)",
    """create table upgrades (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        status text not null check (status in ('done', 'rolled_back')),
        from_version_id uuid not null references framework_versions,
        to_version_id uuid not null references framework_versions,
        categories_before text[] not null,
        categories_after text[] not null,
        in_scope_before integer not null,
        in_scope_after integer not null,
        counts jsonb not null,
        upgraded_by jsonb not null,
        rolled_back_at timestamptz,
        rolled_back_by jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (from_version_id <> to_version_id),
        check ((status = 'rolled_back') = (rolled_back_at is not null)),
        check ((rolled_back_at is null) = (rolled_back_by is null))
    )""",
    """create table upgrade_effects (
        org_id uuid not null,
        upgrade_id uuid primary key references upgrades,
        effect jsonb not null
    )""",
    """create table adoptions (
        id uuid primary key,
        org_id uuid not null,
        programme_id uuid not null references programmes,
        framework text not null,
        status text not null check (status in ('done', 'rolled_back')),
        mappings integer not null check (mappings > 0),
        adopted_by jsonb not null,
        rolled_back_at timestamptz,
        rolled_back_by jsonb,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((status = 'rolled_back') = (rolled_back_at is not null)),
        check ((rolled_back_at is null) = (rolled_back_by is null))
    )""",
    "create index adoptions_by_creation on adoptions (org_id, created_at, id)",
    "create index adoptions_by_update on adoptions (org_id, updated_at, id)",
    "create index adoptions_of_programme on adoptions (org_id, programme_id, created_at, id)",
    """create table adopted_mappings (
        id uuid primary key,
        org_id uuid not null,
        adoption_id uuid not null references adoptions,
        control_id uuid not null references controls,
        framework text not null,
        requirement text not null,
        via text not null check (via <> requirement),
        entry_id uuid not null references crosswalk_entries,
        crosswalk text not null,
        relation text not null check (
            relation in ('equal', 'subset_of', 'superset_of', 'intersects_with', 'related')
        ),
        strength integer check (strength between 1 and 10),
        reason text,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create unique index mapping_is_adopted_once on adopted_mappings (control_id, requirement)
        where status = 'active'""",
    "create index adopted_mappings_by_creation on adopted_mappings (org_id, created_at, id)",
    "create index adopted_mappings_by_update on adopted_mappings (org_id, updated_at, id)",
    "create index adopted_mappings_of_adoption on adopted_mappings (org_id, adoption_id, created_at, id)",
    "create index adopted_mappings_of_control on adopted_mappings (org_id, control_id, created_at, id)",
    "create index adopted_mappings_to_requirement on adopted_mappings (org_id, requirement, created_at, id)",
    "create index adopted_mappings_in_use on adopted_mappings (org_id, framework) where status = 'active'",
    "create index upgrades_by_creation on upgrades (org_id, created_at, id)",
    "create index upgrades_by_change on upgrades (org_id, updated_at, id)",
    "create index upgrades_by_programme on upgrades (programme_id, created_at, id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in (
        "programmes",
        "commitments",
        "interested_parties",
        "security_objectives",
        "known_risks",
        "known_engagements",
        "scope_decisions",
        "statements_of_applicability",
        "statement_line_approvals",
        "upgrades",
        "upgrade_effects",
        "adoptions",
        "adopted_mappings",
    ):
        fence(op.execute, "controls", table)
    # Nothing changes a statement once it is written but its status and who approved it and its lines.
    op.execute("revoke update on statements_of_applicability from controls_app")
    op.execute(
        "grant update (status, approver, approved_at, lines_approved, version, updated_at)"
        " on statements_of_applicability to controls_app"
    )
    op.execute("revoke update on statement_line_approvals from controls_app")
