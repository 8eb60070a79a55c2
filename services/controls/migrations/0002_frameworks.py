"""Frameworks, with those that come with Attest; controls and programmes refer to them, no longer to SOC 2 alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

from shared.clock import new_id
from shared.data.platform import fence, share, unfenced
from shared.identity.callers import PLATFORM

revision = "controls_0002"
down_revision = "controls_0001"

_SHIPPED = Path(__file__).parents[1] / "shipped"
_VERSIONS = (
    "soc2-2017-2022.json",
    "iso27001-2022.json",
    "nist-csf-2.0.json",
    "nist-sp800-53-5.2.0.json",
    "nist-sp800-171-r3.json",
)

_TABLES = (
    """create table frameworks (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        publisher text not null,
        scheme text not null check (scheme in ('soc2', 'soc1', 'iso27001', 'other')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint framework_code_is_unique unique (org_id, code)
    )""",
    "create index frameworks_by_creation on frameworks (org_id, created_at, id)",
    """create table framework_versions (
        id uuid primary key,
        org_id uuid not null,
        framework_id uuid not null references frameworks,
        label text not null,
        origin text not null check (origin in ('shipped', 'oscal', 'profile', 'json', 'csv')),
        categories jsonb not null,
        requirement_count integer not null,
        document text,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint framework_version_label_is_unique unique (org_id, framework_id, label)
    )""",
    "create index framework_versions_by_creation on framework_versions (org_id, created_at, id)",
    """create table requirements (
        id uuid primary key,
        org_id uuid not null,
        version_id uuid not null references framework_versions,
        ref text not null,
        title text not null,
        text text,
        kind text not null,
        group_ref text not null,
        group_title text not null,
        categories text[] not null,
        parent_ref text,
        position integer not null,
        assessed boolean not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint requirement_ref_is_unique unique (version_id, ref)
    )""",
    "create index requirements_by_position on requirements (version_id, position, id)",
    "create index requirements_by_ref on requirements (ref)",
)

_CHANGES = (
    "alter table controls rename column criteria to requirements",
    """update controls set requirements = array(
        select 'soc2:' || each from unnest(requirements) with ordinality as old (each, n) order by n
    )""",
    """alter table programmes
        add framework_version_id uuid references framework_versions,
        add requirements_in_scope integer,
        drop constraint programmes_report_type_check,
        drop constraint programmes_categories_check,
        add constraint programmes_report_type_check check (report_type in (
            'soc2_type1', 'soc2_type2', 'soc1_type1', 'soc1_type2', 'iso27001_certification', 'self_assessment'
        ))""",
    """update programmes set framework_version_id = v.id, requirements_in_scope = (
        select count(*) from requirements r where r.version_id = v.id and r.categories && programmes.categories
    ) from framework_versions v join frameworks f on f.id = v.framework_id where f.code = 'soc2'""",
    "alter table programmes alter framework_version_id set not null, alter requirements_in_scope set not null",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for name in _VERSIONS:
        _load(json.loads((_SHIPPED / name).read_text(encoding="utf-8")))
    with unfenced(op.execute, "controls", "programmes"):
        for statement in _CHANGES:
            op.execute(statement)
    for table in ("frameworks", "framework_versions", "requirements"):
        fence(op.execute, "controls", table)
        share(op.execute, "controls", table)


def _load(shipped: Mapping[str, Any]) -> None:
    framework, version = new_id(), new_id()
    entries = shipped["requirements"]
    about = {name: shipped[name] for name in ("code", "title", "publisher", "scheme")}
    _insert("frameworks", [{"id": framework, **about}])
    pinned = {
        "id": version,
        "framework_id": framework,
        "label": shipped["label"],
        "origin": "shipped",
        "categories": json.dumps(shipped["categories"]),
        "requirement_count": sum(each.get("assessed", True) for each in entries),
    }
    _insert("framework_versions", [pinned])
    _insert("requirements", [_requirement(each, version, position) for position, each in enumerate(entries)])


def _requirement(entry: Mapping[str, Any], version: Any, position: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version_id": version,
        "ref": entry["ref"],
        "title": entry["title"],
        "text": entry.get("text"),
        "kind": entry["kind"],
        "group_ref": entry["group"],
        "group_title": entry["group_title"],
        "categories": entry.get("categories", []),
        "parent_ref": entry.get("parent"),
        "position": position,
        "assessed": entry.get("assessed", True),
    }


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    common = {"org_id": PLATFORM, "version": 1}
    names = [*rows[0], *common]
    places = ", ".join(f":{name}" for name in names)
    statement = f"insert into {table} ({', '.join(names)}, created_at, updated_at) values ({places}, now(), now())"  # noqa: S608 - names of our own
    op.get_bind().execute(text(statement), [{**row, **common} for row in rows])
