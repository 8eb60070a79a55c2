"""What a profile changes in the controls it has selected: parameters set, parts added and removed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from services.controls.documents.faults import Faults

_LISTS = {"param": "params", "prop": "props", "link": "links", "part": "parts"}
_SETS = ("class", "label", "usage", "constraints", "guidelines", "values", "select")
_ADDS = ("props", "links")
_MATCHES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "by-name": lambda thing: thing.get("name"),
    "by-class": lambda thing: thing.get("class"),
    "by-id": lambda thing: thing.get("id", thing.get("uuid")),
    "by-ns": lambda thing: thing.get("ns"),
}


def tailor(resolved: dict[str, Any], modify: Mapping[str, Any], faults: Faults) -> None:
    """Change the resolved catalogue as the profile says; each id that is not there is a fault."""
    controls = {control["id"]: control for control in _controls(resolved)}
    for index, alter in enumerate(modify.get("alters", ())):
        at = f"/profile/modify/alters/{index}"
        control = controls.get(alter.get("control-id", ""))
        if control is None:
            faults.add(f"{at}/control-id", f"the control {alter.get('control-id', '')[:200]} is not selected")
            continue
        for number, removal in enumerate(alter.get("removes", ())):
            if not _remove(control, removal):
                faults.add(f"{at}/removes/{number}", "there is nothing like it in the control")
        for number, addition in enumerate(alter.get("adds", ())):
            if not _add(control, addition):
                detail = f"there is no {addition.get('by-id', '')[:200]} in the control"
                faults.add(f"{at}/adds/{number}/by-id", detail)
    _set_parameters(resolved, modify.get("set-parameters", ()), faults)


def _set_parameters(resolved: dict[str, Any], settings: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    holders = [resolved, *_controls(resolved)]
    where = {param["id"]: (holder, index) for holder in holders for index, param in enumerate(holder.get("params", ()))}
    for index, setting in enumerate(settings):
        key = setting.get("param-id", "")
        if key not in where:
            detail = f"there is no parameter {key[:200]} in the selected controls"
            faults.add(f"/profile/modify/set-parameters/{index}/param-id", detail)
            continue
        holder, place = where[key]
        changed = dict(holder["params"][place])
        for name in _SETS:
            if name in setting:
                changed[name] = setting[name]
        if "values" in setting:
            changed.pop("select", None)
        for name in _ADDS:
            if name in setting:
                changed[name] = [*changed.get(name, ()), *setting[name]]
        holder["params"] = [*holder["params"][:place], changed, *holder["params"][place + 1 :]]


def _controls(holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for control in holder.get("controls", ()):
        yield control
        yield from _controls(control)
    for group in holder.get("groups", ()):
        yield from _controls(group)


def _remove(thing: dict[str, Any], removal: Mapping[str, Any]) -> bool:
    """Take out what matches all that the removal says, at any depth but in other controls; whether anything did."""
    wanted = [(match, removal[name]) for name, match in _MATCHES.items() if name in removal]
    only = _LISTS.get(removal.get("by-item-name", ""))
    if not wanted and only is None:
        return False
    removed = False
    for name in _LISTS.values():
        if name not in thing:
            continue
        matching = name == only or only is None
        kept = [
            member for member in thing[name] if not (matching and all(match(member) == say for match, say in wanted))
        ]
        removed = removed or len(kept) < len(thing[name])
        kept = [dict(member) for member in kept]
        for member in kept:
            removed = _remove(member, removal) or removed
        thing[name] = kept
        if not kept:
            del thing[name]
    return removed


def _add(thing: dict[str, Any], addition: Mapping[str, Any]) -> bool:
    """Put in what is added: into the control, or at the part or parameter that `by-id` names; False if none is."""
    position = addition.get("position", "ending")
    if "by-id" not in addition or addition["by-id"] == thing.get("id"):
        _put_in(thing, addition, first=position in {"starting", "before"})
        return True
    for name in ("params", "parts"):
        members = [dict(member) for member in thing.get(name, ())]
        for index, member in enumerate(members):
            if member.get("id") != addition["by-id"]:
                if not _add_below(member, addition):
                    continue
            elif position in {"before", "after"}:
                place = index + (position == "after")
                members[place:place] = addition.get(name, [])
            else:
                _put_in(member, addition, first=position == "starting")
            thing[name] = members
            return True
    return False


def _add_below(part: dict[str, Any], addition: Mapping[str, Any]) -> bool:
    return "parts" in part and _add(part, addition)


def _put_in(thing: dict[str, Any], addition: Mapping[str, Any], *, first: bool) -> None:
    if "title" in addition:
        thing["title"] = addition["title"]
    for name in _LISTS.values():
        if name in addition:
            there = thing.get(name, [])
            thing[name] = [*addition[name], *there] if first else [*there, *addition[name]]
