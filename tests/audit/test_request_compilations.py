"""Drafts from templates, from the last engagement of the client, and from the controls in scope."""

import uuid
from typing import Any

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.given import NOW, day, hear, recovers
from tests.audit.requested import DRAFT, DUE, drafted, in_planning, released
from tests.support import Organisation, created, ok, problem

LINE = {"title": "Organisation chart", "text": "The chart as of the period's end."}
TEMPLATE: dict[str, Any] = {
    "title": "SOC 2 Type 2, security",
    "engagement_kinds": ["soc2_type2"],
    "lines": [LINE | {"code": "ORG-1", "due_days": 7}, LINE | {"title": "Policies"}],
}


async def compiled(staff: Any, **given: Any) -> dict[str, Any]:
    return ok(await staff.post("/v1/request-compilations", json=given))


async def test_a_firm_keeps_its_templates(firm: Firm, org: Organisation) -> None:
    async with firm.acting("manager") as manager, firm.acting("staff") as staff:
        template = created(await manager.post("/v1/request-templates", json=TEMPLATE))
        path = f"/v1/request-templates/{template['id']}"
        assert template["lines"][1] == LINE | {
            "title": "Policies",
            "code": None,
            "example": None,
            "addressee": None,
            "due_days": None,
        }
        problem(await staff.post("/v1/request-templates", json=TEMPLATE), 403, "forbidden")
        problem(await org.admin.get(path), 404, "not-found")
        twice = {"lines": [LINE | {"code": "A"}, LINE | {"code": "A"}]}
        answer = await manager.patch(path, json=twice, headers={"If-Match": '"1"'})
        faults = problem(answer, 422, "invalid")["errors"]
        assert [each["pointer"] for each in faults] == ["/lines/0/code", "/lines/1/code"]
        problem(await manager.post("/v1/request-templates", json=TEMPLATE | twice), 422, "invalid")
        shorter = {"lines": [LINE], "engagement_kinds": []}
        revised = ok(await manager.patch(path, json=shorter, headers={"If-Match": '"1"'}))
        assert (len(revised["lines"]), revised["title"]) == (1, TEMPLATE["title"])
        query = {"q": "type 2", "engagement_kind": "readiness", "status": "active"}
        found = ok(await staff.get("/v1/request-templates", params=query))["items"]
        assert template["id"] in {each["id"] for each in found}
        withdrawn = ok(await manager.post(f"{path}/withdrawals", json={"reason": "Replaced."}))
        assert withdrawn["status"] == "withdrawn"
        problem(await manager.post(f"{path}/withdrawals", json={"reason": "Again."}), 409, "conflict")
        problem(await manager.patch(path, json={}, headers={"If-Match": "*"}), 409, "conflict")
        problem(
            await manager.post(f"/v1/request-templates/{uuid.uuid4()}/withdrawals", json={"reason": "?"}),
            404,
            "not-found",
        )


async def test_requests_are_drafted_from_a_template_once(org: Organisation, database: Database, firm: Firm) -> None:
    async with firm.acting("manager") as manager:
        template = created(await manager.post("/v1/request-templates", json=TEMPLATE))
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        assert ok(await staff.get(f"/v1/request-templates/{template['id']}")) == template
        told = await compiled(staff, source="template", template_id=template["id"], due_on=day(20))
        assert (told["drafted"], told["left_out"]) == (2, [])
        drafts = ok(await staff.get("/v1/requests", params={"origin": "template"}))["items"]
        assert [(each["code"], each["due_on"]) for each in drafts] == [("ORG-1", day(7)), ("R-001", day(20))]
        again = await compiled(staff, source="template", template_id=template["id"])
        assert (again["drafted"], again["left_out"]) == (1, ["ORG-1"])
        unknown = {"source": "template", "template_id": str(uuid.uuid4())}
        problem(await staff.post("/v1/request-compilations", json=unknown), 404, "not-found")
        async with firm.acting("manager") as manager:
            ok(await manager.post(f"/v1/request-templates/{template['id']}/withdrawals", json={"reason": "Old."}))
        gone = {"source": "template", "template_id": template["id"]}
        problem(await staff.post("/v1/request-compilations", json=gone), 409, "conflict")


async def test_last_years_requests_are_rolled_forward(
    org: Organisation, other_org: Organisation, database: Database, firm: Firm
) -> None:
    control, dropped = uuid.uuid4(), uuid.uuid4()
    last = await in_planning(org, database, firm, controls=[control, dropped])
    async with firm.acting("staff", last["id"]) as staff:
        about = [str(control), str(dropped)]
        before = await released(staff, code="CC6.1-01", control_ids=about)
        cancelled = await drafted(staff)
        ok(await staff.post(f"/v1/requests/{cancelled['id']}/cancellations", json={"reason": "Twice."}))
    elsewhere = await in_planning(other_org, database, firm)
    this = await in_planning(org, database, firm, controls=[control])
    async with firm.acting("staff", this["id"]) as staff:
        other = {"source": "previous_engagement", "engagement_id": elsewhere["id"]}
        problem(await staff.post("/v1/request-compilations", json=other), 404, "not-found")
        told = await compiled(staff, source="previous_engagement", **DUE)
        assert told["drafted"] == 1
        (draft,) = ok(await staff.get("/v1/requests"))["items"]
        assert (draft["code"], draft["status"], draft["text"]) == ("CC6.1-01", "draft", before["text"])
        assert (draft["control_ids"], draft["origin"]) == ([str(control)], "previous_engagement")
        named = await compiled(staff, source="previous_engagement", engagement_id=last["id"])
        assert named["left_out"] == ["CC6.1-01"]
    async with firm.acting("staff", elsewhere["id"]) as staff:
        answer = await staff.post("/v1/request-compilations", json={"source": "previous_engagement"})
        problem(answer, 409, "nothing-to-roll-forward")


async def test_each_control_in_scope_is_asked_about(org: Organisation, database: Database, firm: Firm) -> None:
    control, unknown = uuid.uuid4(), uuid.uuid4()
    await hear(database, org.id, recovers(control, 2, NOW))
    engagement = await in_planning(org, database, firm, controls=[control, unknown])
    wording = {"title": "{code}: evidence of operation", "text": "What shows that '{title}' was operated."}
    async with firm.acting("staff", engagement["id"]) as staff:
        outside = {"source": "controls", "control_ids": [str(uuid.uuid4())], **wording}
        answer = await staff.post("/v1/request-compilations", json=outside)
        assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/control_ids/0"
        assert (await compiled(staff, source="controls", control_ids=[str(control)], **wording))["drafted"] == 1
        (draft,) = ok(await staff.get("/v1/requests", params={"control_id": str(control)}))["items"]
        assert (draft["code"], draft["title"]) == ("AC-01", "AC-01: evidence of operation")
        assert draft["text"] == "What shows that 'Access review' was operated."
        every = await compiled(staff, source="controls", **wording)
        assert (every["drafted"], every["left_out"]) == (1, ["AC-01"])


async def test_codes_and_controls_of_drafts_are_checked(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        await drafted(staff, code="X-1")
        problem(await staff.post("/v1/requests", json=DRAFT | {"code": "X-1"}), 409, "code-taken")
        taken = {"requests": [DRAFT, DRAFT | {"code": "X-1"}, DRAFT | {"code": "X-2"}, DRAFT | {"code": "X-2"}]}
        answer = problem(await staff.post("/v1/requests/batch", json=taken), 409, "code-taken")
        assert [each["pointer"] for each in answer["errors"]] == [f"/requests/{place}/code" for place in (1, 2, 3)]
        outside = DRAFT | {"control_ids": [str(uuid.uuid4())]}
        answer = problem(await staff.post("/v1/requests", json=outside), 422, "invalid")
        assert answer["errors"][0]["pointer"] == "/control_ids/0"
        batch = {"requests": [DRAFT, DRAFT | {"code": "R-007"}, DRAFT]}
        assert len(ok(await staff.post("/v1/requests/batch", json=batch))["request_ids"]) == 3
        codes = [each["code"] for each in ok(await staff.get("/v1/requests"))["items"]]
        assert codes == ["R-007", "R-008", "R-009", "X-1"]
