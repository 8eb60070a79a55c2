"""Evidence is found by its words and its tags, and only by those of the same organisation."""

from typing import Any

from tests.evidence.given import an_expectation, submitted, told_of
from tests.support import Organisation, ok, problem


async def ids(org: Organisation, **asked: Any) -> list[str]:
    items: list[dict[str, Any]] = ok(await org.viewer.get("/v1/evidence", params=asked))["items"]
    return [each["id"] for each in items]


async def test_every_text_is_searched(org: Organisation) -> None:
    expectation = await an_expectation(org)
    report = await submitted(org, expectation, title="Penetrationstest der Außenstelle", source="Prüfer GmbH")
    record = await submitted(
        org, expectation, kind="record", url=None, title="Accounts", record={"users": [{"name": "zoë", "uid": 4711}]}
    )
    statement = await submitted(
        org, expectation, kind="attestation", url=None, title="Statement", statement="Nobody was left over."
    )
    for q, found in (
        ("penetrationstest", report),
        ("AUSSENSTELLE", None),
        ("außenstelle", report),
        ("PRÜFER gmbh", report),
        ("zoë", record),
        ("4711", record),
        ("left over", statement),
        ("over left nob", statement),
        ("pen", report),
        ("test", None),
        ("nobody accounts", None),
        ("no one", None),
    ):
        assert await ids(org, q=q) == ([found["id"]] if found else []), q
    assert await ids(org, q="(&|!") == []
    assert len(await ids(org, q="identity pro")) == 2
    assert await ids(org, q="identity", status="accepted") == []


async def test_what_is_common_is_found_as_what_is_rare(org: Organisation) -> None:
    expectation = await an_expectation(org)
    made = [(await submitted(org, expectation, title=f"Review {n} of the directory"))["id"] for n in range(5)]
    first = ok(await org.viewer.get("/v1/evidence", params={"q": "review dir", "limit": 2}))
    rest = await ids(org, q="review dir", limit=5, cursor=first["next_cursor"])
    assert [*(each["id"] for each in first["items"]), *rest] == made[::-1]


async def test_tags_are_given_and_taken(org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await submitted(org, expectation, tags=["Quarter-2", "sox", "sox"])
    other = await submitted(org, expectation)
    assert (item["tags"], other["tags"]) == (["quarter-2", "sox"], [])
    assert await ids(org, tag="SOX") == await ids(org, q="sox") == [item["id"]]
    path = f"/v1/evidence/{item['id']}/tags"
    problem(await org.owner.put(path, json={"tags": []}), 428, "precondition-required")
    problem(await org.owner.put(path, json={"tags": []}, headers={"If-Match": '"9"'}), 412, "stale")
    problem(await org.owner.put(path, json={"tags": ["a\nb"]}, headers={"If-Match": "*"}), 422, "invalid")
    tagged = ok(await org.owner.put(path, json={"tags": ["pci: 4"]}, headers={"If-Match": f'"{item["version"]}"'}))
    assert (tagged["tags"], tagged["version"]) == (["pci: 4"], item["version"] + 1)
    assert await ids(org, tag="sox") == await ids(org, q="sox") == []
    assert await ids(org, q="pci") == [item["id"]]
    last = (await told_of(org, item))[-1]
    assert (last["type"], last["data"]["tags"]) == ("evidence.item.tagged", ["pci: 4"])


async def test_nobody_finds_what_is_another_organisations(org: Organisation, other_org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org), title="Unmistakable", tags=["unmistakable"])
    assert await ids(org, q="unmistakable") == [item["id"]]
    for asked in ({"q": "unmistakable"}, {"q": "unm"}, {"tag": "unmistakable"}):
        assert await ids(other_org, **asked) == []
    path = f"/v1/evidence/{item['id']}/tags"
    problem(await other_org.owner.put(path, json={"tags": []}, headers={"If-Match": "*"}), 404, "not-found")
    for client in (org.reviewer, org.viewer):
        problem(await client.put(path, json={"tags": []}, headers={"If-Match": "*"}), 403, "forbidden")
