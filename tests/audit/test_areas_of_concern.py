"""Areas of concern: noted in stage 1, answered by the auditee, cleared or raised as nonconformities in stage 2."""

import uuid

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.given import moved, planned, type2
from tests.audit.test_certification import FOUND, audited
from tests.support import Organisation, created, ok, problem

NOTED = {
    "requirement": "iso27001:9.3.2",
    "statement": "The management review of this year is planned for after stage 2.",
    "evidence": "Plan of management reviews, version 2.",
}
CLEARED = {"reason": "The minutes of the management review cover all inputs."}


async def test_areas_of_concern_are_decided_before_the_report_of_stage_2(
    org: Organisation, firm: Firm, database: Database
) -> None:
    stage1 = await audited(org, firm, database, "iso27001_stage1", start=-60)
    async with firm.acting("staff", stage1) as staff:
        notes = f"/v1/engagements/{stage1}/areas-of-concern"
        review, scope, early = [created(await staff.post(notes, json=NOTED)) for _ in range(3)]
        assert [each["number"] for each in (review, scope, early)] == [1, 2, 3]
        problem(await staff.post(f"/v1/areas-of-concern/{early['id']}/clearances", json=CLEARED), 403, "forbidden")
    async with firm.acting("manager", stage1) as manager:
        ok(await manager.post(f"/v1/areas-of-concern/{early['id']}/clearances", json=CLEARED))
        problem(await manager.post(f"/v1/areas-of-concern/{early['id']}/clearances", json=CLEARED), 409, "conflict")
    await moved(database, org, {"id": stage1}, "issued")
    path = f"/v1/areas-of-concern/{review['id']}"
    answered = ok(await org.manager.post(f"{path}/answers", json={"text": "Held on March 4."}))
    assert answered["answer"] == {"text": "Held on March 4.", "evidence_item_ids": []}
    stage2 = await audited(org, firm, database, follows_id=stage1)
    await moved(database, org, {"id": stage2}, "evaluation")
    async with firm.acting("manager", stage2) as manager, firm.acting("staff", stage2) as staff:
        next_phase = ok(await manager.get(f"/v1/engagements/{stage2}/next-phase"))
        (gate,) = [each for each in next_phase["open"] if each["code"] == "concerns_open"]
        assert gate["text"].endswith(": 1, 2.")
        assert ok(await manager.post(f"{path}/clearances", json=CLEARED))["status"] == "cleared"
        raises = f"/v1/engagements/{stage2}/nonconformities"
        unknown = FOUND | {"concern_id": str(uuid.uuid4())}
        problem(await staff.post(raises, json=unknown), 422, "invalid")
        made = created(await staff.post(raises, json=FOUND | {"concern_id": scope["id"]}))
        problem(await staff.post(raises, json=FOUND | {"concern_id": scope["id"]}), 409, "conflict")
        now = ok(await staff.get(f"/v1/areas-of-concern/{scope['id']}"))
        assert (now["status"], now["nonconformity_id"]) == ("nonconformity", made["id"])
        listed = ok(await staff.get("/v1/areas-of-concern", params={"status": "noted"}))["items"]
        assert listed == []
        next_phase = ok(await manager.get(f"/v1/engagements/{stage2}/next-phase"))
        assert "concerns_open" not in {each["code"] for each in next_phase["open"]}
    problem(await org.manager.post(f"{path}/answers", json={"text": "Once more."}), 409, "conflict")
    for party in (org.admin, firm.admin):
        told = ok(await party.get("/v1/services/audit/trail", params={"subject": scope["id"]}))["items"]
        assert len(told) == 2


async def test_who_may_not_and_what_is_not_there(
    org: Organisation, other_org: Organisation, firm: Firm, database: Database
) -> None:
    stage1 = await audited(org, firm, database, "iso27001_stage1")
    async with firm.acting("staff", stage1) as staff:
        noted = created(await staff.post(f"/v1/engagements/{stage1}/areas-of-concern", json=NOTED))
        problem(
            await staff.post(f"/v1/areas-of-concern/{noted['id']}/answers", json={"text": "We did."}), 403, "forbidden"
        )
    path, nowhere = f"/v1/areas-of-concern/{noted['id']}", f"/v1/areas-of-concern/{uuid.uuid4()}"
    problem(await other_org.admin.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/answers", json={"text": "We did."}), 404, "not-found")
    problem(await org.admin.post(f"{path}/clearances", json=CLEARED), 403, "forbidden")
    stage2 = await audited(org, firm, database)
    async with firm.acting("manager", stage2) as manager:
        problem(await manager.post(f"/v1/engagements/{stage2}/areas-of-concern", json=NOTED), 409, "not-stage1")
        nothing = f"/v1/engagements/{uuid.uuid4()}/areas-of-concern"
        problem(await manager.post(nothing, json=NOTED), 404, "not-found")
        problem(await manager.get(path), 404, "not-found")
        problem(await manager.post(f"{path}/clearances", json=CLEARED), 404, "not-found")
        problem(await manager.post(f"{nowhere}/clearances", json=CLEARED), 404, "not-found")


async def test_what_an_engagement_follows_fits_its_kind(org: Organisation, other_org: Organisation) -> None:
    stage1 = await planned(org, type2(-60, -50, kind="iso27001_stage1"))
    stage2 = type2(0, 2, kind="iso27001_stage2")
    followed = created(await org.manager.post("/v1/engagements", json=stage2 | {"follows_id": stage1["id"]}))
    assert followed["follows_id"] == stage1["id"]
    for manager, draft in (
        (org.manager, stage2 | {"follows_id": str(uuid.uuid4())}),
        (other_org.manager, stage2 | {"follows_id": stage1["id"]}),
        (org.manager, type2(0, 2, kind="iso27001_surveillance", follows_id=stage1["id"])),
    ):
        refused = problem(await manager.post("/v1/engagements", json=draft), 422, "invalid")
        assert refused["errors"][0]["pointer"] == "/follows_id"
    itself = {"follows_id": followed["id"]}
    path = f"/v1/engagements/{followed['id']}"
    problem(await org.manager.patch(path, json=itself, headers={"If-Match": "*"}), 422, "invalid")
