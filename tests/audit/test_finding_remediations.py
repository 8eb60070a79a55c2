"""What management did about a finding: stated with evidence, verified or rejected, and never a change of the period."""

import uuid
from typing import Any

from deploy.firm import Firm
from services.audit.papers.finding_remediations.actions import state
from services.audit.papers.finding_remediations.schemas import RemediationDraft
from shared.data.sessions import Database, instant_of
from shared.identity.callers import Actor, ActorKind
from tests.audit.given import day, moved, planned, type2
from tests.audit.papered import Papers, papers_of
from tests.audit.test_findings import drafted
from tests.support import Organisation, created, ok, problem

DONE = {
    "text": "The pipeline refuses a deployment that is not approved.",
    "done_on": day(-1),
    "evidence_item_ids": [str(uuid.UUID(int=7))],
}
VERIFIED = {"verified": True, "reason": "The rule was inspected, and one deployment was refused."}
REJECTED = {"verified": False, "reason": "The rule is switched off on one branch."}


async def communicated(papers: Papers) -> dict[str, Any]:
    """A finding that the client knows."""
    finding = await drafted(papers)
    return ok(await papers.manager.post(f"/v1/findings/{finding['id']}/communications"))


async def test_a_remediation_changes_nothing_of_the_finding(org: Organisation, firm: Firm, database: Database) -> None:
    async with papers_of(org, firm, database) as papers:
        finding = await communicated(papers)
        states = f"/v1/findings/{finding['id']}/remediations"
        problem(await org.manager.post(states, json=DONE | {"done_on": day(1)}), 422, "invalid")
        problem(await org.manager.post(states, json=DONE | {"evidence_item_ids": []}), 422, "invalid")
        problem(await papers.manager.post(states, json=DONE), 403, "forbidden")
        stated = created(await org.manager.post(states, json=DONE))
        decides = f"/v1/finding-remediations/{stated['id']}/decisions"
        problem(await org.admin.post(decides, json=VERIFIED), 403, "forbidden")
        assert ok(await papers.manager.post(decides, json=REJECTED))["status"] == "rejected"
        problem(await papers.manager.post(decides, json=VERIFIED), 409, "conflict")
        again = created(await org.manager.post(states, json=DONE))
        assert ok(await papers.manager.get(f"/v1/findings/{finding['id']}")) == finding
        engagement = papers.path.rpartition("/")[2]
        await moved(database, org, {"id": engagement}, "evaluation", "reporting", "issued", "completed")
        decides = f"/v1/finding-remediations/{again['id']}/decisions"
        problem(await papers.manager.post(decides, json=VERIFIED), 409, "conflict")
    later = await planned(org, type2(follows_id=engagement, firm_id=firm.id), uuid.uuid4())
    await moved(database, org, later, "accepted", "planning", "fieldwork")
    await firm.assign(later["id"], "manager")
    async with firm.acting("manager", later["id"]) as manager:
        listed = ok(await manager.get("/v1/finding-remediations", params={"status": "stated"}))["items"]
        assert [each["id"] for each in listed] == [again["id"]]
        verified = ok(await manager.post(decides, json=VERIFIED))
    assert (verified["status"], verified["decision"]["engagement_id"]) == ("verified", later["id"])
    for party in (org.admin, firm.admin):
        told = ok(await party.get("/v1/services/audit/trail", params={"subject": again["id"]}))["items"]
        assert len(told) == 2


async def test_who_sees_a_remediation(
    org: Organisation, other_org: Organisation, firm: Firm, database: Database
) -> None:
    async with papers_of(org, firm, database) as papers:
        finding = await communicated(papers)
        stated = created(await org.manager.post(f"/v1/findings/{finding['id']}/remediations", json=DONE))
        path = f"/v1/finding-remediations/{stated['id']}"
        assert ok(await papers.staff.get(path))["done_on"] == DONE["done_on"]
        problem(await papers.staff.post(f"{path}/decisions", json=VERIFIED), 403, "forbidden")
        problem(await other_org.admin.get(path), 404, "not-found")
        nowhere = f"/v1/findings/{uuid.uuid4()}/remediations"
        problem(await org.manager.post(nowhere, json=DONE), 404, "not-found")
        unknown = f"/v1/finding-remediations/{uuid.uuid4()}"
        problem(await papers.manager.post(f"{unknown}/decisions", json=VERIFIED), 404, "not-found")
        ok(await papers.manager.post(f"/v1/findings/{finding['id']}/withdrawals", json={"reason": "None."}))
        problem(await org.manager.post(f"/v1/findings/{finding['id']}/remediations", json=DONE), 409, "conflict")


async def test_nobody_verifies_what_they_stated(org: Organisation, firm: Firm, database: Database) -> None:
    async with papers_of(org, firm, database) as papers:
        finding = await communicated(papers)
        manager = finding["communicated"]["by"]["person"]
        by = Actor(ActorKind.PERSON, uuid.UUID(manager["id"]), manager["name"])
        async with database.transaction(uuid.UUID(org.id)) as session:
            draft = RemediationDraft.model_validate(DONE)
            stated = await state(session, uuid.UUID(finding["id"]), draft=draft, by=by, at=instant_of(session))
        answer = await papers.manager.post(f"/v1/finding-remediations/{stated.id}/decisions", json=VERIFIED)
        problem(answer, 403, "separation-of-duties")
