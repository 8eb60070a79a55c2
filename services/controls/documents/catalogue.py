"""From an OSCAL catalogue to requirements: one for each control, at any depth, in the order of the catalogue."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.controls.documents.contents import MOST_REQUIREMENTS, REFERENCE, Assertion, Contents, Entry, Part
from services.controls.documents.faults import Faults
from services.controls.documents.prose import DEEPEST_PARAMETER, Parameters, property_of, statement_of

# What an OSCAL catalogue has no place for and ours says in properties of this namespace, so that it comes back equal.
NS = "urn:attest:framework"

_MOST_TEXT = 48 * 1024 * 1024  # characters in all; parameters multiply what a document of the largest size can hold
_LONGEST_TITLE = 300
_IN_PARENTHESES = re.compile(r"\(([^()]+(?:\([^()]*\))?)\)\s*$")


@dataclass(frozen=True, slots=True)
class _Found:
    """A control, where it is, and what it is in."""

    control: Mapping[str, Any]
    pointer: str
    group: Mapping[str, Any] | None
    parent: Mapping[str, Any] | None


def contents_of(catalogue: Mapping[str, Any], *, at: str = "/catalog") -> Contents:
    """The requirements of a catalogue that is valid; `DocumentInvalid` where a control cannot be referred to."""
    faults = Faults()
    found = list(_controls(catalogue, at))
    if len(found) > MOST_REQUIREMENTS:
        faults.add(at, f"has {len(found):,} controls; a version may have {MOST_REQUIREMENTS:,} requirements")
        faults.refuse_if_any()
    refs = _references(found, faults)
    defined = {parameter["id"]: (where, parameter) for where, parameter in _parameters(catalogue, at)}
    parameters = Parameters({key: parameter for key, (_, parameter) in defined.items()})
    entries, characters = [], 0
    for placed in found:
        entry = _entry(placed, refs, parameters)
        characters += len(entry.text or "")
        if characters > _MOST_TEXT:
            faults.add(
                placed.pointer, f"up to here the text, parameters written out, has over {_MOST_TEXT:,} characters"
            )
            break
        entries.append(entry)
    for key in sorted(parameters.too_deep):
        faults.add(defined[key][0], f"inserts others that insert others, over {DEEPEST_PARAMETER} deep")
    faults.refuse_if_any()
    metadata = catalogue["metadata"]
    return Contents(metadata["version"], entries, [*_parts(metadata)])


def label_of(thing: Mapping[str, Any]) -> str | None:
    """What a control or group is called by: `AC-2(1)`, and `GV.OC` of `Organizational Context (GV.OC)`."""
    label = property_of(thing, "label")
    if label is None:
        return None
    inside = _IN_PARENTHESES.search(label) if " " in label else None
    short = inside[1] if inside else label
    return short if REFERENCE.fullmatch(short) else None


def _controls(holder: Mapping[str, Any], at: str, group: Mapping[str, Any] | None = None) -> Iterator[_Found]:
    yield from _nested(holder, at, group, None)
    for index, inner in enumerate(holder.get("groups", ())):
        yield from _controls(inner, f"{at}/groups/{index}", inner)


def _nested(
    holder: Mapping[str, Any], at: str, group: Mapping[str, Any] | None, parent: Mapping[str, Any] | None
) -> Iterator[_Found]:
    for index, control in enumerate(holder.get("controls", ())):
        where = f"{at}/controls/{index}"
        yield _Found(control, where, group, parent)
        yield from _nested(control, where, group, control)


def _parameters(holder: Mapping[str, Any], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, parameter in enumerate(holder.get("params", ())):
        yield f"{at}/params/{index}", parameter
    for name in ("groups", "controls"):
        for index, inner in enumerate(holder.get(name, ())):
            yield from _parameters(inner, f"{at}/{name}/{index}")


def _references(found: list[_Found], faults: Faults) -> dict[str, str]:
    """By control id, what controls will refer to: the label where it names one control alone, else the id."""
    labels = {placed.control["id"]: label_of(placed.control) for placed in found}
    taken = Counter([*labels.values(), *(key for key, label in labels.items() if label is None)])
    refs: dict[str, str] = {}
    for placed in found:
        key = placed.control["id"]
        label = labels[key]
        refs[key] = label if label is not None and taken[label] == 1 else key
        if not REFERENCE.fullmatch(refs[key]):
            faults.add(f"{placed.pointer}/id", "cannot be referred to: it takes letters, digits and ._()/-, 80 at most")
    if not faults.count and (twice := {ref for ref, times in Counter(refs.values()).items() if times > 1}):
        for placed in found:
            if refs[placed.control["id"]] in twice:
                faults.add(f"{placed.pointer}/id", f"another control is called {refs[placed.control['id']]} too")
    return refs


def _entry(found: _Found, refs: Mapping[str, str], parameters: Parameters) -> Entry:
    control, group = found.control, found.group
    text = statement_of(control, parameters)
    groups_others = "controls" in control and text is None
    parent = found.parent["id"] if found.parent else property_of(control, "parent", NS)
    return Entry(
        ref=refs[control["id"]],
        title=_title(control, refs[control["id"]], text, parameters),
        text=text,
        kind=control.get("class", "control"),
        group_ref=(label_of(group) or group.get("id") or group["title"]) if group else "",
        group_title=group["title"] if group else "",
        categories=tuple(_own_properties(control, "category")),
        parent_ref=refs.get(parent) if parent else None,
        assessed=not groups_others and not _withdrawn(control) and property_of(control, "assessed", NS) != "false",
        oscal_id=control["id"],
        assertions=tuple(word for word in _own_properties(control, "assertion") if word in set(Assertion)),
    )


def _own_properties(control: Mapping[str, Any], name: str) -> Iterator[str]:
    """The values of properties that Attest wrote."""
    for prop in control.get("props", ()):
        if prop["name"] == name and prop.get("ns") == NS:
            yield prop["value"]


def _title(control: Mapping[str, Any], ref: str, text: str | None, parameters: Parameters) -> str:
    """The title; where it only says the reference again, as in NIST's CSF, a statement that is short enough."""
    title = parameters.fill(control["title"])
    if title not in {ref, control["id"]} or text is None or _has_items(text):
        return title
    statement = " ".join(text.split())
    return statement if len(statement) <= _LONGEST_TITLE else title


def _has_items(text: str) -> bool:
    return text.startswith("  ") or "\n  " in text


def _withdrawn(control: Mapping[str, Any]) -> bool:
    return (property_of(control, "status") or "").lower() == "withdrawn"


def _parts(metadata: Mapping[str, Any]) -> Iterator[Part]:
    for prop in metadata.get("props", ()):
        if prop["name"] == "category" and prop.get("ns") == NS:
            yield Part(prop["value"], prop.get("remarks", prop["value"]), always=prop.get("class") == "always")
