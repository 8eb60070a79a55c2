"""History from outside: versions of policies, acknowledgements and tests of an earlier day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.controls.given import accepted, control, earlier, in_operation_since, procedure, told
from tests.controls.policed import drafted, written
from tests.support import Organisation, created, ok, person, problem

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
ACCEPTED = {"decision": "accepted"}
_NOWHERE = "0190b5a0-0000-7000-8000-000000000000"
_AT_NIGHT = "2025-02-01T00:00:00+00:00"


async def _decide(org: Organisation, record: str) -> Any:
    return await org.second_manager.post(f"/v1/historical-records/{record}/decisions", json=ACCEPTED)


async def _in_force_since(org: Organisation, day: date | str) -> dict[str, Any]:
    """A version of a policy that was in force since a day before it came into Attest."""
    version = await drafted(org, (await written(org))["id"])
    await accepted(org, await told(org, earlier("publication", day, version_id=version["id"])))
    return ok(await org.viewer.get(f"/v1/policy-versions/{version['id']}"))


async def test_a_version_of_a_policy_was_in_force_before_attest_knew(org: Organisation) -> None:
    version = await _in_force_since(org, "2025-02-01")
    assert (version["status"], version["effective_on"], version["published_at"]) == (
        "published",
        "2025-02-01",
        _AT_NIGHT,
    )
    (record,) = ok(await org.viewer.get("/v1/historical-records", params={"policy_id": version["policy_id"]}))["items"]
    assert (record["policy_code"], record["control_code"], record["result_id"]) == (
        version["policy_code"],
        None,
        version["id"],
    )
    assert version["dates"] == {
        "effective": _AT_NIGHT,
        "recorded": record["decided_at"],
        "historical_record_id": record["id"],
    }
    assert version["published_by"]["person"] == await person(org, "kim")
    (decision,) = version["decisions"]
    assert (decision["by"]["person"], decision["decision"], decision["sha256"]) == (
        await person(org, "kim"),
        "approve",
        version["sha256"],
    )
    policy = ok(await org.viewer.get(f"/v1/policies/{version['policy_id']}"))
    assert (policy["status"], policy["reviewed_on"], policy["review_due_on"]) == (
        "published",
        "2025-02-01",
        "2026-02-01",
    )


async def test_versions_follow_each_other_and_are_approved_by_others(org: Organisation) -> None:
    first = await _in_force_since(org, "2025-02-01")
    second = await drafted(org, first["policy_id"])
    by_author = earlier("publication", "2025-03-01", version_id=second["id"])
    by_author["performed_by"] = (await person(org, "manager"))["id"]
    before = earlier("publication", "2025-01-31", version_id=second["id"])
    after = earlier("publication", "2025-03-01", version_id=second["id"])
    own, too_early, fits = await told(org, by_author, before, after)
    problem(await _decide(org, own), 403, "separation-of-duties")
    problem(await _decide(org, too_early), 422, "invalid")
    ok(await _decide(org, fits))
    superseded = ok(await org.viewer.get(f"/v1/policy-versions/{first['id']}"))
    assert (superseded["status"], superseded["effective_until"]) == ("superseded", "2025-03-01")
    (again,) = await told(org, after)
    problem(await _decide(org, again), 409, "conflict")


async def test_people_acknowledged_before_attest_asked_them(org: Organisation) -> None:
    version = await _in_force_since(org, "2025-02-01")
    draft = {
        "version_id": version["id"],
        "title": "Everyone",
        "due_on": str(TODAY + 30 * DAY),
        "audience": {"people": ["kim@example.com", "lee@example.com"]},
    }
    campaign = created(await org.manager.post("/v1/policy-campaigns", json=draft))["id"]
    rows = [
        earlier("acknowledgement", "2025-02-10", campaign_id=campaign),
        earlier("acknowledgement", "2025-01-31", campaign_id=campaign) | {"performed_by": "lee@example.com"},
        earlier("acknowledgement", "2025-02-10", campaign_id=campaign) | {"performed_by": "dana@example.com"},
    ]
    by_kim, before_it_was_published, not_asked = await told(org, *rows)
    for record in (before_it_was_published, not_asked):
        problem(await _decide(org, record), 422, "invalid")
    acknowledgement = ok(await _decide(org, by_kim))["result_id"]
    shown = ok(await org.viewer.get(f"/v1/policy-acknowledgements/{acknowledgement}"))
    assert (shown["person"], shown["status"], shown["on_behalf"]) == (await person(org, "kim"), "acknowledged", True)
    assert shown["acknowledged_at"] == shown["dates"]["effective"] == "2025-02-10T00:00:00+00:00"
    assert shown["dates"]["historical_record_id"] == by_kim
    assert shown["recorded_by"]["person"] == await person(org, "manager")
    (again,) = await told(org, rows[0])
    problem(await _decide(org, again), 409, "conflict")
    nobody = rows[0] | {"performed_by": None, "performed_by_name": "Sam Sandoval"}
    problem(await org.manager.post("/v1/historical-records", json=nobody), 422, "invalid")


async def test_a_test_of_an_earlier_day_counts(org: Organisation) -> None:
    tested = await control(org, "AC-01", [], until="draft")
    await in_operation_since(org, tested, "2025-01-05")
    members = {
        "control_id": tested,
        "procedure_id": await procedure(org),
        "test_kind": "operating",
        "outcome": "pass",
        "notes": "Compared 14 of 14.",
    }
    rows = [
        earlier("test", "2025-02-01", **members),
        earlier("test", "2025-01-04", **members),
        earlier("test", "2025-02-01", **members) | {"performed_by": "dana@example.com"},
    ]
    fits, before_the_text, by_the_owner = await told(org, *rows)
    problem(await _decide(org, before_the_text), 422, "invalid")
    problem(await _decide(org, by_the_owner), 403, "separation-of-duties")
    result = ok(await org.viewer.get(f"/v1/test-results/{ok(await _decide(org, fits))['result_id']}"))
    assert (result["outcome"], result["review"], result["test_id"]) == ("pass", "signed_off", None)
    assert result["observed_at"] == result["dates"]["effective"] == _AT_NIGHT
    assert (result["tester"]["person"], result["reviewer"]["person"]) == (
        await person(org, "kim"),
        await person(org, "second_manager"),
    )
    assert result["reviewed_at"] == result["dates"]["recorded"] > result["dates"]["effective"]
    standing = ok(await org.viewer.get(f"/v1/test-standings/{result['standing_id']}"))
    assert (standing["concluded"], standing["concluded_at"]) == ("pass", _AT_NIGHT)
    assert ok(await org.viewer.get(f"/v1/controls/{tested}/health"))["state"] in {"healthy", "failing"}


async def test_asking_alone_concluded_nothing_then_either(org: Organisation) -> None:
    tested = await control(org, "AC-01", [], until="draft")
    await in_operation_since(org, tested, "2025-01-05")
    draft = {
        "code": "TP-02",
        "title": "Somebody is asked",
        "methods": ["inquiry"],
        "steps": ["Ask."],
        "expected_result": "They say so.",
    }
    asking = created(await org.manager.post("/v1/procedures", json=draft))["id"]
    members = {"control_id": tested, "procedure_id": asking, "test_kind": "operating", "outcome": "pass"}
    row = earlier("test", "2025-02-01", **members)
    (not_approved,) = await told(org, row)
    problem(await _decide(org, not_approved), 422, "invalid")
    ok(await org.second_manager.post(f"/v1/procedures/{asking}/approvals"))
    problem(await _decide(org, not_approved), 422, "inquiry-alone")


async def test_what_a_record_is_about_is_there(org: Organisation) -> None:
    members = {"procedure_id": _NOWHERE, "test_kind": "design", "outcome": "pass", "control_id": _NOWHERE}
    rows = [
        (earlier("test", "2025-02-01", **members), ["/control_id", "/procedure_id"]),
        (earlier("publication", "2025-02-01", version_id=_NOWHERE), ["/version_id"]),
        (earlier("acknowledgement", "2025-02-01", campaign_id=_NOWHERE), ["/campaign_id"]),
    ]
    for row, pointers in rows:
        refused = problem(await org.manager.post("/v1/historical-records", json=row), 422, "record-unfounded")
        assert [each["pointer"] for each in refused["errors"]] == pointers
