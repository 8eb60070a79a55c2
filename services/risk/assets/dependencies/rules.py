"""Which assets one rests on, step by step. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.risk.assets.assets.models import RelationKind
from services.risk.assets.assets.rules import CARRIES_OTHER, RESTS_ON_OTHER

MOST_ASSETS = 500
DEEPEST = 10


class Direction(StrEnum):
    """`rests_on`: what the asset needs. `carries`: what needs the asset."""

    RESTS_ON = "rests_on"
    CARRIES = "carries"


@dataclass(frozen=True, slots=True)
class Edge:
    """That one asset rests on another, by a relation of this kind that one of the two names."""

    resting: UUID
    on: UUID
    kind: RelationKind


@dataclass(frozen=True, slots=True)
class Step:
    """An asset that was reached: over which relation, from which asset, after how many steps."""

    asset_id: UUID
    distance: int
    from_id: UUID
    kind: RelationKind


def edge_of(asset_id: UUID, kind: RelationKind, other_id: UUID) -> Edge | None:
    """What the relation of an asset to another says of which rests on which; None when it says nothing of that."""
    if kind in RESTS_ON_OTHER:
        return Edge(asset_id, other_id, kind)
    if kind in CARRIES_OTHER:
        return Edge(other_id, asset_id, kind)
    return None


def next_steps(
    edges: Iterable[Edge], direction: Direction, reached: Mapping[UUID, Step | None], distance: int
) -> Sequence[Step]:
    """The assets that these edges lead to and that were not reached before, each once by its first edge."""
    found: dict[UUID, Step] = {}
    for edge in sorted(edges, key=lambda each: (each.resting, each.on, each.kind)):
        here, there = (edge.resting, edge.on) if direction == Direction.RESTS_ON else (edge.on, edge.resting)
        if here in reached and there not in reached:
            found.setdefault(there, Step(there, distance, here, edge.kind))
    return list(found.values())
