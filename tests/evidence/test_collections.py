import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.evidence.given import (
    NOBODY,
    a_cadence,
    a_draft,
    an_expectation,
    collections_of,
    kinds_told_of,
    submitted,
    told_of,
)
from tests.support import Organisation, created, ok, person, problem

LEE, ANY_VERSION = {"owner": "lee@example.com"}, {"If-Match": "*"}
REVIEWED = {"accepted": {"decision": "accepted"}, "returned": {"decision": "returned", "reason": "A page is missing."}}


async def two_collections(org: Organisation, **changes: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An expectation with two collections of the days before yesterday, both due by now."""
    expectation = await an_expectation(org, cadence=a_cadence(ago=3, **changes))
    return expectation, await collections_of(org, expectation)


async def about(org: Organisation, collection: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Evidence of the period that a collection is about."""
    until = datetime.fromisoformat(collection["covers_until"])
    expectation = {"id": collection["expectation_id"]}
    return await submitted(org, expectation, covers_from=collection["covers_from"], covers_until=until, **changes)


async def reviewed(org: Organisation, item: dict[str, Any], decision: str) -> None:
    ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json=REVIEWED[decision]))


async def now_of(org: Organisation, collection: dict[str, Any], **asked: Any) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/collections/{collection['id']}", params=asked))


async def test_the_clock_opens_each_occurrence_once(org: Organisation) -> None:
    expectation = await an_expectation(org, cadence=a_cadence(ago=3), backup_owner="kim@example.com")
    await asyncio.gather(*(org.manager.post("/v1/services/evidence/sweeps") for _ in range(4)))
    first, second = await collections_of(org, expectation)
    assert (first["status"], first["owner"]) == ("open", await person(org, "dana"))
    assert first["backup_owner"] == await person(org, "kim")
    assert (first["title"], first["control_id"]) == (expectation["title"], expectation["control_id"])
    assert first["intended_on"] == expectation["cadence"]["starts_on"]
    assert first["covers_until"] == second["covers_from"] == first["due_at"]
    assert (await told_of(org, first))[0]["type"] == "evidence.collection.opened"
    after = ok(await org.viewer.get(f"/v1/expectations/{expectation['id']}"))
    assert after["next_on"] is None


async def test_the_next_date_follows_from_the_intended_one(org: Organisation) -> None:
    start = datetime.now(UTC).date() - timedelta(days=10)
    weekly = a_cadence(ago=10, rule="FREQ=WEEKLY", lead_days=7)
    expectation = await an_expectation(org, cadence=weekly)
    found = await collections_of(org, expectation)
    assert [each["intended_on"] for each in found] == [f"{start + timedelta(days=7 * n)}" for n in (0, 1, 2)]
    await about(org, found[1])
    after = ok(await org.viewer.get(f"/v1/expectations/{expectation['id']}"))
    assert after["next_on"] == f"{start + timedelta(days=21)}"


async def test_overdue_is_computed_and_announced_once(org: Organisation) -> None:
    _, (first, second) = await two_collections(org, grace_days=1)
    assert [(await now_of(org, each))["overdue"] for each in (first, second)] == [True, True]
    due, overdue_at = first["due_at"], datetime.fromisoformat(first["overdue_at"])
    assert overdue_at == datetime.fromisoformat(due) + timedelta(days=1)
    before = (overdue_at - timedelta(microseconds=1)).isoformat()
    assert not (await now_of(org, first, as_of=before))["overdue"]
    assert (await now_of(org, first, as_of=overdue_at.isoformat()))["overdue"]
    await asyncio.gather(*(org.manager.post("/v1/services/evidence/sweeps") for _ in range(3)))
    assert await kinds_told_of(org, first) == ["opened", "overdue"]
    listed = ok(await org.viewer.get("/v1/collections", params={"overdue": True, "as_of": before}))["items"]
    assert listed == []


async def test_evidence_answers_the_period_it_covers(org: Organisation) -> None:
    _, (first, second) = await two_collections(org)
    item = await about(org, second)
    assert item["collection_ids"] == [second["id"]]
    seen = await now_of(org, second)
    assert (seen["status"], seen["evidence_ids"], seen["overdue"], seen["late"]) == (
        "submitted",
        [item["id"]],
        False,
        True,
    )
    assert (await now_of(org, first))["status"] == "open"
    other_half = await about(org, second)
    await reviewed(org, item, "accepted")
    seen = await now_of(org, second)
    assert (seen["status"], seen["evidence_ids"]) == ("accepted", [item["id"], other_half["id"]])
    assert [each for each in await kinds_told_of(org, second) if each != "overdue"] == [
        "opened",
        "submitted",
        "accepted",
    ]
    submission = next(each for each in await told_of(org, item) if each["type"] == "evidence.item.submitted")
    assert submission["data"]["collections"] == [second["id"]]


async def test_what_is_returned_is_open_again(org: Organisation) -> None:
    _, (first, _) = await two_collections(org)
    one, two = await about(org, first), await about(org, first)
    await reviewed(org, one, "returned")
    assert (await now_of(org, first))["status"] == "submitted", "the other piece waits for review"
    await reviewed(org, two, "returned")
    seen = await now_of(org, first)
    assert (seen["status"], seen["submitted_at"], seen["overdue"]) == ("open", None, True)
    last = (await told_of(org, first))[-1]
    assert (last["type"], last["reason"]) == ("evidence.collection.reopened", "A page is missing.")


async def test_one_piece_serves_many_collections_that_are_named(org: Organisation) -> None:
    expectation, (first, second) = await two_collections(org)
    other, (third, _) = await two_collections(org)
    named = [first["id"], second["id"], third["id"]]
    item = await submitted(org, expectation, other, collection_ids=named)
    assert set(item["collection_ids"]) == set(named)
    await reviewed(org, item, "accepted")
    assert {(await now_of(org, each))["status"] for each in (first, second, third)} == {"accepted"}
    draft = a_draft(expectation, collection_ids=[first["id"], third["id"], NOBODY])
    refused = problem(await org.owner.post("/v1/evidence", json=draft), 422, "unknown-collection")
    assert [each["pointer"] for each in refused["errors"]] == [f"/collection_ids/{n}" for n in range(3)]
    assert [each["detail"] for each in refused["errors"]][::2] == ["accepted", "unknown"]


async def test_a_collection_is_skipped_with_a_reason(org: Organisation) -> None:
    _, (first, _) = await two_collections(org)
    path = f"/v1/collections/{first['id']}"
    problem(await org.manager.post(f"{path}/skips", json={}), 422, "invalid")
    skipped = ok(await org.manager.post(f"{path}/skips", json={"reason": "Out of service."}))
    assert (skipped["status"], skipped["reason"], skipped["overdue"]) == ("skipped", "Out of service.", False)
    last = (await told_of(org, first))[-1]
    assert (last["type"], last["reason"]) == ("evidence.collection.skipped", "Out of service.")
    problem(await org.manager.post(f"{path}/skips", json={"reason": "Again."}), 409, "conflict")
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    problem(await org.manager.post(f"{path}/overrides", json={"due_at": later, "reason": "R"}), 409, "conflict")
    assert (await about(org, first))["collection_ids"] == []


async def test_a_due_date_is_overridden_with_a_reason(org: Organisation) -> None:
    expectation, (first, second) = await two_collections(org, grace_days=2)
    path = f"/v1/collections/{first['id']}/overrides"
    gone = {"due_at": first["due_at"], "reason": "R"}
    past = problem(await org.manager.post(path, json=gone), 422, "due-in-the-past")
    assert past["errors"][0]["pointer"] == "/due_at"
    due = datetime.now(UTC) + timedelta(days=5)
    moved = ok(await org.manager.post(path, json={"due_at": due.isoformat(), "reason": "Migration."}))
    assert datetime.fromisoformat(moved["overdue_at"]) == due + timedelta(days=2)
    assert (moved["overdue"], moved["reason"], moved["intended_on"]) == (False, "Migration.", first["intended_on"])
    last = (await told_of(org, first))[-1]
    assert (last["type"], last["reason"]) == ("evidence.collection.rescheduled", "Migration.")
    assert last["before"]["due_at"] != last["after"]["due_at"]
    assert (await now_of(org, second))["due_at"] == second["due_at"]
    assert len(await collections_of(org, expectation)) == 2


async def test_somebody_else_is_asked(org: Organisation) -> None:
    _, (first, _) = await two_collections(org)
    path = f"/v1/collections/{first['id']}"
    to = {"owner": "lee@example.com", "backup_owner": "kim@example.com"}
    problem(await org.manager.patch(path, json=to), 428, "precondition-required")
    problem(await org.manager.patch(path, json=to, headers={"If-Match": '"99"'}), 412, "stale")
    assigned = ok(await org.manager.patch(path, json=to, headers={"If-Match": "*"}))
    assert (assigned["owner"], assigned["backup_owner"]) == (await person(org, "lee"), await person(org, "kim"))
    alone = ok(await org.manager.patch(path, json={"backup_owner": None}, headers={"If-Match": "*"}))
    assert (alone["owner"], alone["backup_owner"]) == (await person(org, "lee"), None)


async def test_lists_are_by_owner_state_and_due_date(org: Organisation) -> None:
    expectation, (first, second) = await two_collections(org)
    ok(
        await org.manager.patch(
            f"/v1/collections/{second['id']}", json={"backup_owner": "kim@example.com"}, headers={"If-Match": "*"}
        )
    )
    await about(org, first)

    async def ids(**asked: Any) -> list[str]:
        listed: list[dict[str, Any]] = ok(await org.viewer.get("/v1/collections", params=asked))["items"]
        return [each["id"] for each in listed]

    assert await ids() == [first["id"], second["id"]]
    assert await ids(sort="-due_at") == [second["id"], first["id"]]
    assert await ids(owner="kim@example.com") == [second["id"]]
    assert await ids(owner="dana@example.com") == [first["id"], second["id"]]
    assert await ids(status="submitted") == await ids(overdue=False) == [first["id"]]
    assert await ids(status="open") == await ids(overdue=True) == [second["id"]]
    assert await ids(due_until=second["due_at"]) == [first["id"]]
    assert await ids(due_from=second["due_at"]) == [second["id"]]
    assert await ids(control_id=expectation["control_id"]) == [first["id"], second["id"]]
    assert await ids(control_id=NOBODY) == []
    page = ok(await org.viewer.get("/v1/collections", params={"limit": 1}))
    assert await ids(limit=1, cursor=page["next_cursor"]) == [second["id"]]


async def test_another_cadence_goes_on_from_the_last_date(org: Organisation) -> None:
    expectation, found = await two_collections(org)
    path = f"/v1/expectations/{expectation['id']}"
    weekly = a_cadence(ago=3, rule="FREQ=DAILY")
    revised = ok(await org.manager.patch(path, json={"cadence": weekly}, headers={"If-Match": "*"}))
    assert revised["next_on"] == f"{datetime.now(UTC).date() - timedelta(days=1)}"
    assert revised["cadence"]["rule"] == "FREQ=DAILY"
    ended = ok(await org.manager.patch(path, json={"cadence": None}, headers={"If-Match": "*"}))
    assert (ended["cadence"], ended["next_on"]) == (None, None)
    assert len(await collections_of(org, expectation)) == len(found)


async def test_what_is_withdrawn_is_collected_no_longer(org: Organisation) -> None:
    expectation = await an_expectation(org, cadence=a_cadence(ago=3, rule="FREQ=DAILY;COUNT=400"))
    first, *_ = await collections_of(org, expectation)
    ok(
        await org.manager.post(
            f"/v1/expectations/{expectation['id']}/withdrawals", json={"reason": "Covered elsewhere."}
        )
    )
    after = await collections_of(org, expectation)
    assert {(each["status"], each["reason"]) for each in after} == {("skipped", "Covered elsewhere.")}
    assert (await kinds_told_of(org, first))[-1] == "skipped"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rule": "FREQ=HOURLY"}, "/cadence/rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/cadence/rule"),
        ({"time_zone": "Mars/Olympus"}, "/cadence/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/cadence/time_zone"),
        ({"due_time": "09:00:00+02:00"}, "/cadence/due_time"),
        ({"lead_days": -1}, "/cadence/lead_days"),
        ({"starts_on": "2020-01-01"}, "/cadence/starts_on"),
    ],
)
async def test_a_cadence_that_is_none_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    draft = {
        "control_id": NOBODY,
        "title": "T",
        "description": "D",
        "kind": "file",
        "owner": "dana@example.com",
        "freshness_days": 1,
        "expiring_days": 1,
        "cadence": a_cadence(ago=1) | changes,
    }
    refused = await org.manager.post("/v1/expectations", json=draft)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]


async def test_a_cadence_that_began_long_ago_is_refused_of_an_expectation_that_is_there(org: Organisation) -> None:
    expectation = await an_expectation(org)
    change = {"cadence": a_cadence(ago=400)}
    path = f"/v1/expectations/{expectation['id']}"
    refused = problem(await org.manager.patch(path, json=change, headers=ANY_VERSION), 422, "began-too-long-ago")
    assert [each["pointer"] for each in refused["errors"]] == ["/cadence/starts_on"]


async def test_only_who_may_write_changes_a_collection(org: Organisation) -> None:
    _, (first, _) = await two_collections(org)
    path = f"/v1/collections/{first['id']}"
    for client in (org.owner, org.reviewer, org.viewer, org.risk):
        problem(await client.post(f"{path}/skips", json={"reason": "R"}), 403, "forbidden")
        problem(await client.post(f"{path}/overrides", json={"reason": "R"}), 403, "forbidden")
        problem(await client.patch(path, json=LEE, headers=ANY_VERSION), 403, "forbidden")
    problem(await org.monitor.get(path), 403, "forbidden")


async def test_another_organisation_sees_nothing(org: Organisation, other_org: Organisation) -> None:
    _, (first, _) = await two_collections(org)
    path = f"/v1/collections/{first['id']}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/skips", json={"reason": "R"}), 404, "not-found")
    problem(
        await other_org.manager.patch(path, json=LEE, headers=ANY_VERSION),
        404,
        "not-found",
    )
    assert ok(await other_org.viewer.get("/v1/collections"))["items"] == []
    theirs = await an_expectation(other_org)
    draft = a_draft(theirs, collection_ids=[first["id"]])
    problem(await other_org.owner.post("/v1/evidence", json=draft), 422, "unknown-collection")
    created(await other_org.owner.post("/v1/evidence", json=a_draft(theirs)))
