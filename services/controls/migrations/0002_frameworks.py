"""Frameworks with their versions, requirements and documents, and crosswalks; with those that come with Attest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import text

from shared.clock import new_id
from shared.data.platform import fence, share
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
_CROSSWALKS = (
    "crosswalk-nist-csf-iso27001.json",
    "crosswalk-soc2-iso27001.json",
    "crosswalk-soc2-sp800-53.json",
    "crosswalk-sp800-53-iso27001.json",
)

_TABLES = (
    """create table frameworks (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        publisher text not null,
        scheme text not null check (scheme in ('soc2', 'soc1', 'iso27001', 'other')),
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    "create unique index framework_code_is_unique on frameworks (org_id, code) where status = 'active'",
    "create index frameworks_by_code on frameworks (org_id, code, id)",
    "create index frameworks_by_creation on frameworks (org_id, created_at, id)",
    "create index frameworks_by_update on frameworks (org_id, updated_at, id)",
    """create table framework_versions (
        id uuid primary key,
        org_id uuid not null,
        framework_id uuid not null references frameworks,
        label text not null,
        origin text not null check (origin in ('shipped', 'oscal', 'profile', 'json', 'csv')),
        categories jsonb not null,
        requirement_count integer not null,
        media_type text,
        size integer,
        sha256 text,
        bases uuid[] not null,
        remarks jsonb not null,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint framework_version_has_its_document check (
            (origin = 'shipped') = (media_type is null) and (media_type is null) = (size is null)
            and (media_type is null) = (sha256 is null)
        )
    )""",
    """create unique index framework_version_label_is_unique on framework_versions (org_id, framework_id, label)
        where status = 'active'""",
    "create index framework_versions_by_creation on framework_versions (org_id, created_at, id)",
    "create index framework_versions_by_update on framework_versions (org_id, updated_at, id)",
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
        oscal_id text,
        assertions text[] not null check (
            assertions <@ array['existence', 'occurrence', 'completeness', 'accuracy', 'valuation', 'cutoff',
                                'classification', 'rights_and_obligations', 'presentation']
        ),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint requirement_ref_is_unique unique (version_id, ref)
    )""",
    "create index requirements_by_position on requirements (version_id, position, id)",
    "create index requirements_by_update on requirements (version_id, updated_at, id)",
    "create index requirements_by_ref on requirements (ref)",
    """create table framework_documents (
        org_id uuid not null,
        version_id uuid not null references framework_versions,
        number integer not null,
        content bytea not null,
        primary key (version_id, number)
    )""",
    # JSON and CSV compress well, but slowly; what is read once in a while is kept as it came.
    "alter table framework_documents alter content set storage external",
    """create table crosswalks (
        id uuid primary key,
        org_id uuid not null,
        code text not null,
        title text not null,
        source text not null,
        target text not null check (target <> source),
        origin text not null,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint crosswalk_code_is_unique unique (org_id, code)
    )""",
    "create index crosswalks_by_creation on crosswalks (org_id, created_at, id)",
    "create index crosswalks_by_update on crosswalks (org_id, updated_at, id)",
    """create table crosswalk_entries (
        id uuid primary key,
        org_id uuid not null,
        crosswalk_id uuid not null references crosswalks,
        source text not null,
        target text not null,
        relation text not null check (
            relation in ('equal', 'subset_of', 'superset_of', 'intersects_with', 'related')
        ),
        strength integer check (strength between 1 and 10),
        basis text check (basis in ('syntactic', 'semantic', 'functional')),
        rationale text,
        status text not null check (status in ('active', 'withdrawn')),
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )""",
    """create unique index crosswalk_entry_is_written_once on crosswalk_entries (crosswalk_id, source, target)
        where status = 'active'""",
    "create index crosswalk_entries_by_source on crosswalk_entries (org_id, source, id)",
    "create index crosswalk_entries_by_creation on crosswalk_entries (org_id, created_at, id)",
    "create index crosswalk_entries_by_update on crosswalk_entries (org_id, updated_at, id)",
    "create index crosswalk_entries_of_crosswalk on crosswalk_entries (crosswalk_id, source, id)",
    "create index crosswalk_entries_from on crosswalk_entries (source)",
    "create index crosswalk_entries_to on crosswalk_entries (target)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for name in _VERSIONS:
        _load_framework(_shipped(name))
    for name in _CROSSWALKS:
        _load_crosswalk(_shipped(name))
    # A version that was never pinned can be withdrawn, which deletes its contents.
    for table in ("requirements", "framework_documents"):
        fence(op.execute, "controls", table, delete=True)
    for table in ("frameworks", "framework_versions", "crosswalks", "crosswalk_entries"):
        fence(op.execute, "controls", table)
    for table in ("frameworks", "framework_versions", "requirements", "crosswalks", "crosswalk_entries"):
        share(op.execute, "controls", table)


def _shipped(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((_SHIPPED / name).read_text(encoding="utf-8"))
    return document


def _load_framework(shipped: Mapping[str, Any]) -> None:
    framework, version, entries = new_id(), new_id(), shipped["requirements"]
    active = {"status": "active"}
    about = {name: shipped[name] for name in ("code", "title", "publisher", "scheme")}
    _insert("frameworks", [{"id": framework, **about, **active}])
    _insert(
        "framework_versions",
        [
            {
                "id": version,
                "framework_id": framework,
                "label": shipped["label"],
                "origin": "shipped",
                "categories": json.dumps(shipped["categories"]),
                "requirement_count": sum(entry.get("assessed", True) for entry in entries),
                "bases": [],
                "remarks": "[]",
                **active,
            }
        ],
    )
    common = {"version_id": version, "framework": shipped["code"]}
    _insert("requirements", [_requirement(**common, position=n, entry=entry) for n, entry in enumerate(entries)])


def _requirement(version_id: UUID, framework: str, position: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version_id": version_id,
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
        "oscal_id": _oscal_id(framework, entry["ref"]),
        "assertions": [],
    }


def _oscal_id(framework: str, ref: str) -> str | None:
    """Return the id that NIST's own OSCAL catalogue gives a control, by which NIST's profiles select it."""
    match framework:
        case "sp800-53":
            return ref.replace("(", ".").replace(")", "").lower()
        case "sp800-171":
            return f"SP_800_171_{ref}"
        case "nist-csf":
            return ref
        case _:
            return None


def _load_crosswalk(shipped: Mapping[str, Any]) -> None:
    crosswalk, active = new_id(), {"status": "active"}
    about = {name: shipped[name] for name in ("code", "title", "source", "target", "origin")}
    _insert("crosswalks", [{"id": crosswalk, **about, **active}])
    entries = []
    for source, target, *judged in shipped["entries"]:
        # A source that says only that the two are related says it once, for all of its pairs.
        relation, strength, basis, rationale = judged or (shipped["relation"], None, None, None)
        entries.append(
            {
                "id": new_id(),
                "crosswalk_id": crosswalk,
                "source": f"{shipped['source']}:{source}",
                "target": f"{shipped['target']}:{target}",
                "relation": relation,
                "strength": strength,
                "basis": basis,
                "rationale": rationale,
                **active,
            }
        )
    _insert("crosswalk_entries", entries)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    common = {"org_id": PLATFORM, "version": 1}
    names = [*rows[0], *common]
    places = ", ".join(f":{name}" for name in names)
    statement = f"insert into {table} ({', '.join(names)}, created_at, updated_at) values ({places}, now(), now())"
    op.get_bind().execute(text(statement), [{**row, **common} for row in rows])
