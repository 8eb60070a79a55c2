"""Candidates: put on record by what is known of controls and risks; responded to and evaluated by people."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.story import Story
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from tests.audit.given import (
    EXPIRED,
    NOW,
    RESPONSE,
    an_candidate,
    back_within,
    candidates,
    day,
    exceeds,
    fails,
    health,
    hear,
    moved,
    planned,
    recovers,
    scoped,
    type1,
    type2,
)
from tests.support import Organisation, eventually, ok, problem

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def revised(org: Organisation, engagement: dict[str, Any], **dates: str) -> dict[str, Any]:
    """The engagement with other dates."""
    path, tag = f"/v1/engagements/{engagement['id']}", {"If-Match": f'"{engagement["version"]}"'}
    return ok(await org.manager.patch(path, json=dates, headers=tag))


def instant(told: str) -> datetime:
    return datetime.fromisoformat(told)


async def test_a_failing_control_in_scope_is_an_candidate(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    engagement = await moved(database, org, await planned(org, None, control), "fieldwork")
    await hear(database, org.id, fails(control, 2, NOW), fails(uuid.uuid4(), 2, NOW))
    [candidate] = await candidates(org)
    assert candidate == ok(await org.viewer.get(f"/v1/candidates/{candidate['id']}"))
    assert (candidate["engagement_id"], candidate["control_id"]) == (engagement["id"], str(control))
    assert (candidate["control_code"], candidate["control_title"]) == ("AC-01", "Access review")
    assert (candidate["kind"], candidate["cause"]) == ("evidence_missing", [EXPIRED])
    assert candidate["nature"] == f"No current evidence shows that the control worked, from {NOW:%Y-%m-%d %H:%M} UTC."
    assert (candidate["status"], candidate["remediated_at"], candidate["risks"]) == ("raised", None, [])
    assert instant(candidate["failed_at"]) == NOW
    assert (candidate["management_response"], candidate["decision"]) == (None, None)


async def test_remediation_does_not_undo_the_period(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    control = uuid.UUID(candidate["control_id"])
    await hear(database, org.id, recovers(control, 3, NOW + HOUR))
    [remediated] = await candidates(org)
    assert (remediated["id"], remediated["status"]) == (candidate["id"], "remediated")
    assert instant(remediated["remediated_at"]) == NOW + HOUR
    await hear(database, org.id, fails(control, 4, NOW + 2 * HOUR))
    again = await candidates(org, status="raised")
    assert [instant(each["failed_at"]) for each in again] == [NOW + 2 * HOUR]
    assert await candidates(org, status="remediated") == [remediated]


async def test_a_control_that_is_not_known_to_work_is_not_remediated(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    control = uuid.UUID(candidate["control_id"])
    unknown = health(control, 3, HealthState.UNKNOWN, NOW + HOUR, before=HealthState.FAILING)
    await hear(database, org.id, unknown, fails(control, 4, NOW + 2 * HOUR, before=HealthState.UNKNOWN))
    assert [(each["id"], each["status"]) for each in await candidates(org)] == [(candidate["id"], "raised")]
    works = health(control, 5, HealthState.AT_RISK, NOW + 3 * HOUR, before=HealthState.UNKNOWN)
    await hear(database, org.id, works)
    assert [(each["id"], each["status"]) for each in await candidates(org)] == [(candidate["id"], "remediated")]


async def test_what_is_heard_of_the_failure_after_its_end_is_on_record_all_the_same(
    org: Organisation, database: Database
) -> None:
    control = uuid.uuid4()
    await planned(org, None, control)
    await hear(database, org.id, recovers(control, 3, NOW + HOUR), fails(control, 2, NOW))
    [candidate] = await candidates(org)
    assert (candidate["status"], instant(candidate["failed_at"])) == ("remediated", NOW)
    assert instant(candidate["remediated_at"]) == NOW + HOUR


async def test_a_failure_that_proves_to_be_over_before_the_date_lapses_in_sight(
    org: Organisation, database: Database
) -> None:
    control = uuid.uuid4()
    engagement = await planned(org, type2(0, 30), control)
    await hear(database, org.id, fails(control, 2, NOW - 3 * DAY))
    assert [each["status"] for each in await candidates(org)] == ["raised"]
    await hear(database, org.id, recovers(control, 3, NOW - 2 * DAY))
    [lapsed] = await candidates(org)
    assert lapsed["status"] == "lapsed"
    path = f"/v1/candidates/{lapsed['id']}/responses"
    assert "lapsed" in problem(await org.owner.post(path, json=RESPONSE), 409, "conflict")["detail"]
    query = {"subject": lapsed["id"], "sort": "-id"}
    told = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    assert [each["type"] for each in told] == ["audit.candidate.lapsed", "audit.candidate.raised"]
    await revised(org, engagement, period_start=day(-30))
    assert [each["status"] for each in await candidates(org)] == ["remediated"]


async def test_neither_other_dates_nor_another_scope_take_a_candidate_away(
    org: Organisation, database: Database
) -> None:
    control = uuid.uuid4()
    engagement = await planned(org, type2(-30, 30), control)
    await hear(database, org.id, fails(control, 2, NOW - 3 * DAY), recovers(control, 3, NOW - 2 * DAY))
    before = await candidates(org)
    engagement = await revised(org, engagement, period_start=day(0))
    ok(await scoped(org, engagement))
    assert await candidates(org) == before
    assert [each["status"] for each in before] == ["remediated"]


async def test_every_engagement_that_tests_the_control_has_its_own(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    examining = [(await planned(org, draft, control))["id"] for draft in (type1(), type2())]
    await planned(org, type2(10, 20), control)
    await planned(org, type2(-20, -10), control)
    await hear(database, org.id, fails(control, 2, NOW))
    assert sorted(each["engagement_id"] for each in await candidates(org)) == sorted(examining)


@pytest.mark.parametrize(("phase", "count"), [(3, 1), (4, 0), (5, 0)], ids=["reporting", "issued", "completed"])
async def test_an_issued_report_takes_no_more_candidates(
    org: Organisation, database: Database, phase: int, count: int
) -> None:
    control = uuid.uuid4()
    way = ("fieldwork", "evaluation", "reporting", "issued", "completed")[:phase]
    await moved(database, org, await planned(org, None, control), *way)
    await hear(database, org.id, fails(control, 2, NOW))
    assert len(await candidates(org)) == count


async def test_a_closed_engagement_stays_as_it_is(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    engagement = {"id": candidate["engagement_id"]}
    await moved(database, org, engagement, "evaluation", "reporting", "issued", "completed")
    await hear(database, org.id, recovers(uuid.UUID(candidate["control_id"]), 3, NOW + HOUR))
    assert await candidates(org) == [candidate]


async def test_a_control_that_fails_already_is_a_candidate_when_it_comes_into_scope(
    org: Organisation, database: Database
) -> None:
    failing, recovered = uuid.uuid4(), uuid.uuid4()
    engagement = await planned(org)
    known = [fails(failing, 2, NOW), fails(recovered, 2, NOW), recovers(recovered, 3, NOW + HOUR)]
    await hear(database, org.id, *known)
    assert await candidates(org) == []
    ok(await scoped(org, engagement, failing, recovered))
    found = {each["control_id"]: each["status"] for each in await candidates(org)}
    assert found == {str(failing): "raised", str(recovered): "remediated"}


async def test_other_dates_make_a_known_failure_count(org: Organisation, database: Database) -> None:
    control = uuid.uuid4()
    engagement = await planned(org, type2(-30, -10), control)
    await hear(database, org.id, fails(control, 2, NOW))
    assert await candidates(org) == []
    await revised(org, engagement, period_end=day(0))
    assert [each["status"] for each in await candidates(org)] == ["raised"]


async def test_a_risk_above_appetite_is_noted_once_and_stays(org: Organisation, database: Database) -> None:
    candidate = await an_candidate(org, database)
    control, risk = uuid.UUID(candidate["control_id"]), uuid.uuid4()
    await hear(
        database,
        org.id,
        exceeds(risk, 2, NOW, control),
        back_within(risk, 3, NOW + HOUR, control),
        exceeds(risk, 4, NOW + 2 * HOUR, control, level="very high"),
    )
    [noted] = (await candidates(org))[0]["risks"]
    assert (noted["risk_id"], noted["title"], noted["level"]) == (str(risk), "Unauthorised access", "high")
    assert instant(noted["exceeded_at"]) == NOW
    query = {"subject": candidate["id"], "type": "audit.candidate.risk_noted"}
    told = ok(await org.manager.get("/v1/services/audit/trail", params=query))["items"]
    assert [each["data"]["risk_id"] for each in told] == [str(risk)]


async def test_a_risk_that_was_above_appetite_before_is_no_consequence(org: Organisation, database: Database) -> None:
    control, risk = uuid.uuid4(), uuid.uuid4()
    await planned(org, None, control)
    await hear(database, org.id, exceeds(risk, 2, NOW - DAY, control), fails(control, 2, NOW))
    assert (await candidates(org))[0]["risks"] == []


async def test_lists_filter_sort_and_page(org: Organisation, database: Database) -> None:
    first, second = [await an_candidate(org, database) for _ in range(2)]

    async def found(**query: str) -> list[str]:
        return [each["id"] for each in ok(await org.viewer.get("/v1/candidates", params=query))["items"]]

    assert await found() == [second["id"], first["id"]]
    assert await found(engagement_id=first["engagement_id"]) == [first["id"]]
    assert await found(control_id=second["control_id"]) == [second["id"]]
    assert await found(status="remediated") == []
    assert await found(updated_since=second["updated_at"]) == [second["id"]]
    page = ok(await org.viewer.get("/v1/candidates", params={"limit": "1", "sort": "updated_at"}))
    assert await found(limit="1", sort="updated_at", cursor=page["next_cursor"]) == [second["id"]]


async def test_another_organisation_finds_nothing(
    org: Organisation, other_org: Organisation, database: Database
) -> None:
    candidate = await an_candidate(org, database)
    path = f"/v1/candidates/{candidate['id']}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/responses", json=RESPONSE), 404, "not-found")
    assert await candidates(other_org) == []
    # The same control's failure, told of another organisation, is no failure here.
    await hear(database, other_org.id, recovers(uuid.UUID(candidate["control_id"]), 3, NOW + HOUR))
    assert await candidates(org) == [candidate]


async def test_a_later_expiry_is_a_new_candidate_through_the_whole_chain(org: Organisation) -> None:
    story = await Story.begin(org)
    for among in (1, 2):
        await story.provide()
        await story.until_healthy()
        await story.until_expired()
        await story.sweep()
        candidate = await story.until_candidate("raised", among=among)
        assert (candidate["kind"], candidate["control_code"]) == ("evidence_missing", "AC-01")
    await story.provide(covers_until=datetime.now(UTC) + DAY)
    await story.until_candidate("remediated", among=2)

    async def noted() -> bool:
        return all(len(each["risks"]) == 1 for each in await candidates(org, engagement_id=story.engagement))

    assert await eventually(noted)
