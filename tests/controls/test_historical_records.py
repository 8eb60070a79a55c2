"""History from outside: what was done on an earlier day has its effect when someone else has accepted it."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from deploy.story import Story, implemented_control
from tests.controls.given import (
    MINUTES,
    accepted,
    control,
    earlier,
    in_operation_since,
    procedure,
    programme,
    told,
)
from tests.support import Organisation, created, eventually, ok, person, problem

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
ACCEPTED = {"decision": "accepted"}
_NOWHERE = "0190b5a0-0000-7000-8000-000000000000"


async def _decide(org: Organisation, record: str, **decision: Any) -> Any:
    return await org.second_manager.post(f"/v1/historical-records/{record}/decisions", json=decision or ACCEPTED)


async def _control(org: Organisation, control_id: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{control_id}"))


async def _definition(org: Organisation, control_id: str, number: int = 1) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{control_id}/definitions/{number}"))


async def test_an_approval_an_implementation_and_an_occurrence_of_an_earlier_day(org: Organisation) -> None:
    drafted = await control(org, "AC-01", ["soc2:CC6.2"], until="draft")
    rows = [
        earlier("approval", "2025-01-05", control_id=drafted, notes="Item 4."),
        earlier("implementation", "2025-01-10", control_id=drafted, performed_by_name="Sam Sandoval"),
        earlier("occurrence", "2025-03-20", control_id=drafted, performed_by_name="Sam Sandoval"),
    ]
    for row in rows:
        row.pop("performed_by", None) if "performed_by_name" in row else None
    records = await told(org, *rows)
    assert (await _control(org, drafted))["status"] == "draft"
    began = datetime.now(UTC)
    await accepted(org, records)

    definition = await _definition(org, drafted)
    assert (definition["effective_from"], definition["approved_at"]) == ("2025-01-05T00:00:00+00:00",) * 2
    assert definition["approver"] == {"kind": "person", "person": await person(org, "kim"), "client": None}
    now = await _control(org, drafted)
    assert (now["status"], now["implemented_at"]) == ("implemented", "2025-01-10T00:00:00+00:00")
    (performed,) = ok(await org.viewer.get("/v1/occurrences", params={"control_id": drafted}))["items"]
    assert (performed["due_on"], performed["performed_by"]) == ("2025-03-31", {"id": None, "name": "Sam Sandoval"})
    for dates, record in zip((definition["dates"], now["implementation"], performed["dates"]), records, strict=True):
        assert dates["historical_record_id"] == record
        assert datetime.fromisoformat(dates["effective"]) < began <= datetime.fromisoformat(dates["recorded"])

    (approval,) = ok(await org.viewer.get("/v1/historical-records", params={"kind": "approval"}))["items"]
    assert (approval["id"], approval["status"], approval["result_id"]) == (records[0], "accepted", definition["id"])
    assert ok(await org.viewer.get(f"/v1/historical-records/{records[0]}")) == approval
    told_of = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": records[0]}))["items"]
    assert {each["type"] for each in told_of} == {
        "controls.historical_record.recorded",
        "controls.historical_record.accepted",
    }
    assert {each["data"]["effective_on"] for each in told_of} == {"2025-01-05"}
    recorded = {datetime.fromisoformat(each["data"]["recorded_at"]) for each in told_of}
    assert recorded == {datetime.fromisoformat(approval["recorded_at"])}


async def test_what_is_done_in_attest_tells_no_earlier_day(org: Organisation) -> None:
    implemented = await implemented_control(org, "AC-01")
    dates = (await _definition(org, implemented))["dates"]
    assert (dates["effective"], dates["historical_record_id"]) == (dates["recorded"], None)
    implementation = (await _control(org, implemented))["implementation"]
    assert implementation["effective"] == implementation["recorded"]
    drafted = await control(org, "AC-02", [], until="draft")
    assert (await _control(org, drafted))["implementation"] is None


async def test_neither_who_records_nor_who_performs_accepts(org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    second = await person(org, "second_manager")
    rows = [
        earlier("approval", "2025-01-05", control_id=drafted),
        earlier("approval", "2025-01-05", control_id=drafted) | {"performed_by": second["id"]},
    ]
    by_another, by_herself = await told(org, *rows)
    path = f"/v1/historical-records/{by_another}/decisions"
    problem(await org.manager.post(path, json=ACCEPTED), 403, "separation-of-duties")
    problem(await org.owner.post(path, json=ACCEPTED), 403, "forbidden")
    problem(await _decide(org, by_herself), 403, "separation-of-duties")
    batch = {"decision": "accepted", "records": [by_herself, by_another, _NOWHERE]}
    answer = await org.second_manager.post(
        "/v1/historical-records/decisions/batch", json=batch, params={"atomic": True}
    )
    refused = problem(answer, 422, "decisions-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/records/0", "/records/2"]
    assert (await _control(org, drafted))["status"] == "draft"
    each = ok(await org.second_manager.post("/v1/historical-records/decisions/batch", json=batch))
    assert (each["decided"], each["refused"]) == (1, 2)
    assert [result["problem"] and result["problem"]["type"] for result in each["results"]] == [
        "/problems/separation-of-duties",
        None,
        "/problems/not-found",
    ]
    assert (await _control(org, drafted))["status"] == "approved"
    problem(await _decide(org, by_another), 409, "conflict")
    problem(await _decide(org, _NOWHERE), 404, "not-found")


async def test_the_author_of_a_text_did_not_approve_it_then(org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    own = await person(org, "manager")
    row = earlier("approval", "2025-01-05", control_id=drafted) | {"performed_by": own["id"]}
    (record,) = await told(org, row)
    problem(await _decide(org, record), 403, "separation-of-duties")


async def test_what_is_refused_has_no_effect(org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    (record,) = await told(org, earlier("approval", "2025-01-05", control_id=drafted))
    problem(await _decide(org, record, decision="refused"), 422, "invalid")
    refused = ok(await _decide(org, record, decision="refused", reason="The minutes do not say so."))
    assert (refused["status"], refused["result_id"]) == ("refused", None)
    assert (await _control(org, drafted))["status"] == "draft"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"effective_on": str(TODAY)}, "/effective_on"),
        ({"evidence": [{**MINUTES, "made_on": str(TODAY + DAY)}]}, "/evidence/0/made_on"),
        ({"evidence": [{**MINUTES, "made_on": "2025-02-06"}]}, "/evidence"),
        ({"control_id": _NOWHERE}, "/control_id"),
        ({"performed_by": None, "performed_by_name": "kim"}, "/performed_by_name"),
        ({"performed_by": None, "performed_by_name": "kim@example.com"}, "/performed_by_name"),
        ({"evidence": [{"evidence_id": _NOWHERE, "made_on": "2025-01-05"}]}, "/evidence/0/evidence_id"),
    ],
)
async def test_what_is_not_shown_is_not_recorded(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    row = {**earlier("approval", "2025-01-05", control_id=drafted), **changes}
    refused = problem(await org.manager.post("/v1/historical-records", json=row), 422, "record-unfounded")
    assert pointer in [each["pointer"] for each in refused["errors"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": "2025-03-31"},
        {"control_id": None},
        {"performed_by": None},
        {"performed_by_name": "Sam Sandoval"},
        {"evidence": []},
        {"evidence": [{"made_on": "2025-01-05"}]},
        {"evidence": [{"title": "Minutes", "made_on": "2025-01-05"}]},
        {"evidence": [{**MINUTES, "evidence_id": _NOWHERE, "made_on": "2025-01-05"}]},
    ],
)
async def test_a_record_has_the_members_of_its_kind(org: Organisation, changes: dict[str, Any]) -> None:
    row = {**earlier("approval", "2025-01-05", control_id=_NOWHERE), **changes}
    problem(await org.manager.post("/v1/historical-records", json=row), 422, "invalid")


async def test_who_did_it_is_known_and_was_there(org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    row = earlier("approval", "2025-01-05", control_id=drafted)
    stranger = row | {"performed_by": "stranger@example.com"}
    problem(await org.manager.post("/v1/historical-records", json=stranger), 422, "unknown-person")
    kim = (await person(org, "kim"))["id"]
    ok(await org.admin.post(f"/v1/people/{kim}/departures", json={"on": "2025-01-31"}))

    async def has_left() -> bool:
        """The controls service has heard of it: nothing can be theirs any more."""
        path, change = f"/v1/controls/{drafted}", {"owner": "kim@example.com"}
        return (await org.manager.patch(path, json=change, headers={"If-Match": "*"})).is_client_error

    assert await eventually(has_left)
    late = row | {"effective_on": "2025-02-01"}
    problem(await org.manager.post("/v1/historical-records", json=late), 422, "person-gone")
    created(await org.manager.post("/v1/historical-records", json=row))


async def test_records_are_read_and_written_by_those_who_may(org: Organisation, other_org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    row = earlier("approval", "2025-01-05", control_id=drafted)
    for client in (org.owner, org.viewer):
        problem(await client.post("/v1/historical-records", json=row), 403, "forbidden")
    (record,) = await told(org, row)
    problem(await org.monitor.get("/v1/historical-records"), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/historical-records/{record}"), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/historical-records"))["items"] == []


async def test_evidence_shows_something_once_it_is_accepted(org: Organisation) -> None:
    story = await Story.begin(org)
    item = await story.submit(covers_until=datetime.now(UTC))  # of the 90 days before
    drafted = await control(org, "AC-02", [], until="draft")
    shown = {"evidence": [{"evidence_id": item, "made_on": str(TODAY - 30 * DAY)}]}
    not_covered = earlier("approval", TODAY - 92 * DAY, control_id=drafted) | shown

    async def known() -> list[dict[str, Any]] | None:
        answer = await org.manager.post("/v1/historical-records", json=not_covered)
        refused = list(problem(answer, 422, "record-unfounded")["errors"])
        return refused if "unknown" not in {each["detail"] for each in refused} else None

    refused = await eventually(known)
    assert "/evidence/0/evidence_id" in {each["pointer"] for each in refused}
    (record,) = await told(org, earlier("approval", TODAY - 30 * DAY, control_id=drafted) | shown)
    problem(await _decide(org, record), 409, "evidence-not-accepted")
    await story.accept()
    assert ok(await _decide(org, record))["status"] == "accepted"


async def test_a_control_was_in_operation_before_attest_knew(org: Organisation) -> None:
    implemented = await implemented_control(org, "AC-01")
    at_once = await _definition(org, implemented)
    await in_operation_since(org, implemented, TODAY - 200 * DAY)
    definition, now = await _definition(org, implemented), await _control(org, implemented)
    assert definition["approved_at"] == at_once["approved_at"]
    assert {name: definition[name] for name in ("statement", "approver")} == {
        name: at_once[name] for name in ("statement", "approver")
    }
    assert definition["dates"]["effective"][:10] == now["implemented_at"][:10] == str(TODAY - 200 * DAY)
    assert now["status"] == "implemented"
    later = earlier("implementation", TODAY - 10 * DAY, control_id=implemented)
    (record,) = await told(org, later)
    problem(await _decide(org, record), 422, "invalid")


async def test_nothing_was_in_operation_before_its_text_was_in_force(org: Organisation) -> None:
    drafted = await control(org, "AC-01", [], until="draft")
    rows = [
        earlier("occurrence", "2025-03-20", control_id=drafted),
        earlier("implementation", "2025-01-04", control_id=drafted),
        earlier("approval", "2025-01-05", control_id=drafted),
    ]
    performed, implemented, approved = await told(org, *rows)
    problem(await _decide(org, performed), 422, "invalid")
    problem(await _decide(org, implemented), 409, "conflict")
    ok(await _decide(org, approved))
    problem(await _decide(org, implemented), 422, "invalid")


async def test_what_is_told_with_it_is_not_announced_as_missed(org: Organisation) -> None:
    begins = date(TODAY.year - 1, 1, 1)
    drafted = await control(org, "AC-01", [], until="draft")
    both = [earlier(kind, begins, control_id=drafted) for kind in ("approval", "implementation")]
    quarters = [date(begins.year, 3, 31), date(begins.year, 6, 30), date(begins.year, 12, 31)]
    done = [earlier("occurrence", day, control_id=drafted) for day in quarters]
    await accepted(org, await told(org, *both, *done))
    ok(await org.manager.post("/v1/services/controls/sweeps"))
    query = {"type": "controls.occurrence.missed", "limit": "200"}
    events = ok(await org.admin.get("/v1/services/controls/trail", params=query))["items"]
    missed = [each["data"]["due_on"] for each in events if each["data"]["control_id"] == drafted]
    assert f"{begins.year}-09-30" in missed
    assert not {str(day) for day in quarters} & {*missed}

    late = earlier("occurrence", f"{begins.year}-09-28", control_id=drafted)
    await accepted(org, await told(org, late))
    period = {"from": f"{begins.year}-07-01", "to": f"{begins.year}-09-30"}
    (expected,) = ok(await org.viewer.get(f"/v1/controls/{drafted}/occurrences", params=period))["expected"]
    assert (expected["standing"], expected["made_good_on"]) == ("in_time", str(TODAY))
    assert len(ok(await org.admin.get("/v1/services/controls/trail", params=query))["items"]) == len(events)


def _acts(random: Random, control_id: str, follows: str, first: date) -> list[dict[str, Any]]:
    """Some of what can have been done with a control since a day, on days that chance picks."""
    later = [first + timedelta(days=random.randint(1, 90)) for _ in range(4)]
    tested = {"procedure_id": follows, "outcome": "pass"}
    acts = [
        earlier("approval", first, control_id=control_id),
        earlier("implementation", first + timedelta(days=random.randint(0, 5)), control_id=control_id),
        earlier("test", later[0] + 5 * DAY, control_id=control_id, test_kind="design", **tested),
        earlier("test", later[1] + 5 * DAY, control_id=control_id, test_kind="operating", **tested),
        earlier("occurrence", later[2] + 5 * DAY, control_id=control_id),
        earlier("occurrence", later[3] + 5 * DAY, control_id=control_id),
    ]
    return acts[: random.randint(1, len(acts))]


@pytest.mark.parametrize("until", ["draft", "approved", "implemented"])
@pytest.mark.parametrize("seed", range(3))
async def test_what_is_recorded_later_is_never_shown_as_recorded_then(org: Organisation, until: str, seed: int) -> None:
    """Of whatever is told: both days stand beside it, and readiness as of before says what it said before."""
    random = Random(seed)
    start, first = TODAY - 120 * DAY, TODAY - random.randint(100, 140) * DAY
    ours = await programme(org, period_start=str(start), period_end=str(TODAY - DAY))
    told_of = await control(org, "AC-01", ["soc2:CC6.2"], until=until)
    ok(await org.manager.patch(f"/v1/controls/{told_of}", json={"owner": "lee@example.com"}, headers={"If-Match": "*"}))
    acts = _acts(random, told_of, await procedure(org), first)
    before = datetime.now(UTC)
    path, as_of = f"/v1/programmes/{ours}/period-readiness", {"as_of": before.isoformat()}
    said = ok(await org.viewer.get(path, params=as_of))
    await accepted(org, await told(org, *acts))

    again = ok(await org.viewer.get(path, params=as_of))
    assert again == said or until == "draft"
    for now, then in zip(again["requirements"], said["requirements"], strict=True):
        assert (now["state"], now["operated"]) == (then["state"], then["operated"]), "a draft that is none any more"
    shown = [(await _definition(org, told_of))["dates"], (await _control(org, told_of))["implementation"]]
    for listed in ("occurrences", "test-results"):
        items = ok(await org.viewer.get(f"/v1/{listed}", params={"control_id": told_of}))["items"]
        shown += [each["dates"] for each in items]
    brought = [dates for dates in shown if dates and dates["historical_record_id"]]
    assert len(brought) == len(acts)
    assert all(datetime.fromisoformat(dates["recorded"]) > before for dates in brought)
    assert sorted(dates["effective"][:10] for dates in brought) == sorted(act["effective_on"] for act in acts)
    records = ok(await org.viewer.get("/v1/historical-records", params={"recorded_since": before.isoformat()}))
    assert len(records["items"]) == len(acts)


async def test_acts_in_attest_are_never_dated_earlier(org: Organisation) -> None:
    """Reviews, sign-offs, decisions and acceptances take no date; approval, implementation and tests none before."""
    then = "2025-01-05T00:00:00Z"
    story = await Story.begin(org)
    item = await story.submit(covers_until=datetime.now(UTC) + 90 * DAY)
    review = {"decision": "accepted", "reviewed_at": then}
    problem(await org.reviewer.post(f"/v1/evidence/{item}/reviews", json=review), 422, "invalid")
    drafted = await control(org, "AC-02", [], until="draft")
    (record,) = await told(org, earlier("approval", "2025-01-05", control_id=drafted))
    problem(await _decide(org, record, decision="accepted", decided_at=then), 422, "invalid")
    approval = {"effective_from": then, "reason": "It was approved then."}
    approving = await org.second_manager.post(f"/v1/controls/{drafted}/approvals", json=approval)
    assert problem(approving, 422, "invalid")["errors"][0]["pointer"] == "/effective_from"
    approved = await control(org, "AC-03", [], until="approved")
    implementing = await org.manager.post(f"/v1/controls/{approved}/implementations", json={"since": then})
    assert problem(implementing, 422, "invalid")["errors"][0]["pointer"] == "/since"
    plan = {
        "control_id": story.control,
        "procedure_id": await procedure(org),
        "kind": "operating",
        "tester": "lee@example.com",
        "due_at": (datetime.now(UTC) + 30 * DAY).isoformat(),
    }
    test = created(await org.manager.post("/v1/control-tests", json=plan))["id"]
    done = {"outcome": "pass", "notes": "Compared 14 of 14.", "observed_at": then}
    performing = await org.manager.post(f"/v1/control-tests/{test}/results", json=done)
    assert problem(performing, 422, "invalid")["errors"][0]["pointer"] == "/observed_at"
    ok(await org.manager.post(f"/v1/control-tests/{test}/results", json=done | {"observed_at": None}))
    signing = {"decision": "signed_off", "reviewed_at": then}
    problem(await org.second_manager.post(f"/v1/control-tests/{test}/reviews", json=signing), 422, "invalid")
    performed_at = {"performed_at": then}
    performing = await org.owner.post(f"/v1/controls/{story.control}/occurrences", json=performed_at)
    assert problem(performing, 422, "invalid")["errors"][0]["pointer"] == "/performed_at"
