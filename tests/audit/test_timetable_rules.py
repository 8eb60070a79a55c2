"""How long stages take: by days between milestones, and the latest engagement that went before."""

import uuid
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.audit.planning.milestones.models import MilestoneKind
from services.audit.planning.timetables.rules import ENDS, Duration, Earlier, PlannedDay, Stage, compared, durations

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
milestones = st.lists(
    st.builds(PlannedDay, st.sampled_from(MilestoneKind), days, days, st.none() | days),
    unique_by=lambda each: each.kind,
)
lengths = st.none() | st.integers(-100, 400)


@given(milestones)
def test_the_whole_is_the_sum_of_its_stages(planned: list[PlannedDay]) -> None:
    of = {duration.stage: duration for duration in durations(planned)}
    assert of.keys() == set(Stage)
    parts = [of[stage] for stage in Stage if stage != Stage.WHOLE]
    for name in ("planned_days", "due_days", "actual_days"):
        known = [getattr(part, name) for part in parts]
        if None not in known:
            assert getattr(of[Stage.WHOLE], name) == sum(known)


@given(milestones, st.integers(1, 60))
def test_a_later_end_makes_a_stage_longer_by_as_much(planned: list[PlannedDay], later: int) -> None:
    end, shift = ENDS[Stage.REPORTING][1], timedelta(days=later)
    moved = [
        PlannedDay(each.kind, each.planned_on, each.due_on + shift, each.done_on and each.done_on + shift)
        if each.kind == end
        else each
        for each in planned
    ]
    for before, after in zip(durations(planned), durations(moved), strict=True):
        more = later if ENDS[before.stage][1] == end else 0
        assert after.planned_days == before.planned_days
        assert after.due_days == (None if before.due_days is None else before.due_days + more)
        assert after.actual_days == (None if before.actual_days is None else before.actual_days + more)


@given(lengths, st.lists(st.tuples(days, lengths)))
def test_the_latest_engagement_of_which_it_is_known_is_compared(
    actual: int | None, before: list[tuple[date, int | None]]
) -> None:
    earlier = [
        Earlier(uuid.UUID(int=place), last_day, [Duration(Stage.WHOLE, None, None, length)])
        for place, (last_day, length) in enumerate(before)
    ]
    (comparison,) = compared([Duration(Stage.WHOLE, None, None, actual)], earlier)
    known = [each for each in earlier if each.durations[0].actual_days is not None]
    if not known:
        assert (comparison.earlier_id, comparison.over_earlier_days) == (None, None)
        return
    latest = max(known, key=lambda each: (each.last_day, each.id))
    assert comparison.earlier_id == latest.id
    then = latest.durations[0].actual_days
    assert comparison.over_earlier_days == (None if actual is None or then is None else actual - then)
