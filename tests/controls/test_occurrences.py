"""Occurrences: what should have been done in a period, and what was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.controls.given import accepted, earlier, in_operation_since, performed, told
from tests.support import Organisation, created, ok, person, problem

YEAR = {"from": "2025-01-01", "to": "2025-12-31"}


async def _operated(org: Organisation, code: str, frequency: str = "quarterly", **changes: object) -> str:
    """A control that has been in operation since the beginning of 2025."""
    draft = {
        "code": code,
        "title": f"Control {code}",
        "statement": "It is done.",
        "owner": "dana@example.com",
        "kind": "detective",
        "nature": "manual",
        "frequency": frequency,
    }
    control = created(await org.manager.post("/v1/controls", json=draft | changes))["id"]
    await in_operation_since(org, control, "2025-01-01")
    return str(control)


async def _period(org: Organisation, control: str, **query: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{control}/occurrences", params=YEAR | query))


async def test_a_quarterly_control_in_a_year(org: Organisation) -> None:
    control = await _operated(org, "AC-01", recurrence={"time_zone": "Europe/Berlin", "tolerance_days": 10})
    first = await performed(org, control, "2025-03-20", notes="All systems")
    assert (first["due_on"], first["performed_by"], first["control_code"]) == (
        "2025-03-31",
        await person(org, "kim"),
        "AC-01",
    )
    assert ok(await org.viewer.get(f"/v1/occurrences/{first['id']}")) == first
    assert (await performed(org, control, "2025-07-05"))["due_on"] == "2025-06-30"
    period = await _period(org, control)
    assert (period["period_start"], period["period_end"]) == ("2025-01-01", "2025-12-31")
    assert [each["standing"] for each in period["expected"]] == ["in_time", "late", "missed", "missed"]
    assert period["expected"][0]["occurrence_id"] == first["id"]
    assert period["counts"] == {
        "expected": 4,
        "performed": 2,
        "late": 1,
        "missed": 2,
        "open": 0,
        "performances": 2,
        "additional": 0,
    }
    assert (period["outcome"], period["parts"][0]["time_zone"]) == ("missed", "Europe/Berlin")
    then = await _period(org, control, as_of="2025-10-10T21:59:00Z")
    assert [each["standing"] for each in then["expected"]] == ["in_time", "late", "open", "open"]


async def test_an_annual_control_is_flagged_in_a_short_period(org: Organisation) -> None:
    control = await _operated(org, "RA-01", "annual")
    period = await _period(org, control, to="2025-03-31")
    assert (period["outcome"], period["next_due_on"], period["expected"]) == ("outside_period", "2025-12-31", [])
    assert (await _period(org, control))["outcome"] == "missed"


async def test_what_never_happened_is_no_failure(org: Organisation) -> None:
    control = await _operated(org, "HR-01", "ad_hoc")
    assert (await _period(org, control))["outcome"] == "no_occurrence"
    recorded = await performed(org, control, "2025-05-01")
    assert recorded["due_on"] is None
    period = await _period(org, control)
    assert (period["outcome"], period["additional"]) == ("performed", [recorded["id"]])


async def test_a_change_in_the_period_keeps_both_rhythms(org: Organisation) -> None:
    control = await _operated(org, "AC-01")
    change = {"frequency": "monthly", "recurrence": {"rule": "FREQ=MONTHLY;BYMONTHDAY=15", "starts_on": "2025-08-15"}}
    ok(await org.manager.patch(f"/v1/controls/{control}", json=change, headers={"If-Match": "*"}))
    await accepted(org, await told(org, earlier("approval", "2025-08-01", control_id=control)))
    period = await _period(org, control)
    assert [(each["definition"], each["due_on"][5:]) for each in period["expected"]] == [
        (1, "03-31"),
        (1, "06-30"),
        *((2, f"{month:02}-15") for month in range(8, 13)),
    ]
    assert [part["last_day"] for part in period["parts"]] == ["2025-07-31", "2025-12-31"]
    changes = ok(await org.viewer.get(f"/v1/controls/{control}/definitions/2/changes"))["changes"]
    assert [each["field"] for each in changes] == ["frequency", "recurrence"]


@pytest.mark.parametrize(
    ("frequency", "recurrence", "pointer"),
    [
        ("monthly", {"rule": "FREQ=SECONDLY", "starts_on": "2025-01-01"}, "/recurrence/rule"),
        ("weekly", {"rule": "FREQ=MONTHLY;BYMONTHDAY=1", "starts_on": "2025-01-01"}, "/recurrence/rule"),
        ("monthly", {"rule": "FREQ=MONTHLY;BYMONTHDAY=1"}, "/recurrence/starts_on"),
        ("ad_hoc", {"rule": "FREQ=DAILY", "starts_on": "2025-01-01"}, "/recurrence"),
        ("monthly", {"time_zone": "Europe/Atlantis"}, "/recurrence/time_zone"),
    ],
)
async def test_what_is_no_rhythm_is_refused(
    org: Organisation, frequency: str, recurrence: dict[str, str], pointer: str
) -> None:
    draft = {
        "code": "X-1",
        "title": "X",
        "statement": "X.",
        "owner": "dana@example.com",
        "kind": "detective",
        "nature": "manual",
    }
    body = draft | {"frequency": frequency, "recurrence": recurrence}
    refused = problem(await org.manager.post("/v1/controls", json=body), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_what_cannot_have_been_is_refused(org: Organisation) -> None:
    control = await _operated(org, "AC-01")
    await performed(org, control, "2025-03-20")
    now = datetime.now(UTC).isoformat()
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for draft, pointer in (
        ({"performed_at": future}, "/performed_at"),
        ({"performed_at": "2025-06-20T10:00:00Z"}, "/performed_at"),  # that is told as a historical record
        ({"performed_at": now, "due_on": "2025-03-30"}, "/due_on"),
        ({"performed_at": now, "due_on": "2025-03-31"}, "/due_on"),
    ):
        refused = problem(await org.owner.post(f"/v1/controls/{control}/occurrences", json=draft), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_what_was_not_so_is_withdrawn(org: Organisation) -> None:
    control = await _operated(org, "AC-01")
    recorded = await performed(org, control, "2025-03-20")
    path = f"/v1/occurrences/{recorded['id']}/withdrawals"
    withdrawn = ok(await org.owner.post(path, json={"reason": "It was another system."}))
    assert withdrawn["withdrawn_at"]
    problem(await org.owner.post(path, json={"reason": "Again"}), 409, "conflict")
    assert (await _period(org, control))["expected"][0]["standing"] == "missed"
    assert (await performed(org, control, "2025-03-21"))["due_on"] == "2025-03-31"
    listed = ok(await org.viewer.get("/v1/occurrences", params={"control_id": control, "sort": "performed_at"}))
    assert [bool(each["withdrawn_at"]) for each in listed["items"]] == [True, False]


async def test_a_batch_answers_each(org: Organisation) -> None:
    control = await _operated(org, "OP-01", "monthly")
    now, ends = datetime.now(UTC).isoformat(), ("01-31", "02-28", "03-31", "04-30", "05-31", "06-30")
    drafts = [{"control_id": control, "performed_at": now, "due_on": f"2025-{end}"} for end in ends]
    strange = {"control_id": "0190b5a0-0000-7000-8000-000000000000", "performed_at": "2025-01-01T10:00:00Z"}
    body = {"occurrences": [*drafts, strange, drafts[0]]}
    all_or_none = await org.owner.post("/v1/occurrences/batch", params={"atomic": True}, json=body)
    refused = problem(all_or_none, 422, "batch-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/occurrences/6/control_id", "/occurrences/7/due_on"]
    assert ok(await org.viewer.get("/v1/occurrences"))["items"] == []
    answer = ok(await org.owner.post("/v1/occurrences/batch", json=body))
    assert (answer["recorded"], answer["refused"]) == (6, 2)
    assert [each["due_on"] for each in answer["results"]][:2] == ["2025-01-31", "2025-02-28"]
    assert answer["results"][6]["problem"]["errors"][0]["pointer"] == "/occurrences/6/control_id"
    listed = ok(await org.viewer.get("/v1/occurrences", params={"control_id": control}))["items"]
    assert sorted(each["due_on"] for each in listed) == [f"2025-{end}" for end in ends]


async def test_a_period_across_controls(org: Organisation) -> None:
    quarterly = await _operated(org, "A-1")
    await _operated(org, "B-1", "ad_hoc")
    await _operated(org, "C-1", "annual")
    await performed(org, quarterly, "2025-03-20")
    query = {"from": "2025-01-01", "to": "2025-03-31", "limit": "2"}
    page = ok(await org.viewer.get("/v1/control-occurrences", params=query))
    assert [(each["code"], each["outcome"]) for each in page["items"]] == [
        ("A-1", "performed"),
        ("B-1", "no_occurrence"),
    ]
    rest = ok(await org.viewer.get("/v1/control-occurrences", params=query | {"cursor": page["next_cursor"]}))
    assert [(each["code"], each["outcome"]) for each in rest["items"]] == [("C-1", "outside_period")]
    annual = ok(await org.viewer.get("/v1/control-occurrences", params=query | {"frequency": "annual"}))
    assert annual["items"] == rest["items"]
    one = await _period(org, quarterly, to="2025-03-31")
    assert page["items"][0] == {name: one[name] for name in page["items"][0]}


@pytest.mark.parametrize("period", [("2025-02-01", "2025-01-31"), ("2020-01-01", "2025-01-01")])
async def test_a_period_that_is_none_is_refused(org: Organisation, period: tuple[str, str]) -> None:
    query = {"from": period[0], "to": period[1]}
    refused = problem(await org.viewer.get("/v1/control-occurrences", params=query), 422, "period-refused")
    assert refused["errors"][0]["pointer"] == "query/to"
    control = await _operated(org, "AC-01")
    one = await org.viewer.get(f"/v1/controls/{control}/occurrences", params=query)
    problem(one, 422, "period-refused")
    missing = problem(await org.viewer.get("/v1/control-occurrences", params={"from": "2025-01-01"}), 422, "invalid")
    assert missing["errors"][0]["pointer"] == "query/to"


async def test_who_may_not_perform_is_refused(org: Organisation) -> None:
    control = await _operated(org, "AC-01")
    body = {"performed_at": "2025-03-20T10:00:00Z"}
    for stranger in (org.viewer, org.reviewer):
        problem(await stranger.post(f"/v1/controls/{control}/occurrences", json=body), 403, "forbidden")
        batch = {"occurrences": [body | {"control_id": control}]}
        problem(await stranger.post("/v1/occurrences/batch", json=batch), 403, "forbidden")


async def test_another_organisation_sees_none(org: Organisation, other_org: Organisation) -> None:
    control = await _operated(org, "AC-01")
    recorded = (await performed(org, control, "2025-03-20"))["id"]
    problem(await other_org.viewer.get(f"/v1/controls/{control}/occurrences", params=YEAR), 404, "not-found")
    problem(await other_org.viewer.get(f"/v1/occurrences/{recorded}"), 404, "not-found")
    withdrawal = {"reason": "No"}
    problem(await other_org.owner.post(f"/v1/occurrences/{recorded}/withdrawals", json=withdrawal), 404, "not-found")
    body = {"performed_at": "2025-03-20T10:00:00Z"}
    problem(await other_org.owner.post(f"/v1/controls/{control}/occurrences", json=body), 404, "not-found")
    batch = {"occurrences": [body | {"control_id": control}]}
    assert ok(await other_org.owner.post("/v1/occurrences/batch", json=batch))["refused"] == 1
    assert ok(await other_org.viewer.get("/v1/occurrences"))["items"] == []
    assert ok(await other_org.viewer.get("/v1/control-occurrences", params=YEAR))["items"] == []
