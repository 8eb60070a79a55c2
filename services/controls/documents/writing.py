"""From requirements to an OSCAL catalogue: what a version that did not come as one goes out as."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from services.controls.documents.catalogue import NS
from services.controls.documents.contents import Entry, Part, Published

OSCAL = "1.2.3"
_NAMESPACE = UUID("6f0d2f58-3c5e-4d0b-9a55-6d6b7f0f9b0e")  # OSCAL takes UUIDs of version 4 and 5; ours are 7
_NOT_IN_TOKENS = re.compile(r"[^A-Za-z0-9._-]+")


def written(published: Published, entries: Sequence[Entry], parts: Sequence[Part]) -> dict[str, Any]:
    """The catalogue: groups, controls, and controls in controls, as the requirements name them."""
    ids = _ids(entries)
    children: dict[str, list[Entry]] = {}
    groups: dict[str, list[Entry]] = {}
    by_ref = {entry.ref: entry for entry in entries}
    for entry in entries:
        parent = by_ref.get(entry.parent_ref) if entry.parent_ref else None
        if parent is not None and parent.group_ref == entry.group_ref:
            children.setdefault(parent.ref, []).append(entry)
        else:
            groups.setdefault(entry.group_ref, []).append(entry)

    def control(entry: Entry) -> dict[str, Any]:
        return {
            **_control(entry, ids, nested=entry in children.get(entry.parent_ref or "", ())),
            **_listed("controls", (control(child) for child in children.get(entry.ref, ()))),
        }

    inside = {ref: [control(member) for member in members] for ref, members in groups.items()}
    tokens = _unique(inside)
    return {
        "catalog": {
            "uuid": str(uuid5(_NAMESPACE, str(published.version_id))),
            "metadata": _metadata(published, parts),
            **_listed("controls", inside.pop("", [])),
            **_listed("groups", (_group(tokens[ref], groups[ref][0], members) for ref, members in inside.items())),
        }
    }


def _metadata(published: Published, parts: Sequence[Part]) -> dict[str, Any]:
    return {
        "title": published.title,
        "last-modified": published.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "version": published.label,
        "oscal-version": OSCAL,
        **_listed("props", (_category(part) for part in parts)),
        "remarks": f"Published by {published.publisher}; written by Attest from the requirements it holds.",
    }


def _category(part: Part) -> dict[str, Any]:
    always = {"class": "always"} if part.always else {}
    return {"name": "category", "ns": NS, "value": part.code, **always, "remarks": part.title}


def _group(token: str, first: Entry, members: list[dict[str, Any]]) -> dict[str, Any]:
    label = {"name": "label", "value": first.group_ref}
    return {"id": token, "title": first.group_title or first.group_ref, "props": [label], "controls": members}


def _control(entry: Entry, ids: Mapping[str, str], *, nested: bool) -> dict[str, Any]:
    props = [{"name": "label", "value": entry.ref}]
    props += [{"name": "category", "ns": NS, "value": category} for category in entry.categories]
    props += [{"name": "assertion", "ns": NS, "value": assertion} for assertion in entry.assertions]
    if not entry.assessed:
        props.append({"name": "assessed", "ns": NS, "value": "false"})
    if entry.parent_ref and not nested:
        props.append({"name": "parent", "ns": NS, "value": ids[entry.parent_ref]})
    statement = {"id": f"{ids[entry.ref]}_smt", "name": "statement", "prose": entry.text}
    return {
        "id": ids[entry.ref],
        "class": entry.kind,
        "title": entry.title,
        "props": props,
        **({"parts": [statement]} if entry.text else {}),
    }


def _ids(entries: Iterable[Entry]) -> dict[str, str]:
    """An id for each reference: the one it came with, else made of the reference."""
    entries = list(entries)
    known = {entry.ref: entry.oscal_id for entry in entries if entry.oscal_id}
    made = _unique([entry.ref for entry in entries if entry.ref not in known], taken=set(known.values()))
    return {**known, **made}


def _unique(names: Iterable[str], taken: set[str] | None = None) -> dict[str, str]:
    taken = taken or set()
    tokens: dict[str, str] = {}
    for name in names:
        token = first = _token(name)
        while token in taken:
            token = f"{first}_{len(taken)}"
        taken.add(token)
        tokens[name] = token
    return tokens


def _token(name: str) -> str:
    """`AC-2(1)` is `AC-2.1`; what does not begin with a letter gets an underscore before it."""
    token = _NOT_IN_TOKENS.sub(".", name).strip(".") or "_"
    return token if token[0].isalpha() or token[0] == "_" else f"_{token}"


def _listed(name: str, members: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A list as a member; OSCAL has no empty ones."""
    listed = list(members)
    return {name: listed} if listed else {}
