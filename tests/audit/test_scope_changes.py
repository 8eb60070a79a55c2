"""Changing the scope after fieldwork has begun: with a justification, told to both, voiding what rested on it."""

import uuid

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.examined import Examined
from tests.audit.given import day, moved, planned, type2
from tests.audit.papered import papers_of
from tests.support import Organisation, created, ok, problem

WHY = "Management extended the period by a month at the request of customers."


async def test_a_change_of_the_period_voids_what_rested_on_it(
    examined: Examined, org: Organisation, firm: Firm
) -> None:
    report = await examined.drafted()
    ok(await examined.manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"))
    path, longer = f"{examined.path}/scope-changes", {"justification": WHY, "period_end": day(0)}
    problem(await examined.manager.post(path, json=longer), 403, "forbidden")
    problem(await examined.partner.post(path, json={"period_end": day(0)}), 422, "invalid")
    same = {"justification": WHY, "period_end": examined.engagement["period_end"]}
    problem(await examined.partner.post(path, json=same), 422, "invalid")
    changed = created(await examined.partner.post(path, json=longer))
    assert changed["before"]["period_end"] == examined.engagement["period_end"]
    assert changed["after"]["period_end"] == day(0)
    assert changed["voided"] == {"papers": 1, "conclusions": 0, "reports": 1}
    now = ok(await org.viewer.get(examined.path))
    assert (now["phase"], now["period_end"]) == ("fieldwork", day(0))
    (paper,) = ok(await examined.staff.get("/v1/papers"))["items"]
    assert (paper["status"], paper["edition"]) == ("in_progress", 2)
    assert ok(await examined.staff.get("/v1/opinions"))["items"][0]["status"] == "voided"
    assert ok(await examined.manager.get(f"/v1/audit-reports/{report['id']}"))["status"] == "draft"
    for reader in (org.viewer, examined.staff):
        assert ok(await reader.get(f"/v1/scope-changes/{changed['id']}"))["justification"] == WHY
        assert ok(await reader.get("/v1/scope-changes"))["items"][0]["id"] == changed["id"]
    told = ok(await org.admin.get("/v1/services/audit/trail", params={"subject": examined.engagement["id"]}))["items"]
    assert WHY in {each["reason"] for each in told}
    told = ok(await firm.admin.get("/v1/services/audit/trail", params={"subject": changed["id"]}))["items"]
    assert [each["reason"] for each in told] == [WHY]


async def test_a_type_2_becomes_a_type_1_and_nothing_else(org: Organisation, firm: Firm, database: Database) -> None:
    async with papers_of(org, firm, database) as papers:
        path, partner = f"{papers.path}/scope-changes", papers.partner
        for draft in (
            {"kind": "soc1_type1", "as_of_date": "2026-06-30"},
            {"kind": "soc2_type1"},
            {"categories": ["availability"]},
            {"period_end": "2025-01-01"},
        ):
            problem(await partner.post(path, json=draft | {"justification": WHY}), 422, "invalid")
        type1 = {"kind": "soc2_type1", "as_of_date": "2026-06-30", "justification": WHY}
        changed = created(await partner.post(path, json=type1))
        assert changed["before"]["period_start"] == "2026-01-01"
        now = ok(await org.viewer.get(papers.path))
        assert (now["kind"], now["as_of_date"], now["period_start"]) == ("soc2_type1", "2026-06-30", None)
        wider = {"categories": ["security", "availability"], "justification": WHY}
        assert created(await partner.post(path, json=wider))["voided"]["papers"] == 0
        other = str(uuid.uuid4())
        controls = created(await partner.post(path, json={"control_ids": [other], "justification": WHY}))
        assert controls["after"]["control_ids"] == [other]
        nowhere = f"/v1/engagements/{uuid.uuid4()}/scope-changes"
        problem(await partner.post(nowhere, json=type1), 404, "not-found")
        problem(await partner.get(f"/v1/scope-changes/{uuid.uuid4()}"), 404, "not-found")


async def test_before_fieldwork_the_client_revises_and_nobody_changes_the_scope(
    org: Organisation, other_org: Organisation, firm: Firm, database: Database
) -> None:
    engagement = await planned(org, type2(), uuid.uuid4())
    await moved(database, org, engagement, "accepted", "planning", firm_id=firm.id)
    await firm.assign(engagement["id"], "partner")
    path = f"/v1/engagements/{engagement['id']}/scope-changes"
    draft = {"period_end": day(60), "justification": WHY}
    async with firm.acting("partner", engagement["id"]) as partner:
        problem(await partner.post(path, json=draft), 409, "conflict")
        await moved(database, org, engagement, "fieldwork")
        changed = created(await partner.post(path, json=draft))
    problem(await org.admin.post(path, json=draft), 403, "forbidden")
    problem(await other_org.admin.get(f"/v1/scope-changes/{changed['id']}"), 404, "not-found")
