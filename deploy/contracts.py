"""`python -m deploy.contracts [--check]`: writes what is derived from the code, or fails where it is out of step.

The OpenAPI contract of each service beside it, the merged one and the AsyncAPI document in the gateway, and the tables
of events, permissions and problems in `docs/`.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from deploy.auditors import shown_to_auditors
from services.audit.app import SERVICE as AUDIT
from services.controls.app import SERVICE as CONTROLS
from services.evidence.app import SERVICE as EVIDENCE
from services.gateway.app import SERVICE as GATEWAY
from services.gateway.handlers import ABOUT_THINGS
from services.integrations.app import SERVICE as INTEGRATIONS
from services.risk.app import SERVICE as RISK
from shared.events.asyncapi import asyncapi, summary_of
from shared.events.event import CATALOGUE
from shared.http.contract import contract
from shared.http.operations import AUDITORS, OPERATING
from shared.identity.permissions import Permission
from shared.identity.roles import GRANTS, Role
from shared.identity.team_roles import TEAM_GRANTS, TeamRole
from shared.problems import Problem
from shared.service import describe
from shared.version import LICENSE, VERSION

ROOT = Path(__file__).parent.parent
SERVICES = (CONTROLS, EVIDENCE, RISK, AUDIT, INTEGRATIONS, GATEWAY)  # in the order in which people work

_DESCRIPTION = (
    "Attest is the open backend for SOC 2 and ISO/IEC 27001 work. Lists page by cursor, a change names the version that"
    " it was made from (`If-Match`), every POST takes an `Idempotency-Key`, and every refusal is an RFC 9457 problem"
    " that names the field."
)


def main() -> int:
    """Write every derived file, or with `--check` name those that differ."""
    derived = derive()
    if "--check" not in sys.argv:
        for path, text in derived.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in derived.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(
            f"{path.relative_to(ROOT)} is not in step with the code: run `make contracts` and look at the difference."
        )
    return 1 if stale else 0


def derive() -> dict[Path, str]:
    """Every derived file with what should be in it."""
    contracts = {service.name: contract(describe(service)) for service in SERVICES}
    heard_by = listeners()
    inside = ROOT / "services" / "gateway" / "contract"
    return {
        **{ROOT / "services" / name / "openapi.json": _json(document) for name, document in contracts.items()},
        inside / "openapi.json": _json(merge(contracts)),
        inside / "asyncapi.json": _json(asyncapi(heard_by)),
        inside / "problems.json": _json(problem_types()),
        ROOT / "docs" / "events.md": events_table(heard_by),
        ROOT / "docs" / "permissions.md": permissions_table(contracts),
        ROOT / "docs" / "problems.md": problems_table(),
        ROOT / "docs" / "what-auditors-see.md": auditors_table(),
    }


def merge(contracts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One contract of all services: an address, an operation and a schema's name mean one thing."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Attest",
            "version": VERSION,
            "license": LICENSE,
            "description": _DESCRIPTION,
            "contact": {"name": "The Attest developers"},
            "summary": "Controls, evidence, risk and audit engagements on one chain of events",
        },
        "servers": [{"url": "/", "description": "The edge of this installation"}],
        "paths": {},
        "components": {},
    }
    for name, document in contracts.items():
        for section, entries in {"paths": document["paths"], **document["components"]}.items():
            target = merged["paths"] if section == "paths" else merged["components"].setdefault(section, {})
            for key, value in entries.items():
                if target.setdefault(key, value) != value:
                    raise SystemExit(f"{name} and another service both define {section} {key}, differently.")
    merged |= _tags()
    return _with_unique_operations(merged)


_FIRST = ("Gateway: views", "Gateway: live")  # what all services say together is where people begin


def _place(group: str) -> int:
    """Views before the services, what concerns operators after them; a sort that is stable keeps the others' order."""
    return -1 if group in _FIRST else int(group == OPERATING)


def _tags() -> dict[str, Any]:
    """Every tag in the order in which people work; the groups are the services' areas."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for routes in (routes for service in SERVICES for routes in service.all_routes()):
        if groups[routes.group].setdefault(routes.tag, routes.about) != routes.about:
            raise SystemExit(f"Two nouns have the tag {routes.tag!r}.")
    groups = {name: groups[name] for name in sorted(groups, key=_place)}
    return {
        "tags": [{"name": tag, "description": about} for tags in groups.values() for tag, about in tags.items()],
        "x-tagGroups": [{"name": group, "tags": list(tags)} for group, tags in groups.items()],
    }


def _with_unique_operations(merged: dict[str, Any]) -> dict[str, Any]:
    """The operations that every service has get the service's name, since an operationId is unique in a contract."""
    for path, operations in merged["paths"].items():
        if path.startswith("/v1/services/"):
            for operation in operations.values():
                operation["operationId"] += "_of_" + path.split("/")[3]
    return merged


def listeners() -> dict[str, list[str]]:
    """The services that hear each event, by event name; not the gateway's views, which hear all of them."""
    heard: dict[str, list[str]] = defaultdict(list)
    for service in SERVICES:
        handlers = [handler for handler in service.all_handlers() if handler.events != ABOUT_THINGS]
        for kind in {kind for handler in handlers for kind in handler.events}:
            heard[kind.name].append(service.name)
    return heard


_OF_EVENTS = (
    "Generated from `shared/events/catalogue` and the services' handlers; the gateway hears all of them for its views."
)


def events_table(heard_by: dict[str, list[str]]) -> str:
    """Every event: what it says, who announces it, who hears it."""
    lines = []
    for name, kind in sorted(CATALOGUE.items()):
        listeners_of = ", ".join(sorted(heard_by.get(name, []))) or "nobody yet"
        lines.append(f"| `{name}` | {summary_of(kind)} | {kind.announcer()} | {listeners_of} |")
    head = ["| event | what happened | announced by | heard by |", "|---|---|---|---|"]
    return _page("Events", _OF_EVENTS, [*head, *lines])


def permissions_table(contracts: dict[str, dict[str, Any]]) -> str:
    """Every permission: which roles have it, in an organisation and on the team of an engagement; what needs it."""
    needed: dict[str, list[str]] = defaultdict(list)
    for document in contracts.values():
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if permission := operation.get("x-permission"):
                    star = "\\*" if operation.get(AUDITORS) else ""
                    needed[permission].append(f"`{method.upper()} {path}`{star}")
    lines = []
    for permission in Permission:
        roles = ", ".join(role for role in Role if permission in GRANTS[role])
        team = ", ".join(role for role in TeamRole if permission in TEAM_GRANTS[role])
        lines.append(f"| `{permission}` | {roles} | {team} | {'<br>'.join(needed[permission])} |")
    about = [
        "The roles on the team of an engagement are had with a token for that engagement, which opens the operations",
        "with a star. What they read is what the engagement's scope shows, from acceptance until completion, and the",
        "rows of the auditing party itself: [table by table](what-auditors-see.md).",
        "",
    ]
    head = ["| permission | roles | on the team of an engagement | operations |", "|---|---|---|---|"]
    origin = "Generated from `shared/identity` and the routes."
    return _page("Permissions", origin, [*about, *head, *lines])


def auditors_table() -> str:
    """The tables of which a token for one engagement shows rows, for people."""
    lines = [
        "A token for one engagement reads as a database role of its own. It may select these columns of these tables,",
        "and row-level security shows it these rows; what is not here the database denies, whatever an operation asks",
        "for. Rows are the client's only while the engagement is readable: from its acceptance until it is completed.",
        "Where people of the client wrote of controls outside the scope, or computed reasons name them, the codes and",
        "titles of these are taken out of what is answered, also by a write; what the firm wrote stays as it is. Two",
        "things show them: files of evidence, which are bytes, and the description, the assertion and the definitions",
        "in a report, which management approved for its readers.",
        "`the scope` are the controls in scope, `the period` is that of the engagement. Which operations such a token",
        "opens at all, [permissions.md](permissions.md) says.",
        "",
        "| service | table | columns | rows |",
        "|---|---|---|---|",
    ]
    for service in SERVICES:
        for shown in shown_to_auditors(service.name, ROOT / "services" / service.name / "migrations"):
            rows = shown.rows.replace("|", "\\|")
            lines.append(f"| {service.name} | `{shown.table}` | {shown.columns or 'all'} | {rows} |")
    return _page("What an auditor sees", "Generated from the migrations.", lines)


def problems_table() -> str:
    """Every problem type: its status and what it means."""
    lines = [
        f"| `/problems/{problem['slug']}` | {problem['status']} | {problem['title']} |" for problem in problem_types()
    ]
    head = ["| type | status | title |", "|---|---|---|"]
    return _page("Problems", "Generated from the subclasses of `shared.problems.Problem` (RFC 9457).", [*head, *lines])


def problem_types() -> list[dict[str, Any]]:
    """Every problem type, by status. Two classes of one name have to be one class, since a type has one title."""
    kinds: dict[str, type[Problem]] = {}
    for kind in _descendants(Problem):
        ours = hasattr(kind, "status") and kind.__module__.startswith(("services.", "shared."))  # and not a test's
        if ours and kinds.setdefault(kind.slug, kind) is not kind:
            raise SystemExit(f"Two classes are the problem type {kind.slug}.")
    found = sorted(kinds.values(), key=lambda kind: (kind.status, kind.slug))
    return [{"slug": kind.slug, "status": kind.status, "title": kind.title} for kind in found]


def _descendants(kind: type[Problem]) -> set[type[Problem]]:
    return {kind for child in kind.__subclasses__() for kind in {child, *_descendants(child)}}


def _page(title: str, origin: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", f"{origin} Do not edit: `make contracts` writes it.", "", *lines, ""])


def _json(document: dict[str, Any] | list[dict[str, Any]]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
