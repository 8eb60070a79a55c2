"""Entries of crosswalks: written one by one and in batches, changed, withdrawn."""

from typing import Any

from tests.controls.given import crosswalk, entry
from tests.support import Organisation, created, ok, problem


def _mapping(source: str, target: str, relation: str = "intersects_with") -> dict[str, Any]:
    return {"source": f"soc2:{source}", "target": f"iso27001:{target}", "relation": relation}


async def test_an_entry_says_how_strongly_and_why(org: Organisation, other_org: Organisation) -> None:
    own = await crosswalk(org)
    said = {"strength": 7, "basis": "functional", "rationale": "Both ask that access be granted by role."}
    draft = {"crosswalk_id": own, **_mapping("CC6.3", "A.5.15", "subset_of"), **said}
    response = await org.manager.post("/v1/crosswalk-entries", json=draft)
    written, path = created(response), response.headers["Location"]
    assert written | draft == written
    assert ok(await org.viewer.get(path)) == written
    for requirement in ("soc2:CC6.3", "iso27001:A.5.15"):
        found = ok(await org.viewer.get("/v1/crosswalk-entries", params={"requirement": requirement, "limit": 200}))
        assert written in found["items"]
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await org.viewer.delete(path, headers={"If-Match": "*"}), 403, "forbidden")


async def test_what_was_said_can_be_said_otherwise_and_taken_away(org: Organisation) -> None:
    written = await entry(org, await crosswalk(org), "soc2:CC6.3", "iso27001:A.5.15", "related", strength=3)
    path = f"/v1/crosswalk-entries/{written}"
    problem(await org.manager.patch(path, json={"relation": "equal"}), 428, "precondition-required")
    change = {"relation": "equal", "strength": None}
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["relation"], revised["strength"], revised["version"]) == ("equal", None, 2)
    kept = ok(await org.manager.patch(path, json={"relation": None}, headers={"If-Match": '"2"'}))
    assert kept["relation"] == "equal"
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")


async def test_a_withdrawn_entry_stays_as_a_tombstone(org: Organisation) -> None:
    own = await crosswalk(org)
    written = await entry(org, own, "soc2:CC6.3", "iso27001:A.5.15", "equal")
    since = ok(await org.viewer.get(f"/v1/crosswalk-entries/{written}"))["updated_at"]
    path = f"/v1/crosswalk-entries/{written}"
    problem(await org.manager.delete(path), 428, "precondition-required")
    assert ok(await org.manager.delete(path, headers={"If-Match": '"1"'}))["status"] == "withdrawn"
    problem(await org.manager.delete(path, headers={"If-Match": "*"}), 409, "conflict")
    changed = ok(await org.viewer.get("/v1/crosswalk-entries", params={"updated_since": since, "crosswalk_id": own}))
    assert [(each["id"], each["status"]) for each in changed["items"]] == [(written, "withdrawn")]
    assert await entry(org, own, "soc2:CC6.3", "iso27001:A.5.15", "subset_of") != written
    assert ok(await org.viewer.get(f"/v1/crosswalks/{own}"))["entries"] == 1


async def test_what_no_framework_asks_for_is_named(org: Organisation) -> None:
    own = await crosswalk(org)
    wrong = {"crosswalk_id": own, **_mapping("CC8.2", "A.9.1")}
    refused = problem(await org.manager.post("/v1/crosswalk-entries", json=wrong), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/source", "/target"]
    backwards = {"crosswalk_id": own, "source": "iso27001:A.5.15", "target": "soc2:CC6.3", "relation": "equal"}
    refused = problem(await org.manager.post("/v1/crosswalk-entries", json=backwards), 422, "invalid")
    assert [each["detail"] for each in refused["errors"]] == [
        "The reference must be of soc2.",
        "The reference must be of iso27001.",
    ]


async def test_a_batch_answers_each_for_itself(org: Organisation) -> None:
    own = await crosswalk(org)
    await entry(org, own, "soc2:CC6.1", "iso27001:A.5.15", "equal")
    entries = [
        _mapping("CC6.2", "A.5.16"),
        _mapping("CC6.2", "A.99"),
        _mapping("CC6.1", "A.5.15"),
        _mapping("CC6.2", "A.5.16"),
        _mapping("CC6.3", "A.5.18"),
    ]
    batch = {"crosswalk_id": own, "entries": entries}
    answer = ok(await org.manager.post("/v1/crosswalk-entries/batch", json=batch))
    assert (answer["written"], answer["refused"]) == (2, 3)
    assert [each["index"] for each in answer["results"]] == [0, 1, 2, 3, 4]
    assert [bool(each["id"]) for each in answer["results"]] == [True, False, False, False, True]
    pointers = [
        fault["pointer"] for each in answer["results"] if each["problem"] for fault in each["problem"]["errors"]
    ]
    assert pointers == ["/entries/1/target", "/entries/2/target", "/entries/3/target"]
    assert ok(await org.viewer.get(f"/v1/crosswalks/{own}"))["entries"] == 3


async def test_an_atomic_batch_is_written_whole_or_not_at_all(org: Organisation) -> None:
    own = await crosswalk(org)
    batch = {"crosswalk_id": own, "atomic": True, "entries": [_mapping("CC6.2", "A.5.16"), _mapping("CC6.2", "A.99")]}
    refused = problem(await org.manager.post("/v1/crosswalk-entries/batch", json=batch), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/entries/1/target"]
    assert ok(await org.viewer.get(f"/v1/crosswalks/{own}"))["entries"] == 0


async def test_a_thousand_at_once_and_each_is_in_the_trail(org: Organisation) -> None:
    criteria = [f"CC{group}.{n}" for group, size in ((1, 5), (6, 8)) for n in range(1, size + 1)]
    annex = [f"A.5.{n}" for n in range(1, 38)] + [f"A.8.{n}" for n in range(1, 35)] + [f"A.7.{n}" for n in range(1, 7)]
    own = await crosswalk(org)
    entries = [_mapping(source, target) for source in criteria for target in annex][:1000]
    batch = {"crosswalk_id": own, "atomic": True, "entries": entries}
    answer = ok(await org.manager.post("/v1/crosswalk-entries/batch", json=batch))
    assert (answer["written"], answer["refused"]) == (1000, 0)
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": answer["results"][999]["id"]}))
    assert [each["type"] for each in trail["items"]] == ["controls.crosswalk_entry.written"]
    too_many = batch | {"entries": [*entries, entries[0]]}
    problem(await org.manager.post("/v1/crosswalk-entries/batch", json=too_many), 422, "invalid")


async def test_nothing_is_written_into_a_withdrawn_crosswalk(org: Organisation) -> None:
    own = await crosswalk(org)
    written = await entry(org, own, "soc2:CC6.1", "iso27001:A.5.15", "equal")
    ok(await org.manager.post(f"/v1/crosswalks/{own}/withdrawals", json={"reason": "Superseded."}))
    draft = {"crosswalk_id": own, **_mapping("CC6.2", "A.5.16")}
    problem(await org.manager.post("/v1/crosswalk-entries", json=draft), 409, "conflict")
    change = await org.manager.patch(
        f"/v1/crosswalk-entries/{written}", json={"relation": "related"}, headers={"If-Match": "*"}
    )
    problem(change, 409, "conflict")
