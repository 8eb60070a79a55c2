"""Requests that ask for things one by one, such as the items of a sample."""

import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy.firm import Firm
from services.audit.requests.requests.rules import lines_of, marked
from services.audit.requests.requests.schemas import RequestLineDraft
from shared.data.sessions import Database
from tests.audit.requested import WORDS, drafted, evidence, in_planning, released, told
from tests.audit.sampled import Team
from tests.support import Organisation, created, ok, problem

LINES = {"lines": [{"key": "CHG-0002", "text": "Firewall"}, {"key": "CHG-0001"}, {"key": "CHG-0005"}]}
WORDING = {"title": "Approvals of the selected changes", "text": "For each change the ticket with its approval."}


def answered_lines(request: dict[str, Any]) -> list[bool]:
    return [line["answered"] for line in request["lines"]]


async def test_a_request_is_submitted_once_each_line_is_answered(
    org: Organisation, database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff, **LINES)
        path = f"/v1/requests/{request['id']}"
        assert [(line["number"], line["key"], line["text"]) for line in request["lines"]] == [
            *[(1, "CHG-0002", "Firewall"), (2, "CHG-0001", None), (3, "CHG-0005", None)]
        ]
        item = await evidence(org, database)
        two = [
            {"number": 1, "evidence_ids": [item]},
            {"number": 3, "unavailable_because": "The ticket system was replaced."},
        ]
        answer = created(await org.owner.post(f"{path}/answers", json={"lines": two}))
        assert [each["id"] for each in answer["evidence"]] == [item]
        assert [(line["number"], line["evidence_ids"]) for line in answer["lines"]] == [(1, [item]), (3, [])]
        seen = ok(await staff.get(path))
        assert (seen["status"], seen["lines_answered"], answered_lines(seen)) == ("open", 2, [True, False, True])
        (listed,) = ok(await org.viewer.get("/v1/requests"))["items"]
        assert (listed["line_count"], listed["lines_answered"], "lines" in listed) == (3, 2, False)
        problem(await staff.post(f"{path}/acceptances", json={}), 409, "conflict")
        rest = {"lines": [{"number": 2, "text": "Approved in the meeting of 4 May."}]}
        created(await org.owner.post(f"{path}/answers", json=rest))
        assert ok(await staff.get(path))["status"] == "submitted"
        again = {"reason": "The ticket of CHG-0005 is in the archive.", "lines": [3]}
        returned = ok(await staff.post(f"{path}/returns", json=again))
        assert (returned["status"], answered_lines(returned)) == ("returned", [True, True, False])
        created(await org.owner.post(f"{path}/answers", json=WORDS))
        whole = ok(await staff.get(path))
        assert (whole["status"], answered_lines(whole)) == ("submitted", [True] * 3)
        all_again = ok(await staff.post(f"{path}/returns", json={"reason": "All of them once more."}))
        assert answered_lines(all_again) == [False] * 3
    story = await told(org.manager, request["id"])
    assert story == [
        *("request.released", "request.partly_answered", "request.submitted"),
        *("request.returned", "request.submitted", "request.returned"),
    ]
    trail = ok(await firm.admin.get("/v1/services/audit/trail", params={"subject": request["id"]}))
    assert "CHG-0002" not in str(trail), "the client's data stay out of the trail"


async def test_lines_are_those_of_the_request(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        draft = await drafted(staff, **LINES)
        fewer = {"lines": LINES["lines"][:2]}
        path = f"/v1/requests/{draft['id']}"
        assert len(ok(await staff.patch(path, json=fewer, headers={"If-Match": '"1"'}))["lines"]) == 2
        ok(await staff.post(f"{path}/releases", json={}))
        wrong = {"lines": [{"number": 3, **WORDS}, {"number": 1, **WORDS}, {"number": 1, **WORDS}]}
        answer = problem(await org.owner.post(f"{path}/answers", json=wrong), 422, "invalid")
        assert [each["pointer"] for each in answer["errors"]] == ["/lines/0/number", "/lines/2/number"]
        unknown = {"lines": [{"number": 1, "evidence_ids": [str(uuid.uuid4())]}]}
        answer = problem(await org.owner.post(f"{path}/answers", json=unknown), 422, "unknown-evidence")
        assert answer["errors"][0]["pointer"] == "/lines/0/evidence_ids/0"
        problem(await org.owner.post(f"{path}/answers", json={"lines": [{"number": 1}]}), 422, "invalid")
        created(await org.owner.post(f"{path}/answers", json=WORDS))
        answer = problem(await staff.post(f"{path}/returns", json={"reason": "?", "lines": [7]}), 422, "invalid")
        assert answer["errors"][0]["pointer"] == "/lines/0"


async def test_the_items_of_a_sample_are_asked_for_once(team: Team) -> None:
    population = await team.reliable()
    sample = await team.drawn(population, size=2)
    asked = {"source": "sample", "sample_id": sample["id"], **WORDING}
    compile_ = "/v1/request-compilations"
    problem(await team.staff.post(compile_, json=asked), 409, "conflict")
    problem(await team.staff.post(compile_, json=asked | {"sample_id": str(uuid.uuid4())}), 404, "not-found")
    ok(await team.staff.post(f"/v1/samples/{sample['id']}/releases"))
    (request_id,) = ok(await team.staff.post(compile_, json=asked))["request_ids"]
    request = ok(await team.staff.get(f"/v1/requests/{request_id}"))
    assert (request["origin"], request["control_ids"]) == ("sample", [team.control])
    items = await team.items(sample)
    assert [(line["key"], line["item_id"]) for line in request["lines"]] == [
        (each["key"], each["id"]) for each in items
    ]
    cells = items[0]["cells"]
    assert request["lines"][0]["text"] == "; ".join(f"{heading}: {cell}" for heading, cell in cells.items())
    assert ok(await team.staff.post(compile_, json=asked))["drafted"] == 0
    await team.decided(items[0], "not_applicable")
    (replacement_id,) = ok(await team.staff.post(compile_, json=asked))["request_ids"]
    (line,) = ok(await team.staff.get(f"/v1/requests/{replacement_id}"))["lines"]
    assert line["item_id"] not in {each["id"] for each in items}
    ok(await team.staff.post(f"/v1/requests/{request_id}/cancellations", json={"reason": "Asked for otherwise."}))
    (again,) = ok(await team.staff.post(compile_, json=asked))["request_ids"]
    assert [each["item_id"] for each in ok(await team.staff.get(f"/v1/requests/{again}"))["lines"]] == [items[1]["id"]]


@given(count=st.integers(0, 20), numbers=st.sets(st.integers(1, 25)))
def test_marking_changes_the_named_lines_and_no_other(count: int, numbers: set[int]) -> None:
    lines = lines_of([RequestLineDraft(key=f"K-{number}") for number in range(count)])
    after = marked(lines, numbers, answered=True)
    expected = {line["number"] for line in lines} & numbers if numbers else {line["number"] for line in lines}
    assert {line["number"] for line in after if line["answered"]} == expected
    assert marked(after, set(), answered=False) == lines
