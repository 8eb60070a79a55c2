"""Papers over HTTP: planned, revised, tested item by item, concluded, signed, reopened, withdrawn."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.frames import changes, csv_of
from tests.audit.papered import (
    EFFECTIVE,
    EXECUTED,
    INQUIRY,
    INSPECTION,
    NATURE,
    OBSERVED,
    WITH_DEVIATIONS,
    Papers,
    papers_of,
    reference,
)
from tests.audit.sampled import PROVENANCE
from tests.support import Organisation, created, ok, problem


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database) as found:
        yield found


async def test_a_paper_on_a_sample_from_its_plan_to_the_partners_review(papers: Papers) -> None:
    paper, items = await papers.sampled()
    path = f"/v1/papers/{paper['id']}"
    assert (paper["number"], paper["status"], paper["criteria"]) == (1, "in_progress", ["soc2:CC6.2"])
    for item in items[:4]:
        tested = ok(await papers.tests(paper, item))
    assert (tested["outcome"], tested["key"], tested["place"]) == ("passed", items[3]["key"], 4)
    ok(await papers.tests(paper, items[4], "A"))
    refused = problem(await papers.staff.post(f"{path}/preparations"), 422, "paper-incomplete")
    assert {each["pointer"] for each in refused["errors"]} == {"/result", "/extent/sample_id", "/deviations"}
    ok(await papers.staff.post(f"/v1/samples/{paper['extent']['sample_id']}/evaluations"))
    deviation = await papers.deviates(paper, items[4])
    assert (deviation["status"], deviation["sample_item_ids"]) == ("recorded", [items[4]["id"]])
    ok(await papers.staff.post(f"{path}/results", json=EFFECTIVE))
    refused = problem(await papers.staff.post(f"{path}/preparations"), 422, "paper-incomplete")
    assert [each["pointer"] for each in refused["errors"]] == ["/result/operation"]
    ok(await papers.staff.post(f"{path}/results", json=WITH_DEVIATIONS))
    problem(await papers.manager.post(f"{path}/reviews"), 409, "conflict")
    prepared = await papers.prepared(paper)
    assert [(each["kind"], each["by"]["person"]["name"]) for each in prepared["signatures"]] == [("prepared", "Staff")]
    problem(await papers.staff.post(f"{path}/reviews"), 403, "forbidden")
    assert ok(await papers.manager.post(f"{path}/reviews"))["status"] == "reviewed"
    problem(await papers.manager.post(f"{path}/partner-reviews"), 403, "forbidden")
    signed = ok(await papers.partner.post(f"{path}/partner-reviews"))
    assert (signed["status"], len(signed["signatures"])) == ("partner_reviewed", 3)
    listed = ok(await papers.staff.get("/v1/item-tests", params={"paper_id": paper["id"], "outcome": "deviation"}))
    (one,) = listed["items"]
    assert one == ok(await papers.staff.get(f"/v1/item-tests/{one['id']}"))
    assert one["attributes"][0] == {"code": "A", "result": "deviates", "tick_marks": ["✓"]}


async def test_an_edit_takes_the_signatures_away_and_keeps_them_on_record(papers: Papers) -> None:
    paper = await papers.reviewed(await papers.done())
    assert (paper["edition"], paper["status"]) == (1, "reviewed")
    again = await papers.revised(paper, work="Seen, and compared with the description.")
    assert (again["edition"], again["status"]) == (2, "in_progress")
    assert all(each["voided_at"] for each in again["signatures"])
    problem(await papers.manager.post(f"/v1/papers/{paper['id']}/reviews"), 409, "conflict")
    again = await papers.reviewed(again)
    assert [(each["edition"], each["voided_at"] is None) for each in again["signatures"]] == [
        (1, False),
        (1, False),
        (2, True),
        (2, True),
    ]
    query = {"subject": paper["id"], "type": "audit.paper.reopened"}
    (told,) = ok(await papers.team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert told["data"]["edition"] == 2
    assert not ok(await papers.team.org.admin.get("/v1/services/audit/trail", params={"subject": paper["id"]}))["items"]


async def signed_on_a_sample(papers: Papers) -> tuple[dict[str, Any], str]:
    """A reviewed paper on a sample of which no item deviates, and the sample's id."""
    paper, items = await papers.sampled()
    for item in items:
        ok(await papers.tests(paper, item))
    sample = paper["extent"]["sample_id"]
    ok(await papers.staff.post(f"/v1/samples/{sample}/evaluations"))
    ok(await papers.staff.post(f"/v1/papers/{paper['id']}/results", json=EFFECTIVE))
    return await papers.reviewed(paper), sample


async def test_a_paper_whose_sample_is_voided_is_reopened_and_says_why(papers: Papers) -> None:
    paper, sample = await signed_on_a_sample(papers)
    reason = "The items were drawn from a file of another year."
    ok(await papers.manager.post(f"/v1/samples/{sample}/voidings", json={"reason": reason}))
    seen = ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))
    assert (seen["status"], seen["edition"]) == ("in_progress", 2)
    assert {each["void_reason"] for each in seen["signatures"]} == {f"Its sample 'Approval' was voided: {reason}"}
    refused = problem(await papers.staff.post(f"/v1/papers/{paper['id']}/preparations"), 422, "paper-incomplete")
    assert "the sample is voided" in refused["detail"]
    told = ok(await papers.partner.get(f"{papers.path}/chronology", params={"limit": "200"}))["items"]
    assert any(each["type"] == "audit.paper.reopened" and reason in (each["reason"] or "") for each in told)


async def test_a_paper_whose_population_is_superseded_is_reopened_and_says_why(papers: Papers) -> None:
    paper, sample = await signed_on_a_sample(papers)
    population = ok(await papers.staff.get(f"/v1/samples/{sample}"))["population_id"]
    draft = {"reason": "Changes of the last week were missing."}
    version = created(await papers.staff.post(f"/v1/populations/{population}/versions", json=draft))
    ok(
        await papers.staff.patch(
            f"/v1/populations/{version['id']}", json={"provenance": PROVENANCE}, headers={"If-Match": "*"}
        )
    )
    job = await papers.team.given(version, csv_of(changes(12)))
    assert job["state"] == "succeeded", job["problem"]
    seen = ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))
    assert (seen["status"], seen["edition"]) == ("in_progress", 2)
    assert "was superseded" in seen["signatures"][0]["void_reason"]


async def test_who_prepared_a_paper_does_not_review_it(papers: Papers) -> None:
    paper = await papers.done()
    path = f"/v1/papers/{paper['id']}"
    ok(await papers.partner.post(f"{path}/preparations"))
    problem(await papers.partner.post(f"{path}/reviews"), 403, "separation-of-duties")
    ok(await papers.manager.post(f"{path}/reviews"))
    problem(await papers.partner.post(f"{path}/partner-reviews"), 403, "separation-of-duties")


async def test_who_said_the_result_does_not_review_it(papers: Papers) -> None:
    paper = await papers.done()
    ok(await papers.manager.post(f"/v1/papers/{paper['id']}/results", json=EFFECTIVE))
    await papers.prepared(paper)
    path = f"/v1/papers/{paper['id']}/reviews"
    problem(await papers.manager.post(path), 403, "separation-of-duties")
    assert ok(await papers.partner.post(path))["status"] == "reviewed"


async def test_all_that_is_missing_is_said_at_once(papers: Papers) -> None:
    paper = await papers.planned(0, INQUIRY)
    path = f"/v1/papers/{paper['id']}"
    problem(await papers.staff.post(f"{path}/preparations"), 409, "conflict")
    await papers.revised(paper, evidence=[reference(collected_at=EXECUTED)])
    refused = problem(await papers.staff.post(f"{path}/preparations"), 422, "paper-incomplete")
    assert [each["pointer"] for each in refused["errors"]] == ["/result", "/procedures", "/executed_at", "/extent"]
    refused = problem(await papers.staff.post(f"{path}/results", json={"conforms": True}), 422, "invalid")
    assert {each["pointer"] for each in refused["errors"]} == {"/operation", "/suitably_designed", "/conforms"}
    reasoned = {"operation": "not_tested", "suitably_designed": True, "reason": "Out of use since December."}
    ok(await papers.staff.post(f"{path}/results", json=reasoned))
    assert (await papers.reviewed(paper))["result"]["operation"] == "not_tested"


async def test_an_automated_control_rests_on_general_it_controls_that_are_effective(papers: Papers) -> None:
    general, paper = await papers.done(1), await papers.done(2)
    alone = {"kind": "automated", "reason": "One instance of the configuration."}
    answer = papers.staff.patch(f"/v1/papers/{paper['id']}", json={"extent": alone}, headers={"If-Match": "*"})
    assert problem(await answer, 422, "invalid")["errors"][0]["pointer"] == "/extent/relies_on"
    for wrong in (paper["id"], str(uuid.uuid4())):
        body = {"extent": alone | {"relies_on": [wrong]}}
        answer = papers.staff.patch(f"/v1/papers/{paper['id']}", json=body, headers={"If-Match": "*"})
        assert problem(await answer, 422, "invalid")["errors"][0]["pointer"] == "/extent/relies_on"
    await papers.revised(paper, extent=alone | {"relies_on": [general["id"]]})
    await papers.prepared(paper)
    refused = problem(await papers.manager.post(f"/v1/papers/{paper['id']}/reviews"), 422, "paper-incomplete")
    assert [each["pointer"] for each in refused["errors"]] == ["/extent/relies_on"]
    await papers.reviewed(general)
    assert ok(await papers.manager.post(f"/v1/papers/{paper['id']}/reviews"))["status"] == "reviewed"
    found = ok(await papers.staff.get("/v1/papers", params={"extent": "automated", "finished": "true"}))["items"]
    assert [each["id"] for each in found] == [paper["id"]]


async def test_a_paper_is_reopened_with_the_it_control_that_it_relies_on(papers: Papers) -> None:
    general = await papers.reviewed(await papers.done(0))
    automated = {"kind": "automated", "reason": "One configuration.", "relies_on": [general["id"]]}
    paper = await papers.reviewed(await papers.done(1, extent=automated))
    await papers.revised(general, work="Seen again.")
    seen = ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))
    assert (seen["status"], seen["edition"]) == ("in_progress", 2)
    assert "general IT control" in seen["signatures"][0]["void_reason"]


async def test_review_notes_are_answered_and_cleared_before_the_review(papers: Papers) -> None:
    paper = await papers.done()
    path = f"/v1/papers/{paper['id']}"
    problem(await papers.staff.post(f"{path}/review-notes", json={"text": "Why?"}), 403, "forbidden")
    await papers.prepared(paper)
    note = created(await papers.manager.post(f"{path}/review-notes", json={"text": "Which item is this?"}))
    problem(await papers.manager.post(f"{path}/reviews"), 409, "review-notes-open")
    note_path = f"/v1/review-notes/{note['id']}"
    answered = ok(await papers.manager.post(f"{note_path}/answers", json={"text": "The second one."}))
    assert (answered["status"], answered["answer"]["text"]) == ("answered", "The second one.")
    problem(await papers.manager.post(f"{note_path}/clearances"), 403, "separation-of-duties")
    assert ok(await papers.partner.post(f"{note_path}/clearances"))["status"] == "cleared"
    problem(await papers.partner.post(f"{note_path}/clearances"), 409, "conflict")
    problem(await papers.staff.post(f"{note_path}/answers", json={"text": "More"}), 409, "conflict")
    assert ok(await papers.manager.post(f"{path}/reviews"))["status"] == "reviewed"
    later = created(await papers.manager.post(f"{path}/review-notes", json={"text": "One more thing."}))
    problem(await papers.partner.post(f"{path}/partner-reviews"), 409, "review-notes-open")
    open_ones = ok(await papers.team.quality.get("/v1/review-notes", params={"cleared": "false"}))["items"]
    assert [each["id"] for each in open_ones] == [later["id"]]
    assert ok(await papers.staff.get(note_path))["clearance"]["by"]["person"]["name"] == "Partner"
    for verb, body in (("answers", {"text": "?"}), ("clearances", None)):
        problem(await papers.partner.post(f"/v1/review-notes/{uuid.uuid4()}/{verb}", json=body), 404, "not-found")


async def test_information_found_unreliable_carries_no_good_result(papers: Papers) -> None:
    paper = await papers.done()
    provenance = {
        "kind": "custom_query",
        "source_system": "Directory",
        "query": "All accounts",
        "run_by": "Dana",
        "run_at": EXECUTED,
        "time_zone": "UTC",
    }
    draft = {"title": "List of accounts", "provenance": provenance, "reliable": True, "procedures": []}
    draft |= {"conclusion": "Leavers are left out."}
    path = f"/v1/papers/{paper['id']}/reliability-records"
    problem(await papers.staff.post(path, json=draft), 422, "invalid")
    made = created(await papers.staff.post(path, json=draft | {"reliable": False}))
    refused = problem(await papers.staff.post(f"/v1/papers/{paper['id']}/preparations"), 422, "paper-incomplete")
    assert [each["pointer"] for each in refused["errors"]] == ["/result"]
    listed = ok(await papers.staff.get("/v1/reliability-records", params={"reliable": "false"}))["items"]
    assert listed == [ok(await papers.staff.get(f"/v1/reliability-records/{made['id']}"))]
    withdrawal = f"/v1/reliability-records/{made['id']}/withdrawals"
    assert ok(await papers.staff.post(withdrawal, json={"reason": "Drawn again."}))["status"] == "withdrawn"
    problem(await papers.staff.post(withdrawal, json={"reason": "Again."}), 409, "conflict")
    missing = f"/v1/reliability-records/{uuid.uuid4()}/withdrawals"
    problem(await papers.staff.post(missing, json={"reason": "None."}), 404, "not-found")
    await papers.prepared(paper)


async def test_what_the_test_of_an_item_refuses(papers: Papers) -> None:
    paper, items = await papers.sampled(size=2)
    path = f"/v1/papers/{paper['id']}/items/{items[0]['id']}/test"
    body = {"outcome": "passed", "attributes": [{"code": "A", "result": "meets"}], "evidence": ["E9"]}
    refused = problem(await papers.staff.put(path, json=body), 422, "invalid")
    assert [each["detail"] for each in refused["errors"]] == ["B is not answered", "the paper has no evidence E9"]
    stranger = f"/v1/papers/{paper['id']}/items/{uuid.uuid4()}/test"
    problem(await papers.staff.put(stranger, json=body), 404, "not-found")
    not_one = {"outcome": "not_applicable", "reason": "Voided before deployment."}
    ok(await papers.staff.put(path, json=not_one))
    problem(await papers.staff.put(path, json=not_one), 409, "item-replaced")
    replacement = (await papers.team.items({"id": paper["extent"]["sample_id"]}))[-1]
    ok(await papers.tests(paper, replacement))
    second = await papers.planned()
    extent = {"extent": {"kind": "sample", "sample_id": paper["extent"]["sample_id"]}}
    answer = papers.staff.patch(f"/v1/papers/{second['id']}", json=extent, headers={"If-Match": "*"})
    assert problem(await answer, 422, "invalid")["errors"][0]["pointer"] == "/extent/sample_id"


async def test_a_deviation_is_analysed_concluded_and_retracted_by_a_manager(papers: Papers) -> None:
    paper = await papers.reviewed(await papers.done())
    deviation = await papers.deviates(paper)
    assert ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))["status"] == "in_progress"
    path = f"/v1/deviations/{deviation['id']}"
    problem(await papers.staff.post(f"{path}/conclusions", json={"text": "None."}), 409, "conflict")
    analysis = {"cause": "The approver was on leave.", "pattern": "isolated", "intentional": True, "extent": "One"}
    problem(await papers.staff.post(f"{path}/analyses", json=analysis), 422, "invalid")
    analysed = ok(await papers.staff.post(f"{path}/analyses", json=analysis | {"pattern": "systematic"}))
    assert (analysed["status"], analysed["analysis"]["intentional"]) == ("analysed", True)
    assert ok(await papers.staff.post(f"{path}/conclusions", json={"text": "Weak."}))["status"] == "concluded"
    flagged = ok(await papers.partner.get("/v1/deviations", params={"intentional": "true", "standing": "true"}))
    assert [each["id"] for each in flagged["items"]] == [deviation["id"]]
    problem(await papers.staff.post(f"{path}/retractions", json={"reason": "Error"}), 403, "forbidden")
    retracted = ok(await papers.manager.post(f"{path}/retractions", json={"reason": "The approval was found."}))
    assert (retracted["status"], retracted["retraction"]["by"]["person"]["name"]) == ("retracted", "Manager")
    for verb, body in (("analyses", analysis | {"intentional": False}), ("conclusions", {"text": "More."})):
        problem(await papers.staff.post(f"{path}/{verb}", json=body), 409, "conflict")
        problem(await papers.staff.post(f"/v1/deviations/{uuid.uuid4()}/{verb}", json=body), 404, "not-found")
    gone = f"/v1/deviations/{uuid.uuid4()}/retractions"
    problem(await papers.manager.post(gone, json={"reason": "None."}), 404, "not-found")


async def test_a_deviation_names_items_that_deviate_and_each_once(papers: Papers) -> None:
    paper, items = await papers.sampled(size=2)
    path = f"/v1/papers/{paper['id']}/deviations"
    ok(await papers.tests(paper, items[0], "A"))
    ok(await papers.tests(paper, items[1]))
    for named in ([], [items[1]["id"]], [str(uuid.uuid4())]):
        body = NATURE | {"sample_item_ids": named}
        refused = problem(await papers.staff.post(path, json=body), 422, "invalid")
        assert refused["errors"][0]["pointer"] == "/sample_item_ids"
    await papers.deviates(paper, items[0])
    problem(await papers.staff.post(path, json=NATURE | {"sample_item_ids": [items[0]["id"]]}), 422, "invalid")
    none = await papers.planned(1)
    body = NATURE | {"sample_item_ids": [items[0]["id"]]}
    problem(await papers.staff.post(f"/v1/papers/{none['id']}/deviations", json=body), 422, "invalid")


async def test_what_was_planned_by_mistake_is_withdrawn(papers: Papers) -> None:
    paper, reason = await papers.planned(), {"reason": "Planned twice."}
    path = f"/v1/papers/{paper['id']}/withdrawals"
    assert ok(await papers.staff.post(path, json=reason))["withdrawal"]["reason"] == "Planned twice."
    problem(await papers.staff.post(path, json=reason), 409, "conflict")
    signed = await papers.revised(await papers.reviewed(await papers.done()), work="More.")
    problem(await papers.staff.post(f"/v1/papers/{signed['id']}/withdrawals", json=reason), 409, "conflict")
    missing = f"/v1/papers/{uuid.uuid4()}"
    problem(await papers.staff.post(f"{missing}/withdrawals", json=reason), 404, "not-found")
    problem(await papers.staff.post(f"{missing}/results", json=EFFECTIVE), 404, "not-found")
    for verb in ("reviews", "partner-reviews", "preparations"):
        problem(await papers.partner.post(f"{missing}/{verb}"), 404, "not-found")
    for verb, body in (("review-notes", {"text": "?"}), ("deviations", NATURE)):
        problem(await papers.partner.post(f"{missing}/{verb}", json=body), 404, "not-found")


async def test_only_definitions_in_scope_are_tested_and_only_by_the_team(papers: Papers, firm: Firm) -> None:
    draft = {"definition_id": str(uuid.uuid4()), "title": "Approval"}
    refused = problem(await papers.staff.post(f"{papers.path}/papers", json=draft), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/definition_id"
    ours = {"definition_id": papers.definitions[0], "title": "Approval"}
    unknown = [INSPECTION | {"firm_procedure_id": str(uuid.uuid4())}]
    refused = problem(
        await papers.staff.post(f"{papers.path}/papers", json=ours | {"procedures": unknown}), 422, "invalid"
    )
    assert refused["errors"][0]["pointer"] == "/procedures/0/firm_procedure_id"
    problem(await papers.team.quality.post(f"{papers.path}/papers", json=ours), 403, "forbidden")
    problem(await papers.team.org.admin.post(f"{papers.path}/papers", json=ours), 403, "forbidden")
    problem(await firm.admin.post(f"{papers.path}/papers", json=ours), 403, "forbidden")
    elsewhere = f"/v1/engagements/{uuid.uuid4()}/papers"
    problem(await papers.staff.post(elsewhere, json=ours), 404, "not-found")
    paper = await papers.planned()
    stale = papers.staff.patch(f"/v1/papers/{paper['id']}", json={"work": "?"}, headers={"If-Match": '"9"'})
    problem(await stale, 412, "stale")
    gone = papers.staff.patch(f"/v1/papers/{uuid.uuid4()}", json={"work": "?"}, headers={"If-Match": "*"})
    problem(await gone, 404, "not-found")
    problem(await papers.team.org.admin.get("/v1/papers"), 403, "forbidden")
    assert ok(await papers.team.quality.get("/v1/papers", params={"criterion": "soc2:CC6.2"}))["items"] == [paper]
    assert ok(await papers.staff.get("/v1/papers", params={"operation": "not_tested", "q": "ac-0"}))["items"] == []


async def test_nothing_is_concluded_or_signed_before_fieldwork(
    org: Organisation, firm: Firm, database: Database
) -> None:
    async with papers_of(org, firm, database, phase="planning") as papers:
        paper = await papers.revised(await papers.planned(), extent=OBSERVED)
        problem(await papers.staff.post(f"/v1/papers/{paper['id']}/results", json=EFFECTIVE), 409, "conflict")
        problem(await papers.staff.post(f"/v1/papers/{paper['id']}/preparations"), 409, "conflict")


async def test_a_firm_keeps_a_catalogue_of_procedures(papers: Papers, firm: Firm) -> None:
    code = f"CM-{uuid.uuid4().hex[:8]}"
    draft = {"code": code, "title": "Approval", **INSPECTION}
    async with firm.acting("manager") as manager, firm.acting("staff") as staff:
        problem(await staff.post("/v1/firm-procedures", json=draft), 403, "forbidden")
        made = created(await manager.post("/v1/firm-procedures", json=draft))
        problem(await manager.post("/v1/firm-procedures", json=draft), 409, "code-taken")
        path = f"/v1/firm-procedures/{made['id']}"
        changed = ok(await manager.patch(path, json={"title": "Approved first"}, headers={"If-Match": '"1"'}))
        assert (changed["title"], changed["kind"]) == ("Approved first", "inspection")
        paper = await papers.planned(0, INSPECTION | {"firm_procedure_id": made["id"]})
        assert paper["procedures"][0]["firm_procedure_id"] == made["id"]
        assert ok(await papers.staff.get("/v1/firm-procedures", params={"code": code}))["items"] == [changed]
        assert ok(await papers.staff.get(path)) == changed
        retired = ok(await manager.post(f"{path}/retirements", json={"reason": "Replaced."}))
        assert retired["status"] == "retired"
        problem(await manager.post(f"{path}/retirements", json={"reason": "Again."}), 409, "conflict")
        missing = f"/v1/firm-procedures/{uuid.uuid4()}"
        problem(await manager.post(f"{missing}/retirements", json={"reason": "None."}), 404, "not-found")
        problem(await manager.patch(missing, json={"title": "?"}, headers={"If-Match": "*"}), 404, "not-found")
        created(await manager.post("/v1/firm-procedures", json=draft))
    problem(await papers.team.org.manager.get("/v1/firm-procedures"), 403, "forbidden")
