"""Crosswalks and their entries, with those that come with Attest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

from shared.clock import new_id
from shared.data.platform import fence, share
from shared.identity.callers import PLATFORM

revision = "controls_0003"
down_revision = "controls_0002"

_SHIPPED = Path(__file__).parents[1] / "shipped"
_CROSSWALKS = (
    "crosswalk-nist-csf-iso27001.json",
    "crosswalk-soc2-iso27001.json",
    "crosswalk-soc2-sp800-53.json",
    "crosswalk-sp800-53-iso27001.json",
)

_TABLES = (
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
    for name in _CROSSWALKS:
        _load(json.loads((_SHIPPED / name).read_text(encoding="utf-8")))
    for table in ("crosswalks", "crosswalk_entries"):
        fence(op.execute, "controls", table)
        share(op.execute, "controls", table)


def _load(shipped: Mapping[str, Any]) -> None:
    crosswalk = new_id()
    about = {name: shipped[name] for name in ("code", "title", "source", "target", "origin")}
    _insert("crosswalks", [{"id": crosswalk, **about}])
    entries = [
        {
            "id": new_id(),
            "crosswalk_id": crosswalk,
            "source": f"{shipped['source']}:{source}",
            "target": f"{shipped['target']}:{target}",
            "relation": shipped["relation"],
        }
        for source, target in shipped["entries"]
    ]
    _insert("crosswalk_entries", entries)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    common = {"org_id": PLATFORM, "status": "active", "version": 1}
    names = [*rows[0], *common]
    places = ", ".join(f":{name}" for name in names)
    statement = f"insert into {table} ({', '.join(names)}, created_at, updated_at) values ({places}, now(), now())"  # noqa: S608 - names of our own
    op.get_bind().execute(text(statement), [{**row, **common} for row in rows])
