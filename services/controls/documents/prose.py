"""The words of a control: its statement, with parameters written out as NIST prints them."""

import json
from collections.abc import Mapping
from typing import Any

from services.controls.documents.oscal import INSERTION

DEEPEST_PARAMETER = 40  # one inserts another, which inserts another; published catalogues have three
_LONGEST_PARAMETER = 2_000  # characters; a parameter may insert others, and each of these others again


class Parameters:
    """The parameters of a catalogue, each written out once; what inserts others too deep is kept in `too_deep`."""

    def __init__(self, defined: Mapping[str, Mapping[str, Any]]) -> None:
        self._defined = defined
        self._written: dict[str, str] = {}
        self._depths: dict[str, int] = {}
        self._under_way: set[str] = set()
        self.too_deep: set[str] = set()

    def fill(self, prose: str) -> str:
        """The prose with its parameters in it."""
        return INSERTION.sub(lambda found: self._value(found[1]), prose) if "{{" in prose else prose

    def _value(self, key: str) -> str:
        if key in self._under_way or key not in self._defined:
            return f"[Assignment: {key}]"
        if key not in self._written:
            if len(self._under_way) == DEEPEST_PARAMETER:
                self.too_deep.add(key)
                return f"[Assignment: {key}]"
            self._under_way.add(key)
            self._written[key] = self._inserted_text(key, self._defined[key])[:_LONGEST_PARAMETER]
            self._under_way.discard(key)
            inserted = INSERTION.findall(json.dumps(self._defined[key]))
            self._depths[key] = 1 + max((self._depths.get(name, 0) for name in inserted), default=0)
            if self._depths[key] > DEEPEST_PARAMETER:
                self.too_deep.add(key)
        return self._written[key]

    def _inserted_text(self, key: str, parameter: Mapping[str, Any]) -> str:
        if values := parameter.get("values"):
            return ", ".join(self.fill(value) for value in values)
        if selection := parameter.get("select"):
            several = " (one or more)" if selection.get("how-many") == "one-or-more" else ""
            return f"[Selection{several}: {'; '.join(self.fill(choice) for choice in selection.get('choice', ()))}]"
        return f"[Assignment: {self.fill(parameter.get('label', key))}]"


def statement_of(control: Mapping[str, Any], parameters: Parameters) -> str | None:
    """The text of a control's statement, item by item and indented by level; None without one."""
    lines: list[str] = []
    for part in control.get("parts", ()):
        if part["name"] == "statement":
            _add_lines(part, 0, parameters, lines)
    return "\n".join(lines) or None


def property_of(thing: Mapping[str, Any], name: str, ns: str | None = None) -> str | None:
    """The value of a property; one without a class goes before those with one."""
    found = [prop for prop in thing.get("props", ()) if prop["name"] == name and prop.get("ns") == ns]
    found.sort(key=lambda prop: "class" in prop)
    return str(found[0]["value"]) if found else None


def _add_lines(part: Mapping[str, Any], level: int, parameters: Parameters, lines: list[str]) -> None:
    label, prose = property_of(part, "label"), part.get("prose")
    if prose:
        numbered = f"{label} {prose}" if label and level else prose
        lines.append("  " * level + parameters.fill(numbered))
    for inner in part.get("parts", ()):
        _add_lines(inner, level + 1, parameters, lines)
