"""Ratings follow the health of controls: news in any order, once, with its history and its reasons."""

import asyncio
import random
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from deploy.local.stack import Stack
from services.risk import handlers
from services.risk.app import SERVICE
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.risk.conftest import Controls
from tests.risk.given import DRAFT, answer, heard, history, identified, kinds, proven_control, rated, read, trail
from tests.support import Organisation, created, eventually, ok, settings_of

EXPIRED = "Evidence for 'Access review' expired on 2026-06-30 00:00 UTC."


async def test_a_control_that_works_lowers_the_risk_and_one_that_fails_no_longer(
    org: Organisation, control: Controls
) -> None:
    review = control()
    risk = await identified(org, controls=[answer(review.id)])
    proven = await review.is_(HealthState.HEALTHY, "Evidence for 'Access review' is fresh.")
    lowered = await rated(org, risk, "low")
    assert lowered["current"] == {"likelihood": 1, "impact": 4, "level": "low"}
    assert lowered["within_appetite"]
    known = {"known": True, "code": "AC-01", "title": "Access review", "health": "healthy", "retired": False}
    assert lowered["controls"] == [answer(review.id) | known]

    failing = await review.is_(HealthState.FAILING, EXPIRED)
    raised = await rated(org, risk, "high")
    assert raised["reasons"][0] == f"Control AC-01 'Access review' is failing and lowers nothing: {EXPIRED}"
    assert not raised["within_appetite"]
    assert raised["rated_at"] == raised["updated_at"] > lowered["updated_at"]

    events = (await trail(org, risk))[3:]
    treated = "treatment_changed"
    assert kinds(events) == ["rated", "back_within_appetite", treated, "rated", "exceeded_appetite", treated]
    assert [event["cause"] for event in events] == [proven] * 3 + [failing] * 3
    assert [event["version"] for event in events] == [2, 2, 2, 3, 3, 3]
    assert [(event["data"]["before"], event["data"]["treatment"]) for event in events[2::3]] == [
        ("untreated", "mitigate"),
        ("mitigate", "untreated"),
    ]
    assert {event["actor"] for event in events} == {"system"}
    assert events[4]["data"]["controls"] == [review.id]
    assert events[4]["reason"].startswith(f"Control AC-01 'Access review' is now failing. {EXPIRED} Likelihood 5")

    ratings = await history(org, risk)
    assert [each["current"]["level"] for each in ratings] == ["high", "low", "high"]
    assert [each["within_appetite"] for each in ratings] == [False, True, False]
    assert [each["reason"].split(".")[0] for each in ratings] == [
        "The risk was identified",
        "Control AC-01 'Access review' is now healthy",
        "Control AC-01 'Access review' is now failing",
    ]
    newest = ok(await org.viewer.get(f"/v1/risks/{risk}/ratings", params={"limit": 1}))
    assert newest["items"] == ratings[-1:]
    assert newest["next_cursor"]
    since = {"updated_since": ratings[-1]["rated_at"]}
    assert ok(await org.viewer.get(f"/v1/risks/{risk}/ratings", params=since))["items"] == ratings[-1:]


async def test_what_is_known_already_counts_when_a_risk_is_identified_or_revised(
    org: Organisation, control: Controls
) -> None:
    review, other = control(), control(code="AC-02")
    witness = await identified(org, code="R-00", controls=[answer(review.id), answer(other.id)])
    await review.is_(HealthState.HEALTHY)
    await heard(org, witness, 0, health="healthy")
    await other.is_(HealthState.AT_RISK)
    await heard(org, witness, 1, health="at_risk")

    risk = created(await org.risk.post("/v1/risks", json=DRAFT | {"controls": [answer(review.id, steps=1)]}))
    assert (risk["current"]["likelihood"], risk["current"]["level"]) == (4, "high")
    both = {"controls": [answer(review.id, steps=1), answer(other.id, "impact", 2)]}
    revised = ok(await org.risk.patch(f"/v1/risks/{risk['id']}", json=both, headers={"If-Match": '"1"'}))
    assert revised["current"] == {"likelihood": 4, "impact": 2, "level": "low"}
    assert kinds(await trail(org, risk["id"]))[3:] == ["revised", "rated", "back_within_appetite", "treatment_changed"]


async def test_a_retired_control_lowers_nothing(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, controls=[answer(review.id)])
    await review.is_(HealthState.HEALTHY)
    await rated(org, risk, "low")
    await review.was("retired", version=4)
    raised = await rated(org, risk, "high")
    assert raised["reasons"][0] == "Control AC-01 'Access review' is retired and lowers nothing."
    assert raised["controls"][0]["retired"]


async def test_a_control_and_its_health_are_counted_apart(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, controls=[answer(review.id)])
    await review.was("implemented", version=9, title="Access is reviewed")
    await heard(org, risk, 0, known=True, health="unknown", title="Access is reviewed")
    await review.is_(HealthState.HEALTHY, version=1)
    assert (await rated(org, risk, "low"))["controls"][0]["title"] == "Access is reviewed"
    await review.was("defined", version=1, title="Draft")
    await review.is_(HealthState.FAILING, version=2)
    assert (await rated(org, risk, "high"))["controls"][0]["title"] == "Access is reviewed"


async def test_news_that_is_old_or_comes_again_changes_nothing(org: Organisation, control: Controls) -> None:
    review, last = control(), control(code="AC-09")
    risk = await identified(org, controls=[answer(review.id), answer(last.id, "impact", 1)])
    await review.is_(HealthState.HEALTHY, version=5)
    await rated(org, risk, "low")
    for version in (4, 5):
        await review.is_(HealthState.FAILING, version=version)
    await last.is_(HealthState.UNKNOWN)
    await heard(org, risk, 1, known=True)
    assert (await rated(org, risk, "low"))["controls"][0]["health"] == "healthy"
    assert kinds(await trail(org, risk))[3:] == ["rated", "back_within_appetite", "treatment_changed"]


async def test_other_reasons_are_kept_without_an_announcement(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, controls=[answer(review.id)])
    await review.is_(HealthState.FAILING, EXPIRED)
    await heard(org, risk, 0, health="failing")
    assert kinds(await trail(org, risk)) == ["identified", "rated", "exceeded_appetite"]
    assert [each["current"]["level"] for each in await history(org, risk)] == ["high", "high"]
    assert EXPIRED in (await read(org, risk))["reasons"][0]


@pytest.mark.parametrize("seed", range(4))
async def test_the_order_of_the_news_is_irrelevant(org: Organisation, control: Controls, seed: int) -> None:
    """Two controls, each told of in another order: the rating follows from the newest of each, however it came."""
    # Only the newest is healthy: seen healthy, a control has nothing more to be told of.
    states = [HealthState.AT_RISK, HealthState.FAILING, HealthState.AT_RISK, HealthState.UNKNOWN, HealthState.HEALTHY]
    review, backup = control(), control(code="BC-01", title="Restore test")
    risk = await identified(org, controls=[answer(review.id, steps=2), answer(backup.id, "impact", 1)])
    news: list[Any] = [
        each.is_(state, str(n), version=n) for each in (review, backup) for n, state in enumerate(states, 1)
    ]
    news += [review.was(verb, version=n, title=f"v{n}") for n, verb in enumerate(("defined", "revised", "approved"), 1)]
    random.Random(seed).shuffle(news)
    await asyncio.gather(*news)

    async def settled() -> dict[str, Any] | None:
        now = await read(org, risk)
        first, second = now["controls"]
        done = first["title"] == "v3" and now["current"]["likelihood"] == 3 and now["current"]["impact"] == 3
        told = [reason for reason in now["reasons"] if "is healthy" in reason]
        return now if done and len(told) == 2 and second["health"] == "healthy" else None

    final = await eventually(settled)
    assert final["current"] == {"likelihood": 3, "impact": 3, "level": "moderate"}
    assert final["reasons"][0] == "Control AC-01 'v3' is healthy and lowers likelihood from 5 to 3."
    assert (await history(org, risk))[-1]["reasons"] == final["reasons"]


async def test_one_control_moves_every_risk_it_answers_and_none_of_another_organisation(
    org: Organisation, other_org: Organisation, control: Controls
) -> None:
    review = control()
    mine = [await identified(org, code=f"R-{n}", controls=[answer(review.id)]) for n in range(3)]
    theirs = await identified(other_org, controls=[answer(review.id)])
    await review.is_(HealthState.HEALTHY)
    for risk in mine:
        await rated(org, risk, "low")
    untouched = await read(other_org, theirs)
    assert (untouched["version"], untouched["controls"][0]["known"]) == (1, False)


async def test_a_risk_written_down_while_the_news_comes_is_rated_by_it(org: Organisation, control: Controls) -> None:
    """Neither the verb nor the handler may miss what the other is about to commit."""
    for n in range(5):
        review = control(code=f"AC-{n}")
        risk, _ = await asyncio.gather(
            identified(org, code=f"R-{n}", controls=[answer(review.id)]), review.is_(HealthState.HEALTHY)
        )
        await rated(org, risk, "low")


async def test_the_history_can_be_added_to_only(stack: Stack, org: Organisation) -> None:
    risk = await identified(org)
    connection = await asyncpg.connect(stack.environment("risk")["ATTEST_DATABASE_URL"])
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.org_id', $1, true)", org.id)
            assert await connection.fetchval("select count(*) from ratings where risk_id = $1", uuid.UUID(risk)) == 1
        for statement in ("update ratings set reason = 'x'", "delete from ratings"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_what_happens_to_controls_at_one_instant_is_one_rating(stack: Stack, org: Organisation) -> None:
    """A risk that two of them answer is rated once, for both reasons; one that another answers, for that one's."""
    reviews = [uuid.uuid4() for _ in range(3)]
    both = await identified(org, controls=[answer(str(reviews[0])), answer(str(reviews[1]), "impact")])
    other = await identified(org, code="R-02", controls=[answer(str(reviews[2]))])
    database = Database(settings_of(stack, "risk"), SERVICE.recompute)
    at, org_id = datetime.now(UTC), uuid.UUID(org.id)
    proven: list[Heard[Event]] = [
        Heard(
            new_id(),
            org_id,
            control,
            1,
            at,
            SYSTEM,
            proven_control(f"AC-{place}"),
        )
        for place, control in enumerate(reviews)
    ]
    async with database.transaction(org_id) as session:
        assert await handle_once(session, handlers_in(handlers), proven) == proven
    await database.close()
    _, of_both = await history(org, both)
    assert of_both["reason"] == "Control AC-0 'Review' is now healthy. Control AC-1 'Review' is now healthy."
    _, of_other = await history(org, other)
    assert of_other["reason"] == "Control AC-2 'Review' is now healthy."
    causes = [{event["cause"] for event in (await trail(org, risk))[1:]} - {None} for risk in (both, other)]
    assert causes == [{str(proven[1].id)}, {str(proven[2].id)}]
