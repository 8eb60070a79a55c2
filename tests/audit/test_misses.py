"""Missed occurrences: a candidate each, for good, in every engagement whose period holds the day."""

import random
import uuid
from datetime import UTC, datetime, time, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState, ReasonCode
from shared.events.event import Event, Heard
from tests.audit.given import (
    NOW,
    TODAY,
    candidates,
    day,
    exceeds,
    fails,
    hear,
    misses,
    moved,
    performs,
    planned,
    recovers,
    type1,
    type2,
    withdraws,
)
from tests.audit.test_handlers import an_engagement, record
from tests.controls.given import operated
from tests.support import Organisation, created, eventually, ok

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MISSED = ReasonCode.OCCURRENCE_MISSED
TOLD = {"reasons": ["The occurrence was missed, and the control not performed since."], "codes": [MISSED]}


def ended(offset: int) -> datetime:
    """The end of a day, so many days from today."""
    return datetime.combine(TODAY + (offset + 1) * DAY, time(), UTC)


def missed(control: uuid.UUID, offset: int) -> Heard[Event]:
    return misses(control, TODAY + offset * DAY, ended(offset))


async def test_each_miss_within_the_period_is_a_candidate(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    over_a_period = await moved(database, org, await planned(org, type2(-30, -2), control), "fieldwork")
    await moved(database, org, await planned(org, type1(-10), control), "fieldwork")
    await hear(database, org.id, *(missed(control, offset) for offset in (-31, -30, -10, -2, -1)))
    found = await candidates(org)
    assert [each["due_on"] for each in found] == [day(-30), day(-10), day(-2)]
    assert {each["engagement_id"] for each in found} == {over_a_period["id"]}
    first = found[0]
    assert (first["control_code"], first["control_title"]) == ("AC-01", "Access review")
    assert (first["kind"], first["status"]) == ("operation", "raised")
    assert first["nature"] == f"The occurrence due on {day(-30)} was missed."
    assert datetime.fromisoformat(first["failed_at"]) == ended(-30)


async def test_performed_late_it_stays_and_says_so(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await moved(database, org, await planned(org, type2(), control), "fieldwork")
    late = performs(control, TODAY - 5 * DAY, NOW - DAY, missed_at=ended(-5), recorded_at=NOW)
    await hear(database, org.id, missed(control, -5), late)
    [candidate] = await candidates(org)
    assert (candidate["kind"], candidate["status"], candidate["remediated_at"]) == ("late", "raised", None)
    assert candidate["cause"][1] == f"It was performed on {NOW - DAY:%Y-%m-%d %H:%M} UTC."
    await hear(database, org.id, withdraws(late, NOW))
    [again] = await candidates(org)
    assert (again["id"], again["kind"], len(again["cause"])) == (candidate["id"], "operation", 1)


async def test_what_is_recorded_later_takes_no_candidate_back(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await moved(database, org, await planned(org, type2(), control), "fieldwork")
    in_time = ended(-5) - HOUR
    said = performs(control, TODAY - 5 * DAY, in_time, missed_at=ended(-5), recorded_at=NOW)
    await hear(database, org.id, missed(control, -5), said)
    [candidate] = await candidates(org)
    assert (candidate["kind"], candidate["status"]) == ("operation", "raised")
    told = f"On {NOW:%Y-%m-%d %H:%M} UTC it was recorded as performed on {in_time:%Y-%m-%d %H:%M} UTC."
    assert candidate["cause"][1:] == [told]


async def test_a_control_that_fails_by_what_it_missed_is_no_second_candidate(
    org: Organisation, database: Database
) -> None:
    control, risk = uuid.uuid4(), uuid.uuid4()
    await moved(database, org, await planned(org, type2(), control), "fieldwork")
    failing = fails(control, 2, ended(-5) + HOUR, **TOLD)
    await hear(database, org.id, missed(control, -5), failing, exceeds(risk, 1, ended(-5) + 2 * HOUR, control))
    [candidate] = await candidates(org)
    assert candidate["due_on"] == day(-5)
    assert [each["risk_id"] for each in candidate["risks"]] == [str(risk)]
    other = {"reasons": ["Test 'Review' has failed."], "codes": [MISSED, ReasonCode.OPERATION_FAILED]}
    await hear(database, org.id, fails(control, 3, NOW, before=HealthState.FAILING, **other))
    [failure] = [each for each in await candidates(org) if each["due_on"] is None]
    assert (failure["kind"], failure["cause"]) == ("operation", other["reasons"])
    await hear(database, org.id, recovers(control, 4, NOW + HOUR))
    assert [each["status"] for each in await candidates(org)] == ["raised", "remediated"]


async def test_a_control_that_fails_for_more_reasons_says_so(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await moved(database, org, await planned(org, type2(), control), "fieldwork")
    await hear(database, org.id, fails(control, 2, NOW))
    [before] = await candidates(org)
    more = {"reasons": [*before["cause"], "A test failed."], "codes": [ReasonCode.OPERATION_FAILED]}
    await hear(database, org.id, fails(control, 3, NOW + HOUR, before=HealthState.FAILING, **more))
    [after] = await candidates(org)
    assert (before["kind"], after["kind"]) == ("evidence_missing", "operation")
    assert after["cause"] == [*before["cause"], "A test failed."]


async def test_a_failure_that_is_found_later_counts_from_when_it_began(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await moved(database, org, await planned(org, type2(-60, -20), control), "fieldwork")
    await hear(database, org.id, fails(control, 2, NOW))
    assert await candidates(org) == []
    await hear(database, org.id, fails(control, 3, NOW, before=HealthState.FAILING, since=NOW - 30 * DAY))
    [candidate] = await candidates(org)
    assert datetime.fromisoformat(candidate["failed_at"]) == NOW - 30 * DAY


CONTROL, RISK = uuid.uuid4(), uuid.uuid4()
_LATE = performs(CONTROL, TODAY - 5 * DAY, NOW - DAY, missed_at=ended(-5), recorded_at=NOW)
STORY = [
    missed(CONTROL, -5),
    fails(CONTROL, 2, ended(-5) + HOUR, **TOLD),
    exceeds(RISK, 2, ended(-5) + 2 * HOUR, CONTROL),
    _LATE,
    withdraws(_LATE, NOW),
]


@pytest.mark.thorough
async def test_every_order_leads_to_the_same_record(database: Database, pytestconfig: pytest.Config) -> None:
    async def heard(order: tuple[Heard[Event], ...]) -> list[tuple[Any, ...]]:
        org_id = new_id()
        await an_engagement(database, org_id, CONTROL)
        await hear(database, org_id, *order)
        return await record(database, org_id)

    expected = await heard(tuple(STORY))
    assert [(each[0], each[1]) for each in expected] == [("raised", "operation")]
    orders = list(permutations(STORY))
    for order in orders if pytestconfig.getoption("thorough") else random.sample(orders, 15):
        assert await heard(order) == expected, [each.event.name for each in order]


async def test_the_controls_service_tells_of_what_was_missed(org: Organisation, database: Database) -> None:
    """Through the gateway: a control that was to be performed yesterday, and the engagement of this month."""
    control = await operated(org, "AC-01", "daily", TODAY - 2 * DAY)
    await moved(database, org, await planned(org, type2(-30, 30), uuid.UUID(control)), "fieldwork")
    ok(await org.manager.post("/v1/services/controls/sweeps"))

    async def kinds() -> list[tuple[str, str]]:
        return [(each["due_on"], each["kind"]) for each in await candidates(org)]

    async def both_are_missed() -> bool:
        return await kinds() == [(day(-2), "operation"), (day(-1), "operation")]

    async def one_is_late() -> bool:
        return await kinds() == [(day(-2), "operation"), (day(-1), "late")]

    assert await eventually(both_are_missed)
    late = {"performed_at": NOW.isoformat(), "due_on": day(-1)}
    created(await org.owner.post(f"/v1/controls/{control}/occurrences", json=late))
    assert await eventually(one_is_late)
