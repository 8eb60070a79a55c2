"""Profile resolution: what an OSCAL profile selects of the catalogues it imports, and how it is put together.

NIST's specification (pages.nist.gov/OSCAL, profile resolution): select, merge, modify. A profile that names what is not
there cannot be resolved, and each such id is a fault; an excluded one too, since a misspelt exclusion excludes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID, uuid5

from services.controls.documents.faults import Faults
from services.controls.documents.tailoring import tailor

_LONGEST_PATTERN = 200


class Imported:
    """A catalogue to select from: its controls by id in its order, and what each of them contains."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.catalogue = catalogue
        self.within: dict[str, list[str]] = {}
        self._index(catalogue, ())
        self.chosen: set[str] = set()

    def _index(self, holder: Mapping[str, Any], above: tuple[str, ...]) -> None:
        for control in holder.get("controls", ()):
            self.within[control["id"]] = []
            for identifier in above:
                self.within[identifier].append(control["id"])
            self._index(control, (*above, control["id"]))
        for group in holder.get("groups", ()):
            self._index(group, above)


def resolve(document: Mapping[str, Any], sources: Mapping[str, Imported]) -> dict[str, Any]:
    """The catalogue that a profile comes to; `sources` by the `href` of its imports. `DocumentInvalid` if to none."""
    profile = document["profile"]
    faults = Faults()
    used: list[Imported] = []
    for index, imported in enumerate(profile["imports"]):
        source = sources[imported["href"]]
        source.chosen |= _selected(source, imported, f"/profile/imports/{index}", faults)
        if source not in used:
            used.append(source)
    merge = profile.get("merge", {})
    _keep_first(used, combine="combine" in merge, faults=faults)
    faults.refuse_if_any()
    resolved = {
        "uuid": str(uuid5(UUID(profile["uuid"]), "resolved")),
        "metadata": profile["metadata"],
        **_filled(_merged(merge, used, faults)),
    }
    tailor(resolved, profile.get("modify", {}), faults)
    faults.refuse_if_any()
    if resources := _resources([profile, *(source.catalogue for source in used)]):
        resolved["back-matter"] = {"resources": resources}
    return resolved


def _resources(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What links lead to, of the profile and of what it imports."""
    listed = [resource for document in documents for resource in document.get("back-matter", {}).get("resources", ())]
    return list({entry["uuid"]: entry for entry in listed}.values())


def _filled(lists: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """OSCAL has no empty lists."""
    return {name: members for name, members in lists.items() if members}


def _selected(source: Imported, selection: Mapping[str, Any], at: str, faults: Faults) -> set[str]:
    if "include-all" in selection:
        chosen = set(source.within)
    else:
        chosen = _named(source, selection.get("include-controls", ()), f"{at}/include-controls", faults)
    return chosen - _named(source, selection.get("exclude-controls", ()), f"{at}/exclude-controls", faults)


def _named(source: Imported, selectors: Sequence[Mapping[str, Any]], at: str, faults: Faults) -> set[str]:
    """The controls that selectors name by id or by pattern, with those inside them where they say so."""
    named: set[str] = set()
    for index, selector in enumerate(selectors):
        here: set[str] = set()
        for number, key in enumerate(selector.get("with-ids", ())):
            if key in source.within:
                here.add(key)
            else:
                faults.add(f"{at}/{index}/with-ids/{number}", f"there is no control {key[:200]} in what is imported")
        for number, matching in enumerate(selector.get("matching", ())):
            pattern = matching.get("pattern", "")
            if len(pattern) > _LONGEST_PATTERN:
                where = f"{at}/{index}/matching/{number}/pattern"
                faults.add(where, f"a pattern may have {_LONGEST_PATTERN} characters")
            else:
                here |= {key for key in source.within if fnmatchcase(key, pattern)}
        if selector.get("with-child-controls") == "yes":
            here |= {inner for key in here for inner in source.within[key]}
        named |= here
    return named


def _keep_first(used: Sequence[Imported], *, combine: bool, faults: Faults) -> None:
    """A control that several catalogues have is taken from the first; the profile has to say that it wants that."""
    taken: set[str] = set()
    for source in used:
        for key in [name for name in source.within if name in source.chosen & taken]:
            if not combine:
                faults.add("/profile/merge", f"{key} is in several imports, and no `combine` says to take the first")
        source.chosen -= taken
        taken |= source.chosen


def _merged(merge: Mapping[str, Any], used: Sequence[Imported], faults: Faults) -> dict[str, list[Any]]:
    loose = [parameter for source in used for parameter in _loose(source.catalogue)]
    kept = [
        {
            "controls": [*_controls(source.catalogue, source.chosen)],
            "groups": [*_groups(source.catalogue, source.chosen)],
        }
        for source in used
    ]
    if merge.get("as-is"):
        groups = _joined([group for part in kept for group in part["groups"]])
        return {
            "params": loose,
            "controls": [control for part in kept for control in part["controls"]],
            "groups": groups,
        }
    flat = [control for part in kept for control in (*part["controls"], *_flat(part["groups"]))]
    if "custom" in merge:
        pool = {control["id"]: control for control in flat}
        return {"params": loose, **_arranged(merge["custom"], pool, "/profile/merge/custom", faults)}
    return {"params": loose, "controls": flat}


def _loose(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parameters of the catalogue and its groups: they have no control to go with."""
    yield from holder.get("params", ())
    for group in holder.get("groups", ()):
        yield from _loose(group)


def _controls(holder: Mapping[str, Any], chosen: set[str]) -> Iterator[dict[str, Any]]:
    """The chosen ones, each with the chosen ones in it; one in a control that is not chosen takes its place."""
    for control in holder.get("controls", ()):
        inner = [*_controls(control, chosen)]
        if control["id"] in chosen:
            kept = {name: value for name, value in control.items() if name != "controls"}
            yield {**kept, **_filled({"controls": inner})}
        else:
            yield from inner


def _groups(holder: Mapping[str, Any], chosen: set[str]) -> Iterator[dict[str, Any]]:
    for group in holder.get("groups", ()):
        inner = {"groups": [*_groups(group, chosen)], "controls": [*_controls(group, chosen)]}
        if any(inner.values()):
            kept = {name: value for name, value in group.items() if name not in {"groups", "controls", "params"}}
            yield {**kept, **_filled(inner)}


def _joined(groups: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups of the same id from several imports as one."""
    joined: dict[str, dict[str, Any]] = {}
    for index, group in enumerate(groups):
        key = group.get("id") or f" {index}"
        if key not in joined:
            joined[key] = group
            continue
        for name in ("groups", "controls"):
            if members := [*joined[key].get(name, ()), *group.get(name, ())]:
                joined[key][name] = _joined(members) if name == "groups" else members
    return list(joined.values())


def _flat(groups: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for group in groups:
        yield from group.get("controls", ())
        yield from _flat(group.get("groups", ()))


def _arranged(holder: Mapping[str, Any], pool: dict[str, dict[str, Any]], at: str, faults: Faults) -> dict[str, Any]:
    """The author's own groups, each with the controls it asks for; a control goes to the first that does."""
    controls: list[dict[str, Any]] = []
    for index, insertion in enumerate(holder.get("insert-controls", ())):
        source = Imported({"controls": list(pool.values())})
        wanted = _selected(source, insertion, f"{at}/insert-controls/{index}", faults)
        keys = [key for key in pool if key in wanted]
        if (order := insertion.get("order", "keep")) != "keep":
            keys.sort(reverse=order == "descending")
        controls += [pool.pop(key) for key in keys]
    groups = [
        {**_titled(group), **_arranged(group, pool, f"{at}/groups/{index}", faults)}
        for index, group in enumerate(holder.get("groups", ()))
    ]
    return _filled({"controls": controls, "groups": groups})


def _titled(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name not in {"groups", "insert-controls"}}
