"""The clock: a failure from before counts once the date or the period has come."""

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from services.audit.engagements.candidates.rules import counts
from services.audit.engagements.engagements.actions import plan
from services.audit.engagements.engagements.models import EngagementPhase
from services.audit.engagements.engagements.rules import span_of
from services.audit.engagements.engagements.schemas import EngagementDraft
from services.audit.engagements.facts.models import KnownControl
from services.audit.engagements.facts.rules import Failure, HealthChange
from services.audit.schedule import raise_candidates_for_failures_still_there as look
from services.audit.schedule import unrecorded
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from tests.audit.given import NOW, TODAY, candidates, fails, hear, moved, planned, recovers, type1, type2
from tests.support import Organisation, acting, ok

DAY = timedelta(days=1)
TOMORROW = datetime.combine(TODAY + DAY, time(tzinfo=UTC))
EVE = TOMORROW - timedelta(microseconds=1)


async def due(database: Database, org: Organisation, as_of: datetime) -> bool:
    async with database.across_organisations() as everywhere:
        return uuid.UUID(org.id) in set(await everywhere.scalars(look.due(as_of)))


async def swept(database: Database, org: Organisation, as_of: datetime) -> int:
    async with database.transaction(uuid.UUID(org.id)) as session:
        return await look.run(session, as_of=as_of, limit=500)


@pytest.mark.parametrize("draft", [type1(1), type2(1, 90)], ids=["type 1", "type 2"])
async def test_a_failure_that_is_still_there_counts_when_the_day_comes(
    org: Organisation, database: Database, draft: dict[str, Any]
) -> None:
    control = uuid.uuid4()
    await moved(database, org, await planned(org, draft, control), "fieldwork")
    await hear(database, org.id, fails(control, 2, NOW - DAY))
    assert await candidates(org) == []
    assert not await due(database, org, EVE)
    assert await swept(database, org, EVE) == 0
    assert await due(database, org, TOMORROW)
    assert await swept(database, org, TOMORROW) == 1
    [candidate] = await candidates(org)
    assert datetime.fromisoformat(candidate["failed_at"]) == NOW - DAY
    assert not await due(database, org, TOMORROW)
    assert await swept(database, org, TOMORROW) == 0


async def test_what_is_looked_for_is_what_counts(database: Database) -> None:
    """The sweep's SQL and the rule say the same of every failure around the edges of every engagement's time."""
    org_id, midnight, moment = uuid.uuid4(), datetime.combine(TODAY, time(tzinfo=UTC)), timedelta(microseconds=1)
    edges = [midnight + days * DAY + off for days in range(-2, 4) for off in (-moment, timedelta(), moment)]
    since = {uuid.uuid4(): edge for edge in edges}
    async with database.transaction(org_id) as session:
        for control, instant in since.items():
            session.add(KnownControl(org_id=org_id, id=control, code="AC", title="A", failing_since=instant))
        for dates in (type1(0), type1(1), type2(-1, 1), type2(1, 2)):
            engagement = await plan(session, draft=EngagementDraft.model_validate(dates), by=acting("planner"), at=NOW)
            engagement.control_ids = [*since]
            for as_of in edges:
                found = set(await session.scalars(unrecorded(as_of)))
                span = span_of(engagement)
                assert found == {each for each in since if counts(failing_since(since[each]), span, as_of=as_of)}
            # So that only the next one is looked at.
            engagement.phase = EngagementPhase.DECLINED
        await session.rollback()


def failing_since(instant: datetime) -> Failure:
    began = HealthChange(1, "AC", "A", HealthState.FAILING, HealthState.HEALTHY, (), frozenset(), instant)
    return Failure(began, None)


async def test_a_failure_that_was_over_before_the_day_does_not_count(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await planned(org, type1(1), control)
    await hear(database, org.id, fails(control, 2, NOW - DAY), recovers(control, 3, NOW))
    assert not await due(database, org, TOMORROW)
    assert await swept(database, org, TOMORROW) == 0
    assert await candidates(org) == []


async def test_a_failure_after_the_day_does_not_count(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    await planned(org, type1(-1), control)
    await hear(database, org.id, fails(control, 2, NOW))
    assert not await due(database, org, TOMORROW)
    assert await candidates(org) == []


async def test_an_issued_report_is_not_looked_at_again(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    way = ("fieldwork", "evaluation", "reporting", "issued")
    await moved(database, org, await planned(org, type1(1), control), *way)
    await hear(database, org.id, fails(control, 2, NOW - DAY))
    assert not await due(database, org, TOMORROW)


async def test_another_organisations_control_of_the_same_id_is_another(
    org: Organisation, other_org: Organisation, database: Database
) -> None:
    control = uuid.uuid4()
    await planned(org, type1(1), control)
    await hear(database, other_org.id, fails(control, 2, NOW - DAY))
    assert not await due(database, org, TOMORROW)
    assert not await due(database, other_org, TOMORROW)


async def test_a_person_may_ask_for_it_now(org: Organisation) -> None:
    done = ok(await org.manager.post("/v1/services/audit/sweeps"))["done"]
    assert done["raise_candidates_for_failures_still_there"] == 0
