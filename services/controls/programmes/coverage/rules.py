"""How much of a requirement is already had. A pure function: the same ways give the same answer, in any order.

A way leads from a control to the requirement: directly, where the control is mapped to it, or through one entry of a
crosswalk from a requirement that the control is mapped to. Entries are not chained: what relates to something related
may have nothing to do with the first.

1. Only controls that are in operation count as had. What is drafted or approved is told apart, as what is planned.
2. A control that is mapped to the requirement itself says all of it: fully.
3. Through an entry whose source is equal to the requirement, or a superset of it: fully.
4. Through an entry whose source is a subset of the requirement, or intersects with it: partly.
5. Through an entry that says that the two are related and not how: related. There is something to begin with, and a
   person has to say how much; no part is claimed.
6. Of several ways the one that says most counts. Parts are not added up: two halves may be the same half.
7. Strength changes nothing of this. It says how close two requirements are, not how much of one is in the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.programmes.coverage.schemas import CoverageExtent

_EXTENTS = (CoverageExtent.NOTHING, CoverageExtent.RELATED, CoverageExtent.PARTLY, CoverageExtent.FULLY)

_SAYS = {
    Relation.EQUAL: CoverageExtent.FULLY,
    Relation.SUPERSET_OF: CoverageExtent.FULLY,
    Relation.SUBSET_OF: CoverageExtent.PARTLY,
    Relation.INTERSECTS_WITH: CoverageExtent.PARTLY,
    Relation.RELATED: CoverageExtent.RELATED,
}


@dataclass(frozen=True, slots=True)
class WayFacts:
    """One way to a requirement, and how many controls go it.

    `relation` is how what the controls are mapped to stands to the requirement; None where they are mapped to it.
    """

    relation: Relation | None
    in_operation: int
    planned: int


def extent_of(relation: Relation | None) -> CoverageExtent:
    """How much one way says of the requirement, when a control goes it."""
    return CoverageExtent.FULLY if relation is None else _SAYS[relation]


def extent_now(ways: Iterable[WayFacts]) -> CoverageExtent:
    """How much of the requirement the controls in operation have."""
    return _most(extent_of(way.relation) for way in ways if way.in_operation)


def extent_with_planned(ways: Iterable[WayFacts]) -> CoverageExtent:
    """How much they will have once what is drafted or approved is in operation too."""
    return _most(extent_of(way.relation) for way in ways if way.in_operation or way.planned)


def rank(extent: CoverageExtent) -> int:
    """Its place among the extents, from nothing to fully."""
    return _EXTENTS.index(extent)


def _most(extents: Iterable[CoverageExtent]) -> CoverageExtent:
    return max(extents, key=rank, default=CoverageExtent.NOTHING)
