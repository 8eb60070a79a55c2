import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.evidence.given import (
    NOBODY,
    a_draft,
    accepted,
    an_expectation,
    kinds_told_of,
    read,
    submitted,
    told_of,
)
from tests.support import Organisation, created, ok, person, problem


async def test_submitted_evidence_waits_for_review(org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await submitted(org, expectation)
    assert (item["status"], item["freshness"], item["reviewer"]) == ("submitted", None, None)
    assert item["url"] == "https://example.com/reviews/2"
    [proof] = item["proofs"]
    assert (proof["expectation_id"], proof["control_id"]) == (expectation["id"], expectation["control_id"])
    assert proof["freshness"] is None
    end = datetime.fromisoformat(item["covers_until"]) + timedelta(days=10)
    assert datetime.fromisoformat(proof["valid_until"]) == end
    answer = await org.viewer.get(f"/v1/evidence/{item['id']}")
    assert ok(answer) == item
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert (await org.viewer.get(f"/v1/evidence/{item['id']}", headers=headers)).status_code == 304


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "record", "record": {"users": [{"name": "dana", "mfa": True}], "count": 1.5}},
        {"kind": "attestation", "statement": "I reviewed every account.\nNone was left over."},
    ],
)
async def test_each_kind_keeps_its_content(org: Organisation, content: dict[str, Any]) -> None:
    item = await submitted(org, await an_expectation(org), url=None, **content)
    assert content.items() <= item.items()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": None}, "/url"),
        ({"url": "https://dana:secret@example.com/"}, "/url"),
        ({"url": "ftp://example.com/"}, "/url"),
        ({"statement": "Too much."}, "/statement"),
        ({"kind": "attestation", "url": None}, "/statement"),
        ({"kind": "record", "url": None, "record": {"a": "\x00"}}, "/record"),
        ({"kind": "record", "url": None, "record": {"a": "x" * 70_000}}, "/record"),
        ({"expectation_ids": []}, "/expectation_ids"),
        ({"expectation_ids": [NOBODY, NOBODY]}, "/expectation_ids"),
        ({"covers_from": "2026-02-01T00:00:00Z", "covers_until": "2026-01-01T00:00:00Z"}, "/covers_until"),
        ({"covers_until": "2026-01-01"}, "/covers_until"),
        ({"collected_at": "2026-01-01T00:00:00"}, "/collected_at"),
        ({"misspelt": 1}, "/misspelt"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    draft = a_draft({"id": NOBODY}) | changes
    refused = await org.owner.post("/v1/evidence", json={k: v for k, v in draft.items() if v is not None})
    assert pointer in [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]]


@pytest.mark.parametrize("depth", [40, 5000])
async def test_no_depth_of_a_record_is_too_much_to_refuse(org: Organisation, depth: int) -> None:
    expectation = await an_expectation(org)
    nested = "[" * depth + "]" * depth
    draft = (
        str(a_draft(expectation, kind="record", url=None)).replace("'", '"')[:-1] + f', "record": {{"a": {nested}}}}}'
    )
    refused = await org.owner.post("/v1/evidence", content=draft, headers={"Content-Type": "application/json"})
    assert refused.status_code in {400, 422}, refused.text


async def test_what_evidence_refers_to_must_be_there(org: Organisation) -> None:
    expectation = await an_expectation(org)
    unknown = await org.owner.post("/v1/evidence", json=a_draft(expectation, {"id": NOBODY}))
    assert problem(unknown, 422, "unknown-reference")["errors"][0]["pointer"] == "/expectation_ids/1"
    no_file = await org.owner.post("/v1/evidence", json=a_draft(expectation, kind="file", url=None, file_id=NOBODY))
    assert problem(no_file, 422, "unknown-reference")["errors"][0]["pointer"] == "/file_id"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    early = await org.owner.post("/v1/evidence", json=a_draft(expectation, collected_at=tomorrow))
    assert problem(early, 422, "not-yet-collected")["errors"][0]["pointer"] == "/collected_at"
    ok(await org.manager.post(f"/v1/expectations/{expectation['id']}/withdrawals", json={"reason": "R"}))
    withdrawn = await org.owner.post("/v1/evidence", json=a_draft(expectation))
    assert problem(withdrawn, 422, "unknown-reference")["errors"][0]["detail"] == "withdrawn"


async def test_accepted_evidence_says_who_and_counts(org: Organisation) -> None:
    item = await accepted(org, await an_expectation(org))
    assert (item["status"], item["freshness"]) == ("accepted", "fresh")
    assert item["reviewer"] != item["submitter"]
    last = (await told_of(org, item))[-1]
    assert (last["type"], last["version"]) == ("evidence.item.accepted", item["version"])
    assert (last["before"]["status"], last["after"]["status"]) == ("submitted", "accepted")
    assert last["after"]["reviewer"] == item["reviewer"]
    assert item["reviewer"]["person"] == last["person"] == await person(org, "reviewer")


async def test_returned_evidence_says_why_and_never_counts(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    path = f"/v1/evidence/{item['id']}/reviews"
    no_reason = problem(await org.reviewer.post(path, json={"decision": "returned"}), 422, "invalid")
    assert no_reason["errors"][0]["pointer"] == "/reason"
    returned = ok(await org.reviewer.post(path, json={"decision": "returned", "reason": "May is missing."}))
    assert (returned["status"], returned["freshness"]) == ("returned", None)
    assert returned["review_reason"] == "May is missing."
    assert (await told_of(org, item))[-1]["reason"] == "May is missing."
    for decision in ("accepted", "returned"):
        again = await org.reviewer.post(path, json={"decision": decision, "reason": "R"})
        problem(again, 409, "conflict")


async def test_the_reviewer_is_not_the_submitter(org: Organisation) -> None:
    draft = a_draft(await an_expectation(org))
    item = created(await org.manager.post("/v1/evidence", json=draft))
    path = f"/v1/evidence/{item['id']}/reviews"
    problem(await org.manager.post(path, json={"decision": "accepted"}), 403, "separation-of-duties")
    assert (await read(org, item))["status"] == "submitted"
    ok(await org.second_manager.post(path, json={"decision": "accepted"}))


async def test_freshness_is_as_of_any_instant(org: Organisation) -> None:
    item = await accepted(org, await an_expectation(org))
    end = datetime.fromisoformat(item["proofs"][0]["valid_until"])
    moment = timedelta(microseconds=1)
    for as_of, freshness in (
        (end - timedelta(days=2) - moment, "fresh"),
        (end - timedelta(days=2), "expiring"),
        (end - moment, "expiring"),
        (end, "expired"),
    ):
        seen = await read(org, item, as_of=as_of.isoformat())
        assert (seen["freshness"], seen["proofs"][0]["freshness"]) == (freshness, freshness)


async def test_a_renewal_supersedes(org: Organisation) -> None:
    one, two = await an_expectation(org), await an_expectation(org)
    now = datetime.now(UTC)
    old = await accepted(org, one, two, covers_until=now - timedelta(days=3))
    before = datetime.now(UTC)
    new = await accepted(org, one, covers_until=now)
    proofs = {each["expectation_id"]: each for each in (await read(org, old))["proofs"]}
    assert (proofs[one["id"]]["superseded_by"], proofs[one["id"]]["freshness"]) == (new["id"], None)
    assert (proofs[two["id"]]["superseded_by"], proofs[two["id"]]["freshness"]) == (None, "fresh")
    last = (await told_of(org, old))[-1]
    assert last["type"] == "evidence.item.superseded"
    assert [each["expectation_id"] for each in last["data"]["proves"]] == [one["id"]]
    at_that_time = {each["expectation_id"]: each for each in (await read(org, old, as_of=before.isoformat()))["proofs"]}
    assert at_that_time[one["id"]]["freshness"] == "fresh"


async def test_a_renewal_supersedes_what_has_expired(org: Organisation) -> None:
    expectation = await an_expectation(org)
    old = await accepted(org, expectation, covers_until=datetime.now(UTC) - timedelta(days=30))
    new = await accepted(org, expectation)
    assert await kinds_told_of(org, old) == ["submitted", "accepted", "expired", "superseded"]
    assert await kinds_told_of(org, new) == ["submitted", "accepted"]


async def test_older_evidence_accepted_later_is_superseded_at_once(org: Organisation) -> None:
    expectation = await an_expectation(org)
    new = await accepted(org, expectation)
    old = await accepted(org, expectation, covers_until=datetime.now(UTC) - timedelta(days=30))
    assert old["proofs"][0]["superseded_by"] == new["id"]
    assert await kinds_told_of(org, old) == ["submitted", "accepted", "superseded"]


async def test_two_halves_with_the_same_end_both_stand(org: Organisation) -> None:
    expectation, end = await an_expectation(org), datetime.now(UTC)
    first = await accepted(org, expectation, covers_until=end)
    second = await accepted(org, expectation, covers_until=end, title="The other half")
    assert [(await read(org, each))["freshness"] for each in (first, second)] == ["fresh", "fresh"]


async def test_what_is_no_longer_expected_does_not_count_when_accepted(org: Organisation) -> None:
    kept, gone = await an_expectation(org), await an_expectation(org)
    item = await submitted(org, kept, gone)
    ok(await org.manager.post(f"/v1/expectations/{gone['id']}/withdrawals", json={"reason": "R"}))
    ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"}))
    proofs = {each["expectation_id"]: each["freshness"] for each in (await read(org, item))["proofs"]}
    assert proofs == {kept["id"]: "fresh", gone["id"]: None}
    proves = (await told_of(org, item))[-1]["data"]["proves"]
    assert [each["expectation_id"] for each in proves] == [kept["id"]]


async def test_a_list_is_filtered(org: Organisation) -> None:
    one, two = await an_expectation(org), await an_expectation(org)
    fresh = await accepted(org, one)
    expiring = await accepted(org, two, covers_until=datetime.now(UTC) - timedelta(days=9), title="Nearly over")
    expired = await accepted(org, await an_expectation(org), covers_until=datetime.now(UTC) - timedelta(days=60))
    waiting = await submitted(org, one, source="a person")

    async def ids(**asked: str) -> set[str]:
        return {each["id"] for each in ok(await org.viewer.get("/v1/evidence", params=asked))["items"]}

    assert await ids() == {fresh["id"], expiring["id"], expired["id"], waiting["id"]}
    assert await ids(freshness="fresh") == {fresh["id"]}
    assert await ids(freshness="expiring") == {expiring["id"]}
    assert await ids(freshness="expired") == {expired["id"]}
    assert await ids(status="submitted") == {waiting["id"]}
    assert await ids(expectation_id=one["id"]) == {fresh["id"], waiting["id"]}
    assert await ids(control_id=two["control_id"]) == {expiring["id"]}
    assert await ids(q="NEARLY") == {expiring["id"]}
    assert await ids(q="a person") == {waiting["id"]}
    assert await ids(updated_since=waiting["updated_at"]) == {waiting["id"]}
    problem(await org.viewer.get("/v1/evidence", params={"freshness": "stale"}), 422, "invalid")


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "covers_until", "-covers_until"])
async def test_pages_meet_without_gap_or_overlap(org: Organisation, sort: str) -> None:
    expectation = await an_expectation(org)
    made = {(await submitted(org, expectation))["id"] for _ in range(5)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"limit": "2", "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = ok(await org.viewer.get("/v1/evidence", params=asked))
        seen += [each["id"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == 5
    assert set(seen) == made


async def test_a_key_submits_once(org: Organisation) -> None:
    draft, headers = a_draft(await an_expectation(org)), {"Idempotency-Key": str(uuid.uuid4())}
    first = await org.owner.post("/v1/evidence", json=draft, headers=headers)
    assert created(await org.owner.post("/v1/evidence", json=draft, headers=headers)) == created(first)
    assert len(ok(await org.viewer.get("/v1/evidence"))["items"]) == 1


async def test_each_does_their_part(org: Organisation) -> None:
    draft = a_draft(await an_expectation(org))
    for client in (org.reviewer, org.viewer, org.risk):
        problem(await client.post("/v1/evidence", json=draft), 403, "forbidden")
    item = created(await org.owner.post("/v1/evidence", json=draft))
    for client in (org.owner, org.viewer, org.risk):
        refused = await client.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"})
        problem(refused, 403, "forbidden")


async def test_another_organisation_sees_and_uses_nothing(org: Organisation, other_org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await submitted(org, expectation)
    path = f"/v1/evidence/{item['id']}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.reviewer.post(f"{path}/reviews", json={"decision": "accepted"}), 404, "not-found")
    problem(await other_org.owner.post("/v1/evidence", json=a_draft(expectation)), 422, "unknown-reference")
    assert ok(await other_org.viewer.get("/v1/evidence"))["items"] == []
    problem(await org.viewer.get(f"/v1/evidence/{NOBODY}"), 404, "not-found")
