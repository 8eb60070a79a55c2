"""Versions of the method and what they would change, risks and what they are answered by, ratings, known controls."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0002"
down_revision = "risk_0001"

_TABLES = (
    """create table methods (
        id uuid primary key,
        org_id uuid not null,
        number integer not null,
        title text not null,
        preset text,
        terms jsonb not null,
        warnings text[] not null,
        status text not null check (status in ('draft', 'previewed', 'in_force', 'replaced', 'discarded')),
        authored_by jsonb not null,
        preview jsonb,
        preview_digest text,
        previewed_at timestamptz,
        put_in_force_by jsonb,
        put_in_force_at timestamptz,
        replaced_at timestamptz,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint method_number_is_unique unique (org_id, number),
        constraint previewed_with_digest check ((previewed_at is null) = (preview_digest is null)),
        constraint in_force_since check ((status in ('in_force', 'replaced')) = (put_in_force_at is not null))
    )""",
    "create unique index one_method_in_force on methods (org_id) where status = 'in_force'",
    "create index methods_by_update on methods (org_id, updated_at, id)",
    """create table method_moves (
        id uuid primary key,
        org_id uuid not null,
        method_id uuid not null,
        risk_id uuid not null,
        risk_code text not null,
        risk_title text not null,
        level_before text not null,
        level_after text not null,
        direction text not null check (direction in ('up', 'down', 'same')),
        standing_before text not null,
        standing_after text not null,
        likelihood_before integer not null,
        impact_before integer not null,
        likelihood_after integer not null,
        impact_after integer not null
    )""",
    "create index method_moves_by_code on method_moves (org_id, method_id, risk_code, id)",
    """create table risks (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        scenario jsonb not null,
        affects text[] not null,
        category text not null,
        owner_id uuid not null,
        owner_agreed_at timestamptz,
        status text not null check (status in ('proposed', 'open', 'closed')),
        treatment text not null check (treatment in ('accept', 'avoid', 'mitigate', 'transfer', 'untreated')),
        controls jsonb not null,
        asset_ids uuid[] not null,
        links jsonb not null,
        likelihood_from jsonb,
        inherent_likelihood integer not null check (inherent_likelihood between 1 and 7),
        inherent_impact integer not null check (inherent_impact between 1 and 7),
        inherent_level text not null,
        computed_likelihood integer not null,
        computed_impact integer not null,
        computed_level text not null,
        override jsonb,
        current_likelihood integer not null,
        current_impact integer not null,
        current_level text not null,
        target_likelihood integer,
        target_impact integer,
        target_level text,
        level_rank integer not null,
        appetite text not null,
        tolerance text not null,
        capacity text not null,
        standing text not null check (
            standing in ('within_appetite', 'above_appetite', 'above_tolerance', 'above_capacity')
        ),
        within_appetite boolean not null,
        reasons text[] not null,
        method_number integer not null,
        rated_at timestamptz not null,
        assessment_id uuid,
        live_treatments uuid[] not null,
        acceptance_id uuid,
        closed_at timestamptz,
        closed_by jsonb,
        close_reason text check (close_reason in ('avoided', 'no_longer_relevant', 'merged')),
        close_note text,
        merged_into uuid,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint risk_code_is_unique unique (org_id, code),
        constraint controls_never_raise_likelihood check (computed_likelihood between 1 and inherent_likelihood),
        constraint controls_never_raise_impact check (computed_impact between 1 and inherent_impact),
        constraint current_is_computed_or_overridden check (
            override is not null
            or (current_likelihood = computed_likelihood and current_impact = computed_impact)
        ),
        constraint target_is_whole check (
            (target_likelihood is null) = (target_impact is null)
            and (target_likelihood is null) = (target_level is null)
        ),
        constraint closed_for_a_reason check (
            (status = 'closed') = (closed_at is not null) and (closed_at is null) = (close_reason is null)
            and coalesce(close_reason = 'merged', false) = (merged_into is not null)
        )
    )""",
    "create index risks_by_code on risks (org_id, code, id)",
    "create index risks_by_level on risks (org_id, level_rank, id)",
    "create index risks_by_creation on risks (org_id, created_at, id)",
    "create index risks_by_owner on risks (org_id, owner_id)",
    "create index risks_by_update on risks (org_id, updated_at, id)",
    "create index risks_by_merger on risks (org_id, merged_into) where merged_into is not null",
    """create table risk_answers (
        risk_id uuid not null, control_id uuid not null, org_id uuid not null, primary key (risk_id, control_id)
    )""",
    "create index risk_answers_by_control on risk_answers (org_id, control_id, risk_id)",
    """create table ratings (
        id uuid primary key,
        org_id uuid not null,
        risk_id uuid not null,
        rated_at timestamptz not null,
        rated_by jsonb not null,
        reason text not null,
        assessment_id uuid,
        inherent_likelihood integer not null,
        inherent_impact integer not null,
        inherent_level text not null,
        computed_likelihood integer not null,
        computed_impact integer not null,
        computed_level text not null,
        override_id uuid,
        current_likelihood integer not null,
        current_impact integer not null,
        current_level text not null,
        target_likelihood integer,
        target_impact integer,
        target_level text,
        level_rank integer not null,
        appetite text not null,
        tolerance text not null,
        capacity text not null,
        standing text not null,
        within_appetite boolean not null,
        reasons text[] not null,
        method_number integer not null
    )""",
    "create index ratings_by_risk on ratings (org_id, risk_id, rated_at, id)",
    """create table risk_overrides (
        id uuid primary key,
        org_id uuid not null,
        risk_id uuid not null,
        likelihood integer not null check (likelihood between 1 and 7),
        impact integer not null check (impact between 1 and 7),
        level text not null,
        reason text not null,
        expires_at timestamptz not null,
        status text not null check (
            status in ('proposed', 'in_force', 'declined', 'expired', 'revoked', 'overtaken')
        ),
        proposed_by jsonb not null,
        approvals jsonb not null,
        basis jsonb,
        in_force_at timestamptz,
        ended_at timestamptz,
        ended_by jsonb,
        end_reason text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint override_rests_on_facts check ((in_force_at is null) = (basis is null)),
        constraint override_ends_once check ((status in ('proposed', 'in_force')) = (ended_at is null))
    )""",
    "create unique index one_live_override on risk_overrides (org_id, risk_id) where ended_at is null",
    "create index risk_overrides_by_creation on risk_overrides (org_id, created_at, id)",
    "create index risk_overrides_by_end on risk_overrides (org_id, expires_at, id)",
    "create index risk_overrides_by_update on risk_overrides (org_id, updated_at, id)",
    "create index risk_overrides_due on risk_overrides (expires_at) where ended_at is null",
    """create table known_controls (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        retired boolean not null,
        control_version integer not null,
        health text not null check (health in ('unknown', 'healthy', 'at_risk', 'failing')),
        reasons text[] not null,
        in_operation boolean not null,
        health_version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("methods", "risks", "ratings", "known_controls"):
        fence(op.execute, "risk", table)
    fence(op.execute, "risk", "risk_overrides", worker_reads=True)
    for table in ("method_moves", "risk_answers"):
        fence(op.execute, "risk", table, delete=True)
    op.execute("revoke update on ratings from risk_app")
