"""Findings: drafted by the firm, communicated, responded to by the client, concluded with what compensates."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.firm import Firm
from services.audit.papers.findings import actions
from services.audit.papers.findings.schemas import FindingResponse
from shared.data.sessions import Database
from shared.identity.callers import Actor, ActorKind
from shared.problems import SeparationOfDuties
from tests.audit.given import NOW, moved
from tests.audit.papered import Papers, papers_of
from tests.support import Organisation, created, ok, problem

RESPONSE = {
    "position": "agrees",
    "text": "The deployment now asks for it.",
    "plan": "A rule.",
    "planned_by": "2026-12-31",
}
CONCLUSION = {"text": "The criterion is met by the review of deployments."}
REASON = {"reason": "It was no deficiency."}


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database) as found:
        yield found


async def drafted(papers: Papers, **draft: Any) -> dict[str, Any]:
    """A finding that staff drafted from a deviation of the first control."""
    deviation = await papers.deviates(await papers.done())
    body = {"deviation_ids": [deviation["id"]], "title": "Late approvals", "text": "For 2 of 25 changes.", **draft}
    return created(await papers.staff.post(f"{papers.path}/findings", json=body | {"criteria": ["soc2:CC8.1"]}))


async def test_the_client_sees_a_finding_once_it_is_communicated(papers: Papers) -> None:
    client, finding = papers.team.org, await drafted(papers)
    path = f"/v1/findings/{finding['id']}"
    problem(await client.admin.get(path), 404, "not-found")
    problem(await client.manager.post(f"{path}/responses", json=RESPONSE), 404, "not-found")
    problem(await papers.staff.post(f"{path}/communications"), 403, "forbidden")
    ok(await papers.manager.post(f"{path}/communications"))
    problem(await papers.manager.post(f"{path}/communications"), 409, "conflict")
    seen = ok(await client.viewer.get(path))
    assert (seen["title"], seen["status"], seen["deviation_ids"], seen["compensating"]) == (
        "Late approvals",
        "communicated",
        None,
        None,
    )
    assert ok(await client.viewer.get("/v1/findings", params={"criterion": "soc2:CC8.1"}))["items"] == [seen]
    problem(await client.viewer.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    problem(await client.manager.post(f"{path}/responses", json=RESPONSE | {"plan": None}), 422, "invalid")
    answered = ok(await client.manager.post(f"{path}/responses", json=RESPONSE))
    assert (answered["status"], answered["response"]["position"]) == ("responded", "agrees")
    assert ok(await papers.staff.get(path, params={}))["response"] == answered["response"]
    ok(await papers.manager.post(f"{path}/conclusions", json=CONCLUSION))
    assert ok(await client.viewer.get(path))["conclusion"] is None, "a judgement in the making"
    assert ok(await papers.staff.get(path))["conclusion"]["text"] == CONCLUSION["text"]
    problem(await client.manager.post(f"{path}/responses", json=RESPONSE), 409, "conflict")
    query = {"subject": finding["id"]}
    told = ok(await client.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert [each["type"] for each in told] == ["audit.finding.communicated", "audit.finding.responded"]
    assert {name for each in told for name in each["after"]} == {"status", "title", "response"}
    theirs = ok(await papers.team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert len(theirs) == 4


async def test_what_compensates_was_tested_in_its_own_right(papers: Papers) -> None:
    other = await papers.done(1)
    finding = await drafted(papers, compensating=[{"paper_id": other["id"], "text": "It finds each on the next day."}])
    path = f"/v1/findings/{finding['id']}"
    problem(await papers.manager.post(f"{path}/conclusions", json=CONCLUSION), 409, "conflict")
    ok(await papers.manager.post(f"{path}/communications"))
    problem(await papers.manager.post(f"{path}/conclusions", json=CONCLUSION), 409, "not-compensating")
    await papers.reviewed(other)
    assert ok(await papers.manager.post(f"{path}/conclusions", json=CONCLUSION))["status"] == "concluded"


async def test_what_a_finding_refuses(papers: Papers) -> None:
    finding = await drafted(papers)
    path, paper = f"/v1/findings/{finding['id']}", await papers.planned()
    body = {"deviation_ids": [str(uuid.uuid4())], "title": "?", "text": "?"}
    problem(await papers.staff.post(f"{papers.path}/findings", json=body), 422, "invalid")
    second = await papers.deviates(await papers.done(1))
    both = body | {"deviation_ids": [*finding["deviation_ids"], second["id"]]}
    problem(await papers.staff.post(f"{papers.path}/findings", json=both), 422, "invalid")
    problem(await papers.staff.post(f"/v1/engagements/{uuid.uuid4()}/findings", json=both), 404, "not-found")
    same = {"compensating": [{"paper_id": paper["id"], "text": "Itself."}]}
    problem(await papers.staff.patch(path, json=same, headers={"If-Match": "*"}), 422, "invalid")
    changed = await papers.staff.patch(path, json={"deviation_ids": [second["id"]]}, headers={"If-Match": "*"})
    assert ok(changed)["control_id"] == second["control_id"]
    ok(await papers.manager.post(f"{path}/communications"))
    problem(await papers.staff.patch(path, json={"title": "!"}, headers={"If-Match": "*"}), 409, "conflict")
    assert ok(await papers.manager.post(f"{path}/withdrawals", json=REASON))["status"] == "withdrawn"
    problem(await papers.manager.post(f"{path}/withdrawals", json=REASON), 409, "conflict")
    assert ok(await papers.team.org.viewer.get(path))["withdrawal"]["reason"] == REASON["reason"]
    never = await drafted(papers)
    ok(await papers.manager.post(f"/v1/findings/{never['id']}/withdrawals", json=REASON))
    problem(await papers.team.org.viewer.get(f"/v1/findings/{never['id']}"), 404, "not-found")
    missing = f"/v1/findings/{uuid.uuid4()}"
    problem(await papers.staff.patch(missing, json={"title": "!"}, headers={"If-Match": "*"}), 404, "not-found")
    for verb, said in (("communications", None), ("conclusions", CONCLUSION), ("withdrawals", REASON)):
        problem(await papers.manager.post(f"{missing}/{verb}", json=said), 404, "not-found")


async def test_management_responds_and_nobody_else(papers: Papers, database: Database) -> None:
    finding = await drafted(papers)
    path = f"/v1/findings/{finding['id']}"
    ok(await papers.manager.post(f"{path}/communications"))
    problem(await papers.partner.post(f"{path}/responses", json=RESPONSE), 403, "forbidden")
    author = Actor(ActorKind.PERSON, uuid.UUID(finding["drafted_by"]["person"]["id"]), "Staff")
    response = FindingResponse.model_validate(RESPONSE)
    async with database.transaction(uuid.UUID(papers.team.org.id)) as session:
        with pytest.raises(SeparationOfDuties, match="Who drafted a finding"):
            await actions.respond(session, uuid.UUID(finding["id"]), response=response, by=author, at=NOW)
    await moved(database, papers.team.org, {"id": papers.team.engagement}, "evaluation", "reporting", "issued")
    problem(await papers.team.org.manager.post(f"{path}/responses", json=RESPONSE), 409, "conflict")


async def test_no_report_is_written_before_deviations_and_findings_are_concluded(
    papers: Papers, database: Database
) -> None:
    finding = await drafted(papers)
    await moved(database, papers.team.org, {"id": papers.team.engagement}, "evaluation")

    async def open_gates() -> set[str]:
        gates = ok(await papers.partner.get(f"{papers.path}/next-phase"))["open"]
        return {gate["code"] for gate in gates} & {"deviations_unconcluded", "findings_open"}

    assert await open_gates() == {"deviations_unconcluded", "findings_open"}
    deviation = f"/v1/deviations/{finding['deviation_ids'][0]}"
    analysis = {"cause": "No deputy.", "pattern": "isolated", "intentional": False, "extent": "Two weeks."}
    ok(await papers.staff.post(f"{deviation}/analyses", json=analysis))
    ok(await papers.manager.post(f"{deviation}/conclusions", json={"text": "It operated but for these."}))
    assert await open_gates() == {"findings_open"}
    path = f"/v1/findings/{finding['id']}"
    ok(await papers.manager.post(f"{path}/communications"))
    ok(await papers.manager.post(f"{path}/conclusions", json=CONCLUSION))
    assert await open_gates() == set()
    ok(await papers.manager.post(f"{deviation}/retractions", json={"reason": "The approval was found."}))
    assert await open_gates() == {"findings_open"}, "it rests on a deviation that does not stand any longer"
