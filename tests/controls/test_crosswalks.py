"""Crosswalks: those that come with Attest, complete and honest, and the organisation's own."""

from collections import Counter
from typing import Any

import pytest

from tests.controls.given import crosswalk
from tests.support import Organisation, created, ok, problem

OWN = {"code": "own", "title": "Our own", "source": "soc2", "target": "iso27001", "origin": "A workshop."}


async def _all(org: Organisation, path: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page = {"limit": "200", **query}
    while True:
        answer = ok(await org.viewer.get(path, params=page))
        items += answer["items"]
        if answer["next_cursor"] is None:
            return items
        page["cursor"] = answer["next_cursor"]


async def _shipped(org: Organisation, code: str, pairs: int) -> list[dict[str, Any]]:
    """The entries of a crosswalk that comes with Attest."""
    (found,) = ok(await org.viewer.get("/v1/crosswalks", params={"q": code}))["items"]
    assert (found["shipped"], found["entries"]) == (True, pairs)
    entries = await _all(org, "/v1/crosswalk-entries", crosswalk_id=found["id"])
    assert len({(each["source"], each["target"]) for each in entries}) == pairs
    assert {each["source"].partition(":")[0] for each in entries} == {found["source"]}
    return entries


@pytest.mark.parametrize(("code", "pairs"), [("nist-sp800-53-iso27001", 642), ("nist-csf-iso27001", 341)])
async def test_pairs_that_come_with_attest_claim_no_more_than_their_source(
    org: Organisation, code: str, pairs: int
) -> None:
    entries = await _shipped(org, code, pairs)
    assert {(each["relation"], each["strength"], each["basis"]) for each in entries} == {("related", None, None)}


@pytest.mark.parametrize(
    ("code", "relations"),
    [
        ("soc2-iso27001", {"intersects_with": 171, "subset_of": 21, "superset_of": 10, "equal": 1}),
        ("soc2-sp800-53", {"intersects_with": 159, "subset_of": 2, "superset_of": 1}),
    ],
)
async def test_each_entry_of_our_own_judgement_says_how_and_why(
    org: Organisation, code: str, relations: dict[str, int]
) -> None:
    entries = await _shipped(org, code, sum(relations.values()))
    assert Counter(each["relation"] for each in entries) == relations
    assert all(1 <= each["strength"] <= 9 for each in entries)
    assert {each["basis"] for each in entries} == {"semantic", "functional"}
    assert all(each["rationale"].endswith(".") for each in entries)
    if code == "soc2-iso27001":
        capacity = next(each for each in entries if each["target"] == "iso27001:A.8.6")
        assert (capacity["source"], capacity["relation"], capacity["strength"]) == ("soc2:A1.1", "equal", 9)


async def test_every_reference_that_comes_with_attest_is_asked_for(org: Organisation) -> None:
    named = {each[end] for each in await _all(org, "/v1/crosswalk-entries") for end in ("source", "target")}
    asked = set()
    for edition in ok(await org.viewer.get("/v1/framework-versions"))["items"]:
        query = {"version_id": edition["id"], "assessed": "true"}
        asked |= {f"{edition['framework_code']}:{each['ref']}" for each in await _all(org, "/v1/requirements", **query)}
    assert named - asked == set()


async def test_what_comes_with_attest_is_nobodys_to_change(org: Organisation) -> None:
    (shipped,) = ok(await org.viewer.get("/v1/crosswalks", params={"q": "soc2-iso27001"}))["items"]
    path = f"/v1/crosswalks/{shipped['id']}"
    revised = await org.manager.patch(path, json={"title": "Mine"}, headers={"If-Match": "*"})
    problem(revised, 409, "comes-with-attest")
    problem(await org.manager.post(f"{path}/withdrawals", json={"reason": "Wrong."}), 409, "comes-with-attest")
    (entry, *_) = ok(await org.viewer.get("/v1/crosswalk-entries", params={"crosswalk_id": shipped["id"]}))["items"]
    gone = await org.manager.delete(f"/v1/crosswalk-entries/{entry['id']}", headers={"If-Match": "*"})
    problem(gone, 409, "comes-with-attest")
    other = {"relation": "subset_of"}
    revised = await org.manager.patch(f"/v1/crosswalk-entries/{entry['id']}", json=other, headers={"If-Match": "*"})
    problem(revised, 409, "comes-with-attest")
    draft = {"crosswalk_id": shipped["id"], "source": "soc2:CC6.1", "target": "iso27001:A.8.34", "relation": "equal"}
    problem(await org.manager.post("/v1/crosswalk-entries", json=draft), 409, "comes-with-attest")


async def test_an_organisation_writes_its_own(org: Organisation, other_org: Organisation) -> None:
    response = await org.manager.post("/v1/crosswalks", json=OWN)
    own, path = created(response), response.headers["Location"]
    assert (own["shipped"], own["entries"], own["status"]) == (False, 0, "active")
    revision = {"origin": "Reviewed by Example CPA LLP."}
    problem(await org.manager.patch(path, json=revision), 428, "precondition-required")
    revised = await org.manager.patch(path, json=revision, headers={"If-Match": response.headers["ETag"]})
    assert ok(revised) == ok(await org.viewer.get(path))
    assert revised.json()["origin"] == revision["origin"]
    problem(await org.manager.patch(path, json=revision, headers={"If-Match": '"1"'}), 412, "stale")
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.patch(path, json=revision, headers={"If-Match": "*"}), 404, "not-found")
    assert len(ok(await other_org.viewer.get("/v1/crosswalks"))["items"]) == 4
    withdrawn = ok(await org.manager.post(f"{path}/withdrawals", json={"reason": "Superseded."}))
    assert withdrawn["status"] == "withdrawn"
    problem(await org.manager.post(f"{path}/withdrawals", json={"reason": "Again."}), 409, "conflict")


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"source": "soc3", "target": "iso9001"}, ["/source", "/target"]),
        ({"target": "soc2"}, ["/target"]),
    ],
)
async def test_a_crosswalk_needs_two_frameworks(
    org: Organisation, changes: dict[str, str], pointers: list[str]
) -> None:
    refused = problem(await org.manager.post("/v1/crosswalks", json=OWN | changes), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == pointers


async def test_a_code_names_one_crosswalk(org: Organisation) -> None:
    await crosswalk(org)
    for code in ("own", "soc2-iso27001"):
        refused = await org.manager.post("/v1/crosswalks", json=OWN | {"code": code})
        problem(refused, 409, "code-taken")


async def test_who_may_not_write_one_is_refused(org: Organisation) -> None:
    problem(await org.owner.post("/v1/crosswalks", json=OWN), 403, "forbidden")
    problem(await org.monitor.get("/v1/crosswalks"), 403, "forbidden")
    problem(await org.monitor.get("/v1/crosswalk-entries"), 403, "forbidden")
