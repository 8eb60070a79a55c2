"""How much of a requirement is had, whatever the ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.frameworks.crosswalk_entries.rules import turned
from services.controls.frameworks.crosswalks.models import Relation
from services.controls.programmes.coverage.rules import WayFacts, extent_now, extent_of, extent_with_planned, rank
from services.controls.programmes.coverage.schemas import CoverageExtent

_WAYS = st.lists(
    st.builds(
        WayFacts,
        relation=st.none() | st.sampled_from(Relation),
        in_operation=st.integers(0, 3),
        planned=st.integers(0, 3),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("relation", "extent"),
    [
        (None, CoverageExtent.FULLY),
        (Relation.EQUAL, CoverageExtent.FULLY),
        (Relation.SUPERSET_OF, CoverageExtent.FULLY),
        (Relation.SUBSET_OF, CoverageExtent.PARTLY),
        (Relation.INTERSECTS_WITH, CoverageExtent.PARTLY),
        (Relation.RELATED, CoverageExtent.RELATED),
    ],
)
def test_what_a_relation_says(relation: Relation | None, extent: CoverageExtent) -> None:
    assert extent_of(relation) == extent
    assert extent_now([WayFacts(relation, 1, 0)]) == extent_with_planned([WayFacts(relation, 0, 1)]) == extent


def test_without_a_way_there_is_nothing() -> None:
    assert extent_now([]) == extent_with_planned([]) == CoverageExtent.NOTHING


@given(ways=_WAYS)
def test_what_is_planned_is_not_had(ways: list[WayFacts]) -> None:
    idle = [WayFacts(way.relation, 0, way.planned) for way in ways]
    assert extent_now(idle) == CoverageExtent.NOTHING
    assert rank(extent_now(ways)) <= rank(extent_with_planned(ways))


@given(ways=_WAYS, more=_WAYS)
def test_another_way_never_takes_away(ways: list[WayFacts], more: list[WayFacts]) -> None:
    for extent in (extent_now, extent_with_planned):
        assert rank(extent([*ways, *more])) == max(rank(extent(ways)), rank(extent(more)))


@given(ways=_WAYS)
def test_the_order_of_ways_does_not_matter(ways: list[WayFacts]) -> None:
    assert extent_now(ways) == extent_now(ways[::-1])


@given(ways=_WAYS)
def test_parts_are_not_added_up(ways: list[WayFacts]) -> None:
    parts = [way for way in ways if way.relation not in {None, Relation.EQUAL, Relation.SUPERSET_OF}]
    assert extent_now(parts) != CoverageExtent.FULLY


@given(relation=st.sampled_from(Relation))
def test_turned_twice_is_as_before(relation: Relation) -> None:
    assert turned(turned(relation)) == relation
    assert (turned(relation) == relation) == (relation not in {Relation.SUBSET_OF, Relation.SUPERSET_OF})
