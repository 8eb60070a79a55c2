"""Handlers: in any order, again, and side by side, events lead to the same record."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from services.audit.engagements.candidates.models import Candidate
from services.audit.engagements.engagements.actions import plan, set_scope
from services.audit.engagements.engagements.schemas import EngagementDraft
from services.audit.engagements.facts.models import KnownControl
from shared.clock import new_id
from shared.data.outages import Outage, outage_of
from shared.data.records import ANY_VERSION
from shared.data.sessions import Database
from shared.data.tables import events
from shared.events.catalogue.controls import ControlDefined, ControlRevised, HealthState, ReasonCode
from shared.events.event import Event, Heard
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.audit.given import HANDLERS, NOW, back_within, exceeds, fails, health, hear, of, recovers, type2
from tests.support import acting

HOUR = timedelta(hours=1)
PLANNER = acting("planner")
CONTROL, RISK, OTHER_RISK = (uuid.uuid4() for _ in range(3))
F, U, R = HealthState.FAILING, HealthState.UNKNOWN, HealthState.AT_RISK

STORY = [
    fails(CONTROL, 2, NOW),
    exceeds(RISK, 2, NOW, CONTROL),
    recovers(CONTROL, 4, NOW + HOUR),
    back_within(RISK, 3, NOW + HOUR, CONTROL),
    fails(CONTROL, 5, NOW + 2 * HOUR),
]
LONG_STORY = [
    *STORY,
    exceeds(RISK, 4, NOW + 2 * HOUR, CONTROL, level="very high"),
    health(CONTROL, 7, U, NOW + 3 * HOUR, before=F),
    fails(CONTROL, 8, NOW + 4 * HOUR, before=U, reasons=["A test failed."], codes=[ReasonCode.OPERATION_FAILED]),
    exceeds(OTHER_RISK, 1, NOW + 5 * HOUR, CONTROL),
    health(CONTROL, 9, R, NOW + 6 * HOUR, before=F),
    exceeds(OTHER_RISK, 3, NOW + 7 * HOUR, CONTROL),
]


async def an_engagement(database: Database, org_id: uuid.UUID, *controls: uuid.UUID) -> uuid.UUID:
    """A Type 2 engagement around today with these controls in scope, or with the one."""
    async with database.transaction(org_id) as session:
        draft = EngagementDraft.model_validate(type2())
        engagement = await plan(session, draft=draft, by=PLANNER, at=NOW)
        await set_scope(
            session,
            engagement.id,
            control_ids=[*controls] or [CONTROL],
            expected=ANY_VERSION,
            by=PLANNER,
            at=NOW,
        )
        return engagement.id


async def record(database: Database, org_id: uuid.UUID) -> list[tuple[Any, ...]]:
    """What stands on the record, without what depends on when it was heard."""
    async with database.transaction(org_id) as session:
        found = (await session.execute(select(Candidate).order_by(col(Candidate.failed_at)))).scalars()
        return [
            (
                each.status,
                each.kind,
                each.nature,
                each.cause,
                each.failed_at,
                each.remediated_at,
                [(risk["risk_id"], risk["level"], risk["exceeded_at"]) for risk in each.risks],
            )
            for each in found
        ]


async def heard_in(database: Database, order: Sequence[Heard[Event]]) -> list[tuple[Any, ...]]:
    """The record of a fresh organisation after these events."""
    org_id = new_id()
    await an_engagement(database, org_id)
    await hear(database, org_id, *order)
    return await record(database, org_id)


async def test_the_long_story_in_order(database: Database) -> None:
    first, second = await heard_in(database, LONG_STORY)
    assert [each[0] for each in (first, second)] == ["remediated", "remediated"]
    assert (first[4], first[5]) == (NOW, NOW + HOUR)
    assert (second[4], second[5]) == (NOW + 2 * HOUR, NOW + 6 * HOUR)
    assert [(risk, level) for risk, level, _ in first[6]] == [(str(RISK), "high")]
    assert [(risk, level) for risk, level, _ in second[6]] == [
        (str(RISK), "very high"),
        (str(OTHER_RISK), "high"),
    ]


@pytest.mark.thorough
async def test_every_order_leads_to_the_same_record(database: Database, pytestconfig: pytest.Config) -> None:
    expected = await heard_in(database, STORY)
    assert [each[0] for each in expected] == ["remediated", "raised"]
    orders = list(permutations(STORY))
    for order in orders if pytestconfig.getoption("thorough") else random.sample(orders, 15):
        assert await heard_in(database, order) == expected, [each.event.name for each in order]


@pytest.fixture(scope="session")
async def expected(database: Database) -> list[tuple[Any, ...]]:
    """The record after the long story in order."""
    return await heard_in(database, LONG_STORY)


@settings(
    max_examples=settings().max_examples // 10,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(order=st.permutations(LONG_STORY))
async def test_any_order_of_a_long_story_leads_to_the_same_record(
    database: Database, expected: list[tuple[Any, ...]], order: list[Heard[Event]]
) -> None:
    assert await heard_in(database, order) == expected


async def test_what_happens_at_one_instant_is_heard_at_once(database: Database) -> None:
    """Each control gets its candidate, and the trail says of each by which of the events; so does what follows."""
    org_id, controls = new_id(), [uuid.uuid4() for _ in range(3)]
    await an_engagement(database, org_id, *controls)
    failing = [of(org_id, fails(control, 1, NOW)) for control in controls]
    exceeding = [of(org_id, exceeds(RISK, 1, NOW, *controls[:2])), of(org_id, exceeds(OTHER_RISK, 1, NOW, controls[2]))]
    recovering = [of(org_id, recovers(control, 2, NOW + HOUR)) for control in controls]
    for heard in (failing, exceeding, recovering):
        async with database.transaction(org_id) as session:
            assert await handle_once(session, HANDLERS, heard) == heard
        async with database.transaction(org_id) as session:
            assert await handle_once(session, HANDLERS, heard) == []
    about = {each["id"]: each["control_id"] for each in await whole(database, org_id)}
    assert set(about.values()) == set(controls)
    async with database.transaction(org_id) as session:
        told = await session.execute(events.select().where(events.c.type.like("audit.candidate.%")))
        causes = [(about[row.subject], row.type.rpartition(".")[2], row.cause) for row in told]
    risks = [exceeding[0].id, exceeding[0].id, exceeding[1].id]
    assert sorted(causes) == sorted(
        (control, kind, cause)
        for control, fail, risk, recovery in zip(controls, failing, risks, recovering, strict=True)
        for kind, cause in (("raised", fail.id), ("risk_noted", risk), ("remediated", recovery.id))
    )


async def test_hearing_again_changes_nothing(database: Database) -> None:
    org_id = new_id()
    await an_engagement(database, org_id)
    await hear(database, org_id, *LONG_STORY)
    before = await whole(database, org_id)
    await hear(database, org_id, *LONG_STORY)
    assert await whole(database, org_id) == before


async def whole(database: Database, org_id: uuid.UUID) -> list[dict[str, Any]]:
    async with database.transaction(org_id) as session:
        found = (await session.execute(select(Candidate).order_by(col(Candidate.id)))).scalars()
        return [each.model_dump() for each in found]


@pytest.mark.parametrize("first", [0, 1], ids=["health first", "risk first"])
async def test_whichever_comes_second_completes_the_picture(database: Database, first: int) -> None:
    """Two handlers at once, in transactions that do not see each other: the second waits for the first to end."""
    org_id = new_id()
    await an_engagement(database, org_id)
    failing, exceeding = (of(org_id, each) for each in STORY[:2])
    one, two = (failing, exceeding) if first == 0 else (exceeding, failing)

    async def handle(heard: Heard[Event]) -> None:
        async with database.transaction(org_id) as session:
            assert await handle_once(session, HANDLERS, [heard])

    async with database.transaction(org_id) as session:
        assert await handle_once(session, HANDLERS, [one])
        second = asyncio.create_task(handle(two))
        await asyncio.sleep(0.2)
        assert not second.done()
    await second
    [(status, *_, risks)] = await record(database, org_id)
    assert (status, [risk for risk, *_ in risks]) == ("raised", [str(RISK)])


@pytest.mark.parametrize("first", [0, 1], ids=["health first", "scope first"])
async def test_a_failure_and_a_scope_at_once_are_one_candidate(database: Database, first: int) -> None:
    org_id = new_id()
    async with database.transaction(org_id) as session:
        draft = EngagementDraft.model_validate(type2())
        engagement = await plan(session, draft=draft, by=PLANNER, at=NOW)

    async def fail() -> None:
        await hear(database, org_id, STORY[0])

    async def scope() -> None:
        async with database.transaction(org_id) as session:
            controls = [uuid.uuid4() for _ in range(50)]
            await set_scope(
                session,
                engagement.id,
                control_ids=[CONTROL, *controls],
                expected=ANY_VERSION,
                by=PLANNER,
                at=NOW,
            )

    await asyncio.gather(*([fail(), scope()] if first == 0 else [scope(), fail()]))
    assert [each[0] for each in await record(database, org_id)] == ["raised"]


async def test_many_at_once_do_not_wait_for_each_other_forever(database: Database) -> None:
    """Risks that name the same controls in other orders, and the failures of those controls."""
    org_id, controls = new_id(), [uuid.uuid4() for _ in range(6)]
    risks = [exceeds(uuid.uuid4(), 1, NOW, *controls[n:], *controls[:n]) for n in range(6)]
    failing = [fails(control, 2, NOW) for control in controls]
    async with database.transaction(org_id) as session:
        draft = EngagementDraft.model_validate(type2())
        engagement = await plan(session, draft=draft, by=PLANNER, at=NOW)
        await set_scope(session, engagement.id, control_ids=controls, expected=ANY_VERSION, by=PLANNER, at=NOW)

    async def delivered(heard: Heard[Event]) -> None:
        """As the consumer has it: again when another change held what this one needs for too long."""
        while True:
            try:
                return await hear(database, org_id, heard)
            except DBAPIError as error:
                if outage_of(error) is not Outage.LOCKED:  # a deadlock fails the test
                    raise

    await asyncio.wait_for(asyncio.gather(*(delivered(each) for each in [*risks, *failing])), 60)
    found = await record(database, org_id)
    assert [len(each[6]) for each in found] == [6] * 6


async def test_a_control_is_called_what_it_last_said(database: Database) -> None:
    """Its wording and its health have version counters of their own, and come in any order."""
    wording: list[Heard[Event]] = [
        Heard(new_id(), uuid.UUID(int=0), CONTROL, 1, NOW, SYSTEM, ControlDefined(code="AC-01", title="Access")),
        Heard(new_id(), uuid.UUID(int=0), CONTROL, 3, NOW, SYSTEM, ControlRevised(code="AC-02", title="Reviews")),
    ]
    for order in permutations([*wording, fails(CONTROL, 2, NOW), recovers(CONTROL, 7, NOW + HOUR)]):
        org_id = new_id()
        await hear(database, org_id, *order)
        async with database.transaction(org_id) as session:
            known = (await session.execute(select(KnownControl))).scalar_one()
        assert (known.code, known.title, known.control_version) == ("AC-02", "Reviews", 3)
        assert (known.health, known.health_version, known.failing_since) == ("healthy", 7, None)
