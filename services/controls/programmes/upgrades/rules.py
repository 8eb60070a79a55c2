"""What moving a programme to another version does.

1. A requirement is in scope when it can be assessed and is in one of the programme's categories; none chosen is all.
2. A mapping names a framework and a reference, and no version: it holds when the reference is in scope before and
   after, whether or not the requirement reads the same; it falls away when the reference no longer is.
3. What falls away is not taken off the control. It does not count, and does again once the reference is back in scope.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.controls.documents.contents import Entry
from services.controls.frameworks.differences.rules import changed, missing
from services.controls.programmes.upgrades.schemas import ControlMapping, HeldMapping, UpgradeCounts, UpgradeEffect


def scope(entries: Iterable[Entry], categories: Sequence[str]) -> list[Entry]:
    """What of a version is in scope for those who chose these categories."""
    return [
        entry for entry in entries if entry.assessed and (not categories or set(entry.categories) & set(categories))
    ]


def effect_of(
    before: Sequence[Entry], after: Sequence[Entry], mappings: Mapping[str, Sequence[ControlMapping]]
) -> UpgradeEffect:
    """The effect of going from one scope to the other; `mappings` by reference, without the framework's code."""
    old, new = (
        dict.fromkeys(requirement.ref for requirement in before),
        dict.fromkeys(requirement.ref for requirement in after),
    )
    different = changed(before, after)
    reads_differently = {requirement.ref for requirement in different}
    held = [(ref, mapping) for ref in new if ref in old for mapping in mappings.get(ref, ())]
    return UpgradeEffect(
        added=missing(after, before),
        removed=missing(before, after),
        changed=different,
        mappings_held=[HeldMapping(**mapping.model_dump(), changed=ref in reads_differently) for ref, mapping in held],
        mappings_fallen_away=[mapping for ref in old if ref not in new for mapping in mappings.get(ref, ())],
        mappings_gained=[mapping for ref in new if ref not in old for mapping in mappings.get(ref, ())],
    )


def counts_of(effect: UpgradeEffect, in_scope_after: int) -> UpgradeCounts:
    """The effect in numbers."""
    return UpgradeCounts(
        added=len(effect.added),
        removed=len(effect.removed),
        changed=len(effect.changed),
        unchanged=in_scope_after - len(effect.added) - len(effect.changed),
        mappings_held=len(effect.mappings_held),
        mappings_fallen_away=len(effect.mappings_fallen_away),
        mappings_gained=len(effect.mappings_gained),
    )
