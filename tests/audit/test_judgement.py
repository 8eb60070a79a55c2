"""From reviewed papers to the opinion over HTTP: gates, conclusions, proposal, decision, and what voids them."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.judged import CLEAN, committed
from tests.audit.papered import Papers, papers_of
from tests.support import Organisation, created, eventually, ok, problem

SIGNS = {"reason": "Sufficient evidence was obtained.", "city": "Denver", "state": "Colorado"}
MATTER = {"text": "Approvals were late.", "effect": "Changes might be deployed unseen.", "criteria": ["soc2:CC6.2"]}
UNSTATED = {"text": "The description leaves an incident out.", "effect": "Readers do not learn of it."}
CRITERION = {"about": "criterion", "ref": "soc2:CC6.2", "verdict": "met", "reason": "Both tests found it effective."}


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database, controls=1) as found:
        yield found


async def enters(papers: Papers, phase: str, acting: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (acting or papers.partner).post(f"{papers.path}/phases", json={"phase": phase, "reason": "So."})


async def gates(papers: Papers) -> list[str]:
    return [gate["code"] for gate in ok(await papers.partner.get(f"{papers.path}/next-phase"))["open"]]


async def concluded(papers: Papers, **changes: Any) -> dict[str, Any]:
    return created(await papers.manager.post(f"{papers.path}/conclusions", json=CRITERION | changes))


async def subjects_concluded(papers: Papers, **changes: dict[str, Any]) -> None:
    for subject in CLEAN:
        said = {"verdict": "unmodified"} | changes.get(subject, {})
        await concluded(papers, about="subject_matter", ref=subject, **said)


async def test_from_reviewed_papers_to_the_opinion_and_back(papers: Papers, database: Database) -> None:
    commitment = await committed(database, papers.team.org.id, papers.team.engagement, "CC6.2")
    assert await gates(papers) == ["controls_untested"]
    paper = await papers.done()
    assert await gates(papers) == ["papers_unreviewed"]
    refused = problem(await papers.manager.post(f"{papers.path}/conclusions", json=CRITERION), 409, "conflict")
    assert "fieldwork" in refused["detail"]
    await papers.reviewed(paper)
    ok(await enters(papers, "evaluation"))
    assert await gates(papers) == ["not_concluded"] * 5
    body = CRITERION | {"about": "commitment", "ref": commitment, "verdict": "achieved"}
    problem(await papers.manager.post(f"{papers.path}/conclusions", json=body), 409, "not-ready-to-conclude")
    problem(await papers.staff.post(f"{papers.path}/conclusions", json=CRITERION), 403, "forbidden")
    problem(await papers.partner.get(f"{papers.path}/opinion-proposal"), 409, "not-ready-for-opinion")
    await concluded(papers, verdict="not_met")
    await concluded(papers, about="commitment", ref=commitment, verdict="not_achieved")
    await subjects_concluded(papers, operation={"verdict": "material", "matters": [MATTER]})
    (operation,) = ok(await papers.staff.get("/v1/conclusions", params={"ref": "operation"}))["items"]
    (matter,) = operation["matters"]
    assert (matter["criteria"], matter["commitments"]) == (["soc2:CC6.2"], ["Documents are available."])
    judged = ok(await papers.staff.get(f"{papers.path}/judgement"))["items"]
    assert [each["ref"] for each in judged if not each["concluded"]] == []
    ok(await enters(papers, "reporting"))
    assert "opinion_missing" in await gates(papers)
    proposal = ok(await papers.partner.get(f"{papers.path}/opinion-proposal"))
    assert proposal["kind"] == "qualified"
    assert {each["subject"]: each["kind"] for each in proposal["subjects"]} == CLEAN | {"operation": "qualified"}
    decided = {"subjects": CLEAN | {"operation": "qualified"}, **SIGNS}
    problem(await papers.manager.post(f"{papers.path}/opinions", json=decided), 403, "forbidden")
    opinion = created(await papers.partner.post(f"{papers.path}/opinions", json=decided))
    assert (opinion["kind"], opinion["decided_by"]["person"]["name"]) == ("qualified", "Partner")
    assert opinion["signed_as"]["city"] == "Denver"
    assert "opinion_missing" not in await gates(papers)
    await papers.revised(paper, work="Seen again.")
    assert ok(await papers.staff.get(f"/v1/opinions/{opinion['id']}"))["status"] == "voided"
    assert not ok(await papers.staff.get("/v1/conclusions", params={"standing": "true"}))["items"]
    voided = ok(await papers.staff.get("/v1/conclusions", params={"status": "voided", "about": "criterion"}))["items"]
    assert [each["ref"] for each in voided] == ["soc2:CC6.2"]
    query = {"type": "audit.conclusion.voided", "subject": voided[0]["id"]}
    assert ok(await papers.team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert not ok(await papers.team.org.admin.get("/v1/services/audit/trail", params=query))["items"]


async def test_an_opinion_other_than_proposed_says_why_and_replaces_the_last(papers: Papers) -> None:
    await papers.reviewed(await papers.done())
    ok(await enters(papers, "evaluation"))
    await concluded(papers)
    await subjects_concluded(papers)
    path = f"{papers.path}/opinions"
    first = created(await papers.partner.post(path, json={"subjects": CLEAN, **SIGNS}))
    other = {"subjects": CLEAN | {"description": "qualified"}, **SIGNS}
    assert problem(await papers.partner.post(path, json=other), 422, "invalid")["errors"][0]["pointer"] == "/departure"
    departs = other | {"departure": "The matter is material."}
    refused = problem(await papers.partner.post(path, json=departs), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/subjects/description"], "nothing says what modifies it"
    modified = {"verdict": "material_and_pervasive", "matters": [UNSTATED]}
    await concluded(papers, about="subject_matter", ref="description", **modified)
    second = created(await papers.partner.post(path, json=departs))
    assert (second["proposed"], second["kind"]) == (CLEAN | {"description": "adverse"}, "qualified")
    assert ok(await papers.partner.get(f"/v1/opinions/{first['id']}"))["status"] == "voided"
    departing = ok(await papers.team.quality.get("/v1/opinions", params={"departs": "true"}))["items"]
    assert departing == [second]
    ok(await enters(papers, "fieldwork"))
    assert ok(await papers.partner.get(f"/v1/opinions/{second['id']}"))["status"] == "voided"
    problem(await papers.partner.post(path, json=other), 409, "conflict")


async def test_a_modified_conclusion_names_matters_that_the_conclusions_below_bear_out(papers: Papers) -> None:
    await papers.reviewed(await papers.done())
    ok(await enters(papers, "evaluation"))
    await concluded(papers)
    subject = {"about": "subject_matter", "ref": "operation", "verdict": "material", "reason": "So."}
    unknown = {"finding_id": str(uuid.uuid4()), "effect": "So."}
    for matters, pointers in (
        ([], ["/matters"]),
        ([MATTER], ["/matters/0/criteria/0", "/matters/0/criteria"]),
        ([unknown], ["/matters/0/finding_id"]),
        ([MATTER | unknown], ["/matters/0"]),
    ):
        answer = await papers.manager.post(f"{papers.path}/conclusions", json=subject | {"matters": matters})
        assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == pointers
    unmodified = subject | {"verdict": "unmodified", "matters": [UNSTATED], "ref": "description"}
    refused = problem(await papers.manager.post(f"{papers.path}/conclusions", json=unmodified), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/matters"]


async def test_a_conclusion_replaces_the_last_and_voids_what_rested_on_it(papers: Papers) -> None:
    await papers.reviewed(await papers.done())
    ok(await enters(papers, "evaluation"))
    first = await concluded(papers)
    await subjects_concluded(papers)
    second = await concluded(papers, verdict="not_met", reason="On reflection.")
    assert ok(await papers.staff.get(f"/v1/conclusions/{first['id']}"))["status"] == "replaced"
    standing = ok(await papers.staff.get("/v1/conclusions", params={"standing": "true"}))["items"]
    assert standing == [second], "the subject matters rested on the first"
    for wrong in ({"ref": "soc2:CC9.9"}, {"verdict": "unmodified"}):
        problem(await papers.manager.post(f"{papers.path}/conclusions", json=CRITERION | wrong), 422, "invalid")
    elsewhere = f"/v1/engagements/{uuid.uuid4()}"
    problem(await papers.manager.post(f"{elsewhere}/conclusions", json=CRITERION), 404, "not-found")
    problem(await papers.manager.get(f"{elsewhere}/judgement"), 404, "not-found")
    problem(await papers.manager.get(f"{elsewhere}/opinion-proposal"), 404, "not-found")
    problem(await papers.partner.post(f"{elsewhere}/opinions", json={"subjects": CLEAN, **SIGNS}), 404, "not-found")
    for own in ("judgement", "opinion-proposal"):
        problem(await papers.team.org.admin.get(f"{papers.path}/{own}"), 403, "forbidden")


async def test_only_a_licensed_partner_decides(
    org: Organisation, operator: httpx.AsyncClient, database: Database
) -> None:
    young = await Firm.found(operator, f"Young & Co {uuid.uuid4()}")
    async with papers_of(org, young, database, controls=1) as papers:
        await papers.reviewed(await papers.done())
        ok(await enters(papers, "evaluation"))
        decided = {"subjects": CLEAN, **SIGNS}
        problem(await papers.partner.post(f"{papers.path}/opinions", json=decided), 409, "not-ready-for-opinion")
        own = {"kind": "cpa_licence", "firm_id": young.id}
        licences = ok(await young.admin.get("/v1/licences", params=own))["items"]
        withdrawal = f"/v1/licences/{licences[0]['id']}/withdrawals"
        ok(await young.admin.post(withdrawal, json={"reason": "Retired from practice."}))

        async def refused() -> bool:
            answer = await papers.partner.post(f"{papers.path}/opinions", json=decided)
            return bool(answer.json()["type"] == "/problems/not-licensed")

        await eventually(refused)
    await young.close()
