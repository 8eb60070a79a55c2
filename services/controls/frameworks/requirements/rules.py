"""Which requirement people mean: `CC6.2`, `SOC 2 cc6.2`, `ISO 27001 A5.18` and `soc2:CC6.2`. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_SEPARATORS = re.compile(r"[;,|\n\r]+")
_RUNS = re.compile(r"[a-z]+|[0-9]+")
_SPLITS = re.compile(r"[\s:]+")
_LONGEST = 120  # characters of one reference that are looked at
_MOST_NEAREST = 100  # that are looked for: no answer lists more faults
# What the frameworks that come with Attest are called besides their codes and titles.
_ALSO_CALLED = {
    "soc2": ("TSC", "AICPA TSC", "SOC 2 TSC", "TSC 2017", "Trust Services Criteria", "AICPA"),
    "iso27001": ("ISO", "ISO/IEC 27001", "ISO 27001:2022", "ISO/IEC 27001:2022", "Annex", "ISO 27001 Annex"),
    "nist-csf": ("CSF", "CSF 2.0", "NIST CSF 2.0"),
    "sp800-53": ("NIST 800-53", "NIST SP 800-53", "800-53", "NIST SP 800-53 r5", "NIST 800-53 Revision 5"),
    "sp800-171": ("NIST 800-171", "NIST SP 800-171", "800-171", "NIST SP 800-171 r3"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement that can be assessed. `aimed` says whether an active programme aims at its framework's version."""

    framework: str
    framework_title: str
    ref: str
    aimed: bool


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a text is no single requirement."""

    detail: str


def references_in(cell: str) -> list[str]:
    """The references of a cell, however they are separated."""
    return list(dict.fromkeys(part for each in _SEPARATORS.split(cell) if (part := each.strip())))


class RequirementIndex:
    """The requirements by how people write them."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._refs: dict[str, dict[tuple[str | int, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        self._frameworks: dict[str, str] = {}
        self._aimed: set[str] = set()
        self._nearest_left = _MOST_NEAREST
        for one in asked:
            self._refs[one.framework][_key(one.ref)].add(one.ref)
            names = (one.framework, one.framework_title, *_ALSO_CALLED.get(one.framework, ()))
            if one.framework not in self._frameworks.values():
                self._frameworks |= {_squashed(name): one.framework for name in names}
            if one.aimed:
                self._aimed.add(one.framework)

    def resolve(self, text: str) -> str | Unresolved:
        """The requirement that a text means, as `<framework code>:<reference>`.

        Without the name of a framework it is sought in those of active programmes, and only then in all others.
        """
        text = text[:_LONGEST]
        framework, ref = self._named_in(text)
        for pool in [[framework]] if framework else [sorted(self._aimed), sorted(self._refs)]:
            found = list(self._found(pool, ref))
            if len(found) == 1:
                return found[0]
            if found:
                return Unresolved(f"{text} is in several frameworks: write {' or '.join(found)}.")
        near = self._nearest([framework] if framework else self._aimed or self._refs, ref)
        return Unresolved(f"No framework asks for {text}" + (f"; did you mean {near}?" if near else "."))

    def find(self, framework: str | None, ref: str) -> str | None:
        """The requirement that a tool means by a framework's name and a reference; None unless it is exactly one.

        Without a framework it is sought as `resolve` does. A name that is no framework's finds nothing.
        """
        code = None if framework is None else self._frameworks.get(_squashed(framework))
        if framework is not None and code is None:
            return None
        for pool in [[code]] if code else [sorted(self._aimed), sorted(self._refs)]:
            found = list(self._found(pool, ref[:_LONGEST]))
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _named_in(self, text: str) -> tuple[str | None, str]:
        for split in reversed(list(_SPLITS.finditer(text))):
            if framework := self._frameworks.get(_squashed(text[: split.start()])):
                return framework, text[split.end() :]
        return None, text

    def _found(self, frameworks: Iterable[str], ref: str) -> Iterator[str]:
        for framework in frameworks:
            refs = self._refs[framework].get(_key(ref), set())
            for found in sorted({ref} & refs or refs):
                yield f"{framework}:{found}"

    def _nearest(self, frameworks: Collection[str], ref: str) -> str | None:
        """The nearest one that begins with the same letters."""
        key = _key(ref)
        if self._nearest_left == 0 or not key:
            return None
        self._nearest_left -= 1
        candidates = {
            found.casefold(): f"{framework}:{found}"
            for framework in sorted(frameworks)
            for other, refs in self._refs[framework].items()
            if other[:1] == key[:1]
            for found in sorted(refs)
        }
        close = get_close_matches(ref.casefold(), candidates, n=1)
        return candidates[close[0]] if close else None


def _key(ref: str) -> tuple[str | int, ...]:
    """The letters and numbers of a reference: those of `A5.18` and `A.5.18` are the same, and of `AC-02` and `AC-2`."""
    return tuple(int(run) if run.isdigit() else run for run in _RUNS.findall(ref.casefold()))


def _squashed(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())
