"""Assets, and where their relations are found."""

from alembic import op

from shared.data.platform import fence, let_auditors_read, of_engagement

revision = "risk_0004"
down_revision = "risk_0003"

_TABLES = (
    """create table assets (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        kind text not null check (kind in (
            'service', 'application', 'infrastructure', 'network', 'device', 'data', 'location', 'process', 'people',
            'organisation'
        )),
        description text,
        owner_id uuid not null,
        classification text not null check (classification in ('public', 'internal', 'confidential', 'restricted')),
        personal_data boolean not null,
        relations jsonb not null,
        control_ids uuid[] not null,
        status text not null check (status in ('proposed', 'active', 'retired')),
        retired_because text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint asset_code_is_unique unique (org_id, code),
        check ((status = 'retired') = (retired_because is not null))
    )""",
    "create index assets_by_code on assets (org_id, code, id)",
    "create index assets_by_creation on assets (org_id, created_at, id)",
    "create index assets_by_update on assets (org_id, updated_at, id)",
    "create index assets_by_owner on assets (org_id, owner_id)",
    """create table asset_relations (
        org_id uuid not null,
        asset_id uuid not null,
        kind text not null,
        other_id uuid not null,
        primary key (asset_id, kind, other_id)
    )""",
    "create index asset_relations_by_other on asset_relations (org_id, other_id, kind)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    fence(op.execute, "risk", "assets")
    fence(op.execute, "risk", "asset_relations", delete=True)
    # An auditor reads what the assets are called that the risks in scope name, and nothing else of them.
    named = f"org_id = {of_engagement('org_id')} and id in (select unnest(asset_ids) from risks)"
    let_auditors_read(op.execute, "risk", "assets", named, columns=("org_id", "id", "code", "title"))
