"""Retention: the classes, what the clock starts from, and what one piece of evidence is told of its time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.evidence.keeping.releases.schemas import ReleaseOut
from services.evidence.keeping.retention.schemas import RetentionClassOut
from tests.evidence.given import NOBODY, accepted, an_expectation, submitted
from tests.support import Organisation, created, ok, problem

SHIPPED = "00000000-0000-7000-8000-0000000000a1"
LONG_AGO = datetime(2015, 7, 1, tzinfo=UTC)


async def a_class(org: Organisation, **changes: Any) -> dict[str, Any]:
    draft = {"name": "Short", "description": "For a year.", "years": 1, "basis": "collection"}
    return created(await org.manager.post("/v1/retention-classes", json=draft | changes))


async def retention(org: Organisation, item: dict[str, Any]) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/evidence/{item['id']}/retention"))


async def classified(org: Organisation, item: dict[str, Any], class_id: str | None) -> dict[str, Any]:
    etag = (await org.manager.get(f"/v1/evidence/{item['id']}")).headers["ETag"]
    return ok(
        await org.manager.put(
            f"/v1/evidence/{item['id']}/retention",
            json={"class_id": class_id, "reason": "Records schedule"},
            headers={"If-Match": etag},
        )
    )


async def a_release(org: Organisation, *controls: str, released_at: datetime) -> dict[str, Any]:
    draft = {
        "title": "SOC 2 Type 2, 2015",
        "released_at": released_at.isoformat(),
        "control_ids": list(controls),
        "covers_from": "2015-01-01T00:00:00Z",
        "covers_until": "2016-01-01T00:00:00Z",
    }
    return created(await org.manager.post("/v1/releases", json=draft))


async def test_audit_evidence_is_kept_for_seven_years_after_the_release_by_default(org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await accepted(org, expectation, covers_until=LONG_AGO)
    before = await retention(org, item)
    assert (before["class_id"], before["assigned"], before["years"]) == (SHIPPED, False, 7)
    assert before["retained_until"] is None
    release = await a_release(org, expectation["control_id"], released_at=datetime(2016, 3, 1, tzinfo=UTC))
    after = await retention(org, item)
    assert after["started_at"] == "2016-03-01T00:00:00Z"
    assert after["retained_until"] == "2023-03-01T00:00:00Z"
    assert release.keys() == ReleaseOut.model_fields.keys()
    later = await a_release(org, expectation["control_id"], released_at=datetime(2017, 3, 1, tzinfo=UTC))
    assert (await retention(org, item))["retained_until"] == "2024-03-01T00:00:00Z"
    reason = {"reason": "The wrong year."}
    ok(await org.manager.post(f"/v1/releases/{later['id']}/withdrawals", json=reason))
    assert (await retention(org, item))["retained_until"] == "2023-03-01T00:00:00Z"
    problem(await org.manager.post(f"/v1/releases/{later['id']}/withdrawals", json=reason), 409, "conflict")
    assert [
        each["id"] for each in ok(await org.viewer.get("/v1/releases", params={"status": "recorded"}))["items"]
    ] == [release["id"]]


async def test_a_release_is_of_its_controls_and_period_only(org: Organisation) -> None:
    inside, other = await an_expectation(org), await an_expectation(org)
    await a_release(org, inside["control_id"], released_at=datetime(2016, 3, 1, tzinfo=UTC))
    of_other_control = await submitted(org, other, covers_until=LONG_AGO)
    of_other_period = await submitted(org, inside, covers_until=datetime(2020, 1, 1, tzinfo=UTC))
    for item in (of_other_control, of_other_period):
        assert (await retention(org, item))["retained_until"] is None


async def test_a_shorter_class_never_takes_audit_evidence_below_five_years(org: Organisation) -> None:
    expectation = await an_expectation(org)
    item = await submitted(org, expectation, covers_until=LONG_AGO, collected_at="2015-07-02T00:00:00Z")
    short = await a_class(org)
    assert (await classified(org, item, short["id"]))["retained_until"] == "2016-07-02T00:00:00Z"
    await a_release(org, expectation["control_id"], released_at=datetime(2016, 3, 1, tzinfo=UTC))
    assert (await retention(org, item))["retained_until"] == "2021-03-01T00:00:00Z"
    assert (await classified(org, item, None))["class_id"] == SHIPPED
    told = ok(await org.admin.get("/v1/services/evidence/trail", params={"subject": item["id"]}))["items"]
    assert [each["reason"] for each in told if each["type"] == "evidence.item.classified"] == ["Records schedule"] * 2


async def test_a_class_of_less_than_five_years_from_a_release_is_refused(org: Organisation) -> None:
    draft = {"name": "Too short", "description": "Four years.", "years": 4, "basis": "report_release"}
    refused = problem(await org.manager.post("/v1/retention-classes", json=draft), 422, "too-short")
    assert refused["errors"][0]["pointer"] == "/years"
    assert "AU-C 230" in refused["errors"][0]["detail"]
    kind = await a_class(org, basis="report_release", years=5)
    answer = await org.manager.patch(
        f"/v1/retention-classes/{kind['id']}", json={"years": 4, "reason": "No"}, headers={"If-Match": '"1"'}
    )
    problem(answer, 422, "too-short")


async def test_one_class_is_the_default_and_holds_for_what_is_in_none(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    first = await a_class(org, is_default=True)
    assert (await retention(org, item))["class_id"] == first["id"]
    second = await a_class(org, name="Second", is_default=True)
    assert (await retention(org, item))["class_id"] == second["id"]
    assert ok(await org.viewer.get(f"/v1/retention-classes/{first['id']}"))["is_default"] is False
    problem(
        await org.manager.post(f"/v1/retention-classes/{second['id']}/withdrawals", json={"reason": "No"}),
        409,
        "conflict",
    )
    withdrawn = await org.manager.post(f"/v1/retention-classes/{first['id']}/withdrawals", json={"reason": "Done"})
    assert ok(withdrawn)["status"] == "withdrawn"
    answer = await org.manager.put(
        f"/v1/evidence/{item['id']}/retention",
        json={"class_id": first["id"], "reason": "No"},
        headers={"If-Match": '"1"'},
    )
    problem(answer, 422, "unknown-class")


async def test_the_class_that_comes_with_attest_cannot_be_changed(org: Organisation) -> None:
    assert [each["id"] for each in ok(await org.viewer.get("/v1/retention-classes"))["items"]] == [SHIPPED]
    answer = await org.manager.patch(
        f"/v1/retention-classes/{SHIPPED}", json={"years": 5, "reason": "No"}, headers={"If-Match": '"1"'}
    )
    problem(answer, 409, "comes-with-attest")
    answer = await org.manager.post(f"/v1/retention-classes/{SHIPPED}/withdrawals", json={"reason": "No"})
    problem(answer, 409, "comes-with-attest")


async def test_a_revision_is_made_from_the_version_it_was_read_at(org: Organisation) -> None:
    kind = await a_class(org)
    assert kind.keys() == RetentionClassOut.model_fields.keys()
    path = f"/v1/retention-classes/{kind['id']}"
    change = {"years": 3, "reason": "Counsel"}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    assert ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))["years"] == 3
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    item = await submitted(org, await an_expectation(org))
    answer = await org.manager.put(
        f"/v1/evidence/{item['id']}/retention",
        json={"class_id": kind["id"], "reason": "x"},
        headers={"If-Match": '"9"'},
    )
    problem(answer, 412, "stale")


async def test_a_release_lies_in_the_past(org: Organisation) -> None:
    draft = {
        "title": "Soon",
        "released_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "control_ids": [NOBODY],
        "covers_from": "2015-01-01T00:00:00Z",
        "covers_until": "2016-01-01T00:00:00Z",
    }
    problem(await org.manager.post("/v1/releases", json=draft), 422, "not-yet-released")


async def test_only_who_may_writes(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    draft = {"name": "No", "description": "No", "years": 1, "basis": "collection"}
    for each in (org.owner, org.reviewer, org.viewer):
        problem(await each.post("/v1/retention-classes", json=draft), 403, "forbidden")
        problem(await each.post("/v1/releases", json={}), 403, "forbidden")
        answer = await each.put(
            f"/v1/evidence/{item['id']}/retention",
            json={"class_id": None, "reason": "x"},
            headers={"If-Match": '"1"'},
        )
        problem(answer, 403, "forbidden")


async def test_another_organisation_sees_and_uses_none_of_it(org: Organisation, other_org: Organisation) -> None:
    kind, item = await a_class(org, is_default=True), await submitted(org, await an_expectation(org))
    problem(await other_org.viewer.get(f"/v1/retention-classes/{kind['id']}"), 404, "not-found")
    problem(await other_org.viewer.get(f"/v1/evidence/{item['id']}/retention"), 404, "not-found")
    theirs = await submitted(other_org, await an_expectation(other_org))
    assert (await retention(other_org, theirs))["class_id"] == SHIPPED
    answer = await other_org.manager.put(
        f"/v1/evidence/{theirs['id']}/retention",
        json={"class_id": kind["id"], "reason": "x"},
        headers={"If-Match": '"1"'},
    )
    problem(answer, 422, "unknown-class")
