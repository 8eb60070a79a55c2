"""Methods, risks and what they are answered by, ratings, and what is known of controls."""

from alembic import op

from shared.data.platform import fence

revision = "risk_0002"
down_revision = "risk_0001"

_TABLES = (
    """create table methods (
        id uuid primary key,
        org_id uuid not null,
        title text not null,
        preset text,
        likelihood jsonb not null,
        impact jsonb not null,
        levels jsonb not null,
        matrix jsonb not null,
        appetite jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint method_is_the_only_one check (id = org_id)
    )""",
    """create table risks (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        scenario jsonb not null,
        category text not null,
        owner_id uuid not null,
        treatment text not null check (treatment in ('mitigate', 'avoid', 'transfer')),
        controls jsonb not null,
        inherent_likelihood integer not null check (inherent_likelihood between 1 and 7),
        inherent_impact integer not null check (inherent_impact between 1 and 7),
        inherent_level text not null,
        residual_likelihood integer not null,
        residual_impact integer not null,
        residual_level text not null,
        level_rank integer not null,
        appetite text not null,
        within_appetite boolean not null,
        reasons text[] not null,
        rated_at timestamptz not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint risk_code_is_unique unique (org_id, code),
        constraint controls_never_raise_likelihood check (residual_likelihood between 1 and inherent_likelihood),
        constraint controls_never_raise_impact check (residual_impact between 1 and inherent_impact)
    )""",
    "create index risks_by_code on risks (org_id, code, id)",
    "create index risks_by_level on risks (org_id, level_rank, id)",
    "create index risks_by_creation on risks (org_id, created_at, id)",
    "create index risks_by_owner on risks (org_id, owner_id)",
    "create index risks_by_update on risks (org_id, updated_at, id)",
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
        inherent_likelihood integer not null,
        inherent_impact integer not null,
        inherent_level text not null,
        residual_likelihood integer not null,
        residual_impact integer not null,
        residual_level text not null,
        level_rank integer not null,
        appetite text not null,
        within_appetite boolean not null,
        reasons text[] not null,
        method_version integer not null
    )""",
    "create index ratings_by_risk on ratings (org_id, risk_id, rated_at, id)",
    """create table known_controls (
        org_id uuid not null,
        id uuid not null,
        code text not null,
        title text not null,
        retired boolean not null,
        control_version integer not null,
        health text not null check (health in ('unknown', 'healthy', 'at_risk', 'failing')),
        reasons text[] not null,
        health_version integer not null,
        primary key (org_id, id)
    )""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("methods", "risks", "ratings", "known_controls"):
        fence(op.execute, "risk", table)
    fence(op.execute, "risk", "risk_answers", delete=True)
    op.execute("revoke update on ratings from risk_app")
