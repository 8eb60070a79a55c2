"""What differs between two versions. A requirement is the same one as long as its reference is."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.controls.documents.contents import Entry
from services.controls.frameworks.differences.schemas import ChangedRequirement, RequirementChange, ToldRequirement

# Not the order, and not what only groups are called by in OSCAL: nobody has to look at a control for them.
_TOLD = ("title", "text", "kind", "group_ref", "group_title", "categories", "parent_ref", "assessed", "assertions")


def described(entry: Entry) -> ToldRequirement:
    """A requirement as a difference names it."""
    return ToldRequirement(ref=entry.ref, title=entry.title, assessed=entry.assessed)


def missing(entries: Iterable[Entry], others: Iterable[Entry]) -> list[ToldRequirement]:
    """What is among the first and not among the second, in the order of the first."""
    there = {other.ref for other in others}
    return [described(entry) for entry in entries if entry.ref not in there]


def changed(before: Iterable[Entry], after: Sequence[Entry]) -> list[ChangedRequirement]:
    """What is in both and not the same, in the order of the later."""
    old = {entry.ref: entry for entry in before}
    return [
        ChangedRequirement(ref=entry.ref, title=entry.title, changes=changes)
        for entry in after
        if entry.ref in old and (changes := changes_of(old[entry.ref], entry))
    ]


def changes_of(old: Entry, new: Entry) -> list[RequirementChange]:
    """Member by member, what it was and what it is."""
    members = [(name, _plain(getattr(old, name)), _plain(getattr(new, name))) for name in _TOLD]
    return [RequirementChange(member=name, old=was, new=now_is) for name, was, now_is in members if was != now_is]


def _plain(value: Any) -> Any:
    """Categories and assertions are sets that are written in some order."""
    return sorted(value) if isinstance(value, tuple) else value
