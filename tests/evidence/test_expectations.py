import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.evidence.given import NOBODY, accepted, an_expectation, kinds_told_of, read, told_of
from tests.support import Organisation, created, eventually, ok, problem


async def test_what_is_defined_can_be_read(org: Organisation) -> None:
    defined = await an_expectation(org, title="  Backup restored  ")
    assert defined["title"] == "Backup restored"
    assert (defined["status"], defined["version"]) == ("active", 1)
    answer = await org.viewer.get(f"/v1/expectations/{defined['id']}")
    assert ok(answer) == defined
    again = await org.viewer.get(f"/v1/expectations/{defined['id']}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("freshness_days", -1),
        ("freshness_days", 3651),
        ("expiring_days", 366),
        ("kind", "photo"),
        ("title", " "),
        ("title", "a\x00b"),
        ("owner", "two words"),
        ("control_id", "AC-01"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, field: str, value: object) -> None:
    draft = {
        "control_id": str(uuid.uuid4()),
        "title": "T",
        "description": "D",
        "kind": "file",
        "freshness_days": 1,
        "expiring_days": 1,
        "owner": "dana@example.com",
    }
    refused = problem(await org.manager.post("/v1/expectations", json=draft | {field: value}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == [f"/{field}"]


async def test_a_list_is_filtered_and_paged(org: Organisation) -> None:
    control = str(uuid.uuid4())
    ours = [await an_expectation(org, control_id=control, title=f"E{n}") for n in range(3)]
    await an_expectation(org, owner="kim@example.com")
    listed = ok(await org.viewer.get("/v1/expectations", params={"control_id": control, "limit": 2, "sort": "-title"}))
    assert [each["title"] for each in listed["items"]] == ["E2", "E1"]
    asked = {"control_id": control, "limit": 2, "sort": "-title", "cursor": listed["next_cursor"]}
    rest = ok(await org.viewer.get("/v1/expectations", params=asked))
    assert [each["id"] for each in rest["items"]] == [ours[0]["id"]]
    assert rest["next_cursor"] is None
    owned = ok(await org.viewer.get("/v1/expectations", params={"owner": "kim@example.com"}))
    assert len(owned["items"]) == 1
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert ok(await org.viewer.get("/v1/expectations", params={"updated_since": later}))["items"] == []


async def test_a_revision_needs_the_version_it_revises(org: Organisation) -> None:
    defined = await an_expectation(org)
    path = f"/v1/expectations/{defined['id']}"
    problem(await org.manager.patch(path, json={"title": "X"}), 428, "precondition-required")
    problem(await org.manager.patch(path, json={"title": "X"}, headers={"If-Match": '"9"'}), 412, "stale")
    revised = ok(await org.manager.patch(path, json={"title": "X"}, headers={"If-Match": '"1"'}))
    assert (revised["title"], revised["version"]) == ("X", 2)
    told = await told_of(org, defined)
    assert [(each["type"], each["version"], each["data"]["title"]) for each in told] == [
        ("evidence.expectation.defined", 1, "Access review"),
        ("evidence.expectation.defined", 2, "X"),
    ]


async def test_the_same_key_defines_once(org: Organisation) -> None:
    draft = {
        "control_id": str(uuid.uuid4()),
        "title": "T",
        "description": "D",
        "kind": "file",
        "freshness_days": 1,
        "expiring_days": 1,
        "owner": "dana@example.com",
    }
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = await org.manager.post("/v1/expectations", json=draft, headers=headers)
    again = await org.manager.post("/v1/expectations", json=draft, headers=headers)
    assert created(first) == created(again)
    other = await org.manager.post("/v1/expectations", json=draft | {"title": "U"}, headers=headers)
    problem(other, 422, "key-reused")


async def test_shorter_freshness_expires_what_was_accepted_and_longer_brings_it_back(org: Organisation) -> None:
    expectation = await an_expectation(org, freshness_days=10, expiring_days=0)
    item = await accepted(org, expectation, covers_until=datetime.now(UTC) - timedelta(days=5))
    path, any_version = f"/v1/expectations/{expectation['id']}", {"If-Match": "*"}
    ok(await org.manager.patch(path, json={"freshness_days": 3}, headers=any_version))
    assert (await read(org, item))["freshness"] == "expired"
    ok(await org.manager.patch(path, json={"freshness_days": 6, "expiring_days": 3}, headers=any_version))
    assert (await read(org, item))["freshness"] == "expiring"
    ok(await org.manager.patch(path, json={"freshness_days": 20, "expiring_days": 1}, headers=any_version))
    assert (await read(org, item))["freshness"] == "fresh"
    assert await kinds_told_of(org, item) == ["submitted", "accepted", "expired", "expiring", "refreshed"]
    versions = [each["version"] for each in await told_of(org, item)]
    assert versions == sorted(set(versions))


async def test_what_is_withdrawn_is_asked_for_no_longer(org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await accepted(org, expectation)
    path = f"/v1/expectations/{expectation['id']}"
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json={"reason": "Covered elsewhere."}))
    assert withdrawn["status"] == "withdrawn"
    last = (await told_of(org, expectation))[-1]
    assert (last["type"], last["reason"]) == ("evidence.expectation.withdrawn", "Covered elsewhere.")
    after = await read(org, item)
    assert (after["freshness"], after["proofs"][0]["freshness"]) == (None, None)
    problem(await org.manager.post(f"{path}/withdrawals", json={"reason": "Again."}), 409, "conflict")
    problem(await org.manager.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 409, "conflict")


async def test_nothing_is_expected_of_a_retired_control(org: Organisation) -> None:
    draft = {
        "code": "AC-01",
        "title": "Access is reviewed",
        "statement": "Every quarter.",
        "owner": "dana@example.com",
        "kind": "detective",
        "nature": "manual",
        "frequency": "quarterly",
    }
    control = created(await org.manager.post("/v1/controls", json=draft))
    expectation = await an_expectation(org, control_id=control["id"])
    ok(await org.manager.post(f"/v1/controls/{control['id']}/retirements", json={"reason": "Replaced."}))

    async def withdrawn() -> bool:
        now = ok(await org.viewer.get(f"/v1/expectations/{expectation['id']}"))
        return bool(now["status"] == "withdrawn")

    await eventually(withdrawn)
    assert "AC-01" in (await told_of(org, expectation))[-1]["reason"]
    again = {name: expectation[name] for name in ("control_id", "title", "description", "kind")}
    again["owner"] = expectation["owner"]["id"]
    refused = await org.manager.post("/v1/expectations", json=again | {"freshness_days": 1, "expiring_days": 1})
    problem(refused, 409, "control-is-retired")


async def test_only_who_may_write_defines(org: Organisation) -> None:
    expectation = await an_expectation(org)
    path = f"/v1/expectations/{expectation['id']}"
    for client in (org.owner, org.reviewer, org.viewer, org.risk):
        problem(await client.post("/v1/expectations", json={}), 403, "forbidden")
        problem(await client.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 403, "forbidden")
        problem(await client.post(f"{path}/withdrawals", json={"reason": "R"}), 403, "forbidden")
        assert ok(await client.get(path))["version"] == 1


async def test_another_organisation_sees_nothing(org: Organisation, other_org: Organisation) -> None:
    expectation = await an_expectation(org)
    path = f"/v1/expectations/{expectation['id']}"
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/withdrawals", json={"reason": "R"}), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/expectations"))["items"] == []
    problem(await org.viewer.get(f"/v1/expectations/{NOBODY}"), 404, "not-found")
