"""What assets may say of each other. Pure functions.

One asset rests on another when trouble with the other is trouble with it: it depends on it, is located in it, or is
hosted or processed by it. Who owns it says nothing about that.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.risk.assets.assets.models import AssetKind, AssetStatus, RelationKind
from services.risk.assets.assets.schemas import RelationDraft
from shared.problems import Fault

# The asset that names these rests on the other; the other rests on the asset that names the second ones.
RESTS_ON_OTHER = frozenset({RelationKind.DEPENDS_ON, RelationKind.LOCATED_IN})
CARRIES_OTHER = frozenset({RelationKind.HOSTS, RelationKind.PROCESSES})
ALLOWED = {
    AssetStatus.PROPOSED: ["revise", "activate", "retire"],
    AssetStatus.ACTIVE: ["revise", "retire"],
    AssetStatus.RETIRED: [],
}


def faults_of(asset_id: UUID, relations: Iterable[RelationDraft], kinds: Mapping[UUID, tuple[str, str]]) -> list[Fault]:
    """What is wrong with the relations of an asset, but for cycles; `kinds` are kind and status of those there are."""
    faults: list[Fault] = []
    seen: set[tuple[str, UUID]] = set()
    for place, relation in enumerate(relations):
        pointer = f"/relations/{place}"
        kind, status = kinds.get(relation.asset_id, (None, None))
        if relation.asset_id == asset_id:
            faults.append(Fault(f"{pointer}/asset_id", "An asset has no relation to itself."))
        elif kind is None:
            faults.append(Fault(f"{pointer}/asset_id", "There is no such asset."))
        elif status == AssetStatus.RETIRED:
            faults.append(Fault(f"{pointer}/asset_id", "The asset is retired."))
        elif relation.kind == RelationKind.LOCATED_IN and kind != AssetKind.LOCATION:
            faults.append(Fault(f"{pointer}/asset_id", f"Only a location has something in it; this asset is {kind}."))
        if (relation.kind, relation.asset_id) in seen:
            faults.append(Fault(pointer, "The relation is already listed."))
        seen.add((relation.kind, relation.asset_id))
    return faults


def places_in(relations: Iterable[RelationDraft]) -> list[UUID]:
    """Where an asset with these relations is located."""
    return [each.asset_id for each in relations if each.kind == RelationKind.LOCATED_IN]


def leads_back(start: UUID, locations: Mapping[UUID, Collection[UUID]]) -> bool:
    """Whether something is located, over any number of places, in itself; `locations` are where each thing is."""
    seen: set[UUID] = set()
    waiting = list(locations.get(start, ()))
    while waiting:
        here = waiting.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            waiting += locations.get(here, ())
    return False
