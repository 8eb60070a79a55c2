"""Corrected evidence: a version takes the place of another, which stays as it was."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.evidence.given import (
    NOBODY,
    a_cadence,
    a_draft,
    accepted,
    an_expectation,
    collections_of,
    kinds_told_of,
    read,
    submitted,
    told_of,
)
from tests.support import Organisation, created, ok, problem

WRONG = "The export left out contractors."


def a_version(*expectations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A corrected version that proves what the other does, unless expectations are given."""
    draft = a_draft(*expectations, **changes) | {"reason": WRONG}
    return draft if expectations else {name: value for name, value in draft.items() if name != "expectation_ids"}


async def corrected(org: Organisation, item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return created(await org.owner.post(f"/v1/evidence/{item['id']}/versions", json=a_version(**changes)))


async def reviewed(org: Organisation, item: dict[str, Any], decision: str = "accepted") -> dict[str, Any]:
    body = {"decision": decision, "reason": "May is missing."}
    return ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json=body))


async def test_accepted_evidence_counts_until_its_correction_is_accepted(org: Organisation) -> None:
    expectation = await an_expectation(org)
    end = datetime.now(UTC)
    old = await accepted(org, expectation, covers_until=end)
    new = await corrected(org, old, title="Access review, corrected", covers_until=end - timedelta(days=1))
    assert (new["number"], new["replaces_id"], new["status"]) == (2, old["id"], "submitted")
    assert [each["expectation_id"] for each in new["proofs"]] == [expectation["id"]]
    before = await read(org, old)
    assert (before["freshness"], before["replaced_by_id"], before["title"]) == ("fresh", new["id"], old["title"])
    await reviewed(org, new)
    after = await read(org, old)
    assert (after["status"], after["freshness"]) == ("accepted", None)
    assert after["proofs"][0]["superseded_by"] == new["id"], "also by one that covers less"
    assert (await read(org, new))["freshness"] == "fresh"
    told = [each for each in await told_of(org, old) if each["type"] == "evidence.item.replaced"]
    assert [(each["reason"], each["data"]["replaced_by"]) for each in told] == [(WRONG, new["id"])]
    last = (await told_of(org, old))[-1]
    assert (last["type"], last["data"]["corrected"]) == ("evidence.item.superseded", True)
    await accepted(org, expectation, covers_until=end)
    assert (await told_of(org, new))[-1]["data"]["corrected"] is False, "newer evidence corrects nothing"


async def test_what_waits_for_review_is_replaced_at_once(org: Organisation) -> None:
    old = await submitted(org, await an_expectation(org))
    new = await corrected(org, old)
    assert (await read(org, old))["status"] == "replaced"
    refused = await org.reviewer.post(f"/v1/evidence/{old['id']}/reviews", json={"decision": "accepted"})
    problem(refused, 409, "conflict")
    assert (await reviewed(org, new))["status"] == "accepted"


async def test_a_returned_collection_is_answered_by_the_correction(org: Organisation) -> None:
    expectation = await an_expectation(org, cadence=a_cadence(ago=3))
    collection, _ = await collections_of(org, expectation)
    since = {"covers_from": collection["covers_from"]}
    until = datetime.fromisoformat(collection["covers_until"])
    old = await submitted(org, expectation, covers_until=until, **since)
    await reviewed(org, old, "returned")
    new = await corrected(org, old, covers_until=until, **since)
    assert new["collection_ids"] == old["collection_ids"] == [collection["id"]]
    await reviewed(org, new)
    answered, _ = await collections_of(org, expectation)
    assert (answered["status"], answered["evidence_ids"]) == ("accepted", [old["id"], new["id"]])


async def test_reviews_of_every_version_stay_on_record(org: Organisation) -> None:
    first = await submitted(org, await an_expectation(org))
    await reviewed(org, first, "returned")
    second = await corrected(org, first)
    await reviewed(org, second)
    for each in (first, second):
        found = ok(await org.viewer.get(f"/v1/evidence/{each['id']}/reviews"))["items"]
        assert [(one["number"], one["item_id"], one["decision"]) for one in found] == [
            (1, first["id"], "returned"),
            (2, second["id"], "accepted"),
        ]
        assert found[0]["reason"] == "May is missing."
        versions = ok(await org.viewer.get(f"/v1/evidence/{each['id']}/versions"))["items"]
        assert [one["id"] for one in versions] == [first["id"], second["id"]]
    assert await kinds_told_of(org, first) == ["submitted", "returned", "replaced"]


async def test_only_the_last_version_is_corrected_and_only_once(org: Organisation) -> None:
    old = await submitted(org, await an_expectation(org))
    path = f"/v1/evidence/{old['id']}/versions"
    answers = await asyncio.gather(*(org.owner.post(path, json=a_version()) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    [new] = [each.json() for each in answers if each.status_code == 201]
    refused = problem(await org.owner.post(path, json=a_version()), 409, "already-replaced")
    assert new["id"] in refused["detail"]
    assert (await corrected(org, new))["number"] == 3


async def test_a_correction_says_why_and_proves_something(org: Organisation) -> None:
    expectation = await an_expectation(org)
    old = await submitted(org, expectation)
    path = f"/v1/evidence/{old['id']}/versions"
    silent = {name: value for name, value in a_version().items() if name != "reason"}
    refused = problem(await org.owner.post(path, json=silent), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/reason"]
    ok(await org.manager.post(f"/v1/expectations/{expectation['id']}/withdrawals", json={"reason": "R"}))
    problem(await org.owner.post(path, json=a_version()), 409, "nothing-is-expected")
    other = await an_expectation(org)
    moved = created(await org.owner.post(path, json=a_version(other)))
    assert [each["expectation_id"] for each in moved["proofs"]] == [other["id"]]


async def test_only_who_may_submit_corrects_and_only_their_own(org: Organisation, other_org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    path = f"/v1/evidence/{item['id']}/versions"
    for client in (org.reviewer, org.viewer, org.risk):
        problem(await client.post(path, json=a_version()), 403, "forbidden")
    problem(await other_org.owner.post(path, json=a_version()), 404, "not-found")
    for noun in ("versions", "reviews"):
        problem(await other_org.viewer.get(f"/v1/evidence/{item['id']}/{noun}"), 404, "not-found")
    problem(await org.owner.post(f"/v1/evidence/{NOBODY}/versions", json=a_version()), 404, "not-found")


async def test_a_correction_keeps_the_rules_of_evidence(org: Organisation) -> None:
    schema = {"code": "users", "title": "Users", "document": {"type": "object", "required": ["users"]}}
    named: dict[str, Any] = {"kind": "record", "url": None, "record": {}}
    known = created(await org.manager.post("/v1/record-schemas", json=schema))["id"]
    old = await submitted(org, await an_expectation(org))
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"collected_at": "2199-01-01T00:00:00Z"}, "not-yet-collected", "/collected_at"),
        ({"expectation_ids": [NOBODY]}, "unknown-reference", "/expectation_ids/0"),
        ({"collection_ids": [NOBODY]}, "unknown-collection", "/collection_ids/0"),
        ({**named, "record_schema_id": NOBODY}, "unknown-record-schema", "/record_schema_id"),
        ({**named, "record_schema_id": known}, "record-does-not-fit", "/record"),
    ]
    for changes, slug, pointer in cases:
        version = {name: value for name, value in (a_version() | changes).items() if value is not None}
        refused = problem(await org.owner.post(f"/v1/evidence/{old['id']}/versions", json=version), 422, slug)
        assert refused["errors"][0]["pointer"] == pointer
