"""Reports over HTTP, with both parties: drafted, reviewed, approved, issued, downloaded, looked up, withdrawn."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from attest.__main__ import verified
from attest.findings import Broken, Trust
from deploy.firm import Firm
from deploy.local.stack import Stack
from services.audit.judgement.opinions.queries import standing_opinions
from shared.data.sessions import Database
from tests.audit.examined import SIGNED, Examined, downloaded, examining
from tests.audit.given import TODAY, day, moved, planned, type1, type2
from tests.audit.judged import CLEAN
from tests.audit.papered import INSPECTION
from tests.audit.sampled import jobs_waiting
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok, problem

_ANY = {"If-Match": "*"}
_UNASKED = {"organization": str(uuid.UUID(int=1)), "signatory": SIGNED[0], "signed_on": day(0)}


async def test_a_report_is_drafted_reviewed_approved_rendered_and_issued(
    examined: Examined, other_org: Organisation, anybody: httpx.AsyncClient
) -> None:
    org, partner = examined.org, examined.partner
    await examined.documented()
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    assert (report["kind"], report["number"], report["status"]) == ("soc2_type2", 1, "draft")
    for client in (org.admin, org.manager, other_org.admin):
        problem(await client.get(path), 404, "not-found")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    assert ok(await org.viewer.get(path))["status"] == "management_review"
    problem(await other_org.admin.get(path), 404, "not-found")
    content = ok(await org.viewer.get(f"{path}/content"))
    assert content["content"]["assertion"]["signatory"] == SIGNED[0]
    (control,) = content["content"]["controls"]
    assert (control["code"], control["criteria"]) == ("AC-01", ["CC6.2"])
    assert [each["procedures"][0]["text"] for each in control["tests"]] == [INSPECTION["text"]]
    assert (await examined.rendered(report))["state"] == "succeeded"
    assert b"DRAFT" in await downloaded(org.viewer, report, "html")
    read = {"content_sha256": report["content_sha256"]}
    done = ok(await partner.post(f"{path}/approvals", json=read))
    assert (done["status"], done["rendered"], done["approved_by"]["firm"]) == (
        "approved",
        False,
        done["approved_by"]["firm"],
    )
    await examined.rendered(report)
    pdf = await downloaded(partner, report)
    sha256 = hashlib.sha256(pdf).hexdigest()
    issued = ok(await partner.post(f"{path}/issuances", json={"sha256": sha256}))
    assert (issued["status"], issued["sha256"], issued["released_on"]) == ("issued", sha256, TODAY.isoformat())
    engagement = ok(await org.viewer.get(examined.path))
    assert (engagement["phase"], engagement["issued_at"]) == ("issued", issued["issued_at"])
    assert issued["current_until"][:4] == str(int(issued["covers_until"][:4]) + 1)
    assert await downloaded(org.viewer, report) == pdf
    signature = ok(await org.viewer.get(f"{path}/signature"))
    assert (signature["sha256"], signature["size"]) == (sha256, len(pdf))
    standing = ok(await anybody.get(f"/v1/reports/{sha256}"))
    assert standing["standing"] == "issued"
    assert org.id not in json.dumps(standing)
    problem(await anybody.get(f"/v1/reports/{'0' * 64}"), 404, "not-found")
    trail = ok(await org.admin.get("/v1/services/audit/trail", params={"subject": report["id"], "limit": 100}))["items"]
    told = [event["type"].rpartition(".")[2] for event in trail]
    assert "drafted" not in told
    assert told.count("issued") == 1


async def test_an_issued_report_is_withdrawn_and_whoever_asks_is_told(
    examined: Examined, anybody: httpx.AsyncClient
) -> None:
    issued = await examined.issued()
    path = f"/v1/audit-reports/{issued['id']}"
    problem(await examined.manager.post(f"{path}/withdrawals", json={"reason": "Wrong."}), 403, "forbidden")
    asked = {"for_party": "Example Bank", "purpose": "To read it.", "agrees_to_restricted_use": True}
    download = created(await examined.org.viewer.post(f"{path}/downloads", json=asked | {"for_party": "Our Insurer"}))
    done = ok(await examined.partner.post(f"{path}/withdrawals", json={"reason": "Facts became known."}))
    assert (done["status"], done["end_reason"]) == ("withdrawn", "Facts became known.")
    standing = ok(await anybody.get(f"/v1/reports/{issued['sha256']}"))
    assert (standing["standing"], standing["ended_at"] is None) == ("withdrawn", False)
    problem(await examined.org.viewer.post(f"{path}/downloads", json=asked), 409, "conflict")
    problem(await examined.org.viewer.get(f"/v1/report-downloads/{download['id']}/file"), 410, "gone")
    query = {"subject": issued["id"], "type": "audit.audit_report.withdrawn"}
    (told,) = ok(await examined.org.admin.get("/v1/services/audit/trail", params=query))["items"]
    assert told["data"]["recipients"] == ["Example Bank", "Our Insurer"], "whom both parties have to tell"


async def test_a_revised_report_takes_the_place_of_the_issued_one(
    examined: Examined, anybody: httpx.AsyncClient
) -> None:
    first = await examined.issued()
    revises = {"report_id": first["id"], "reason": "A control was stated wrongly."}
    words = examined.words() | {"revises": revises}
    second = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
    assert (second["number"], second["revises_id"]) == (2, first["id"])
    path = f"/v1/audit-reports/{second['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    ok(await examined.partner.post(f"{path}/approvals", json={"content_sha256": second["content_sha256"]}))
    await examined.rendered(second)
    assert b"Revised report, no. 2" in await downloaded(examined.partner, second, "html")
    sha256 = hashlib.sha256(await downloaded(examined.partner, second)).hexdigest()
    ok(await examined.partner.post(f"{path}/issuances", json={"sha256": sha256}))
    before = ok(await examined.org.viewer.get(f"/v1/audit-reports/{first['id']}"))
    assert (before["status"], before["end_reason"]) == ("superseded", "A control was stated wrongly.")
    assert ok(await anybody.get(f"/v1/reports/{first['sha256']}"))["standing"] == "superseded"
    assert ok(await anybody.get(f"/v1/reports/{sha256}"))["standing"] == "issued"


async def test_management_writes_no_report_and_staff_issues_none(examined: Examined) -> None:
    for client in (examined.org.admin, examined.org.manager, examined.staff):
        problem(await client.post(f"{examined.path}/audit-reports", json=examined.words()), 403, "forbidden")
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    read = {"content_sha256": report["content_sha256"]}
    problem(await examined.manager.post(f"{path}/approvals", json=read), 403, "forbidden")
    problem(await examined.org.admin.post(f"{path}/approvals", json=read), 403, "forbidden")


async def test_a_report_is_revised_and_taken_back(examined: Examined) -> None:
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    problem(await examined.manager.patch(path, json=examined.words()), 428, "precondition-required")
    revised = ok(await examined.manager.patch(path, json=examined.words(term="exception"), headers=_ANY))
    assert revised["content_sha256"] != report["content_sha256"]
    problem(await examined.manager.patch(path, json=examined.words(), headers={"If-Match": '"1"'}), 412, "stale")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    problem(await examined.manager.patch(path, json=examined.words(), headers=_ANY), 409, "conflict")
    problem(await examined.manager.post(f"{path}/returns", json={}), 422, "invalid")
    back = ok(await examined.manager.post(f"{path}/returns", json={"reason": "A control is stated wrongly."}))
    assert (back["status"], back["released_at"]) == ("draft", None)
    problem(await examined.org.admin.get(path), 404, "not-found")
    trail = ok(await examined.org.admin.get("/v1/services/audit/trail", params={"subject": report["id"]}))["items"]
    assert [event["type"].rpartition(".")[2] for event in trail] == ["released", "taken_back"]


async def test_what_does_not_hold_together_is_refused_with_every_fault(examined: Examined) -> None:
    words = examined.words(unnamed=[str(uuid.UUID(int=1))], subservice_assertions=[_UNASKED])
    answer = problem(await examined.manager.post(f"{examined.path}/audit-reports", json=words), 422, "invalid")
    pointers = {error["pointer"] for error in answer["errors"]}
    assert pointers == {"/examination/unnamed/0", "/examination/subservice_assertions"}
    typed = examined.words(judgements=[], responses=[])
    problem(await examined.manager.post(f"{examined.path}/audit-reports", json=typed), 422, "invalid")
    audit = {"assessment": {"target": "SOC 2", "basis": "Interviews."}}
    wrong = problem(await examined.manager.post(f"{examined.path}/audit-reports", json=audit), 422, "invalid")
    assert wrong["errors"][0]["pointer"] == "/examination"
    problem(await examined.manager.post(f"{examined.path}/audit-reports", json={}), 422, "invalid")


async def test_an_approval_needs_what_is_signed_and_what_was_read(examined: Examined) -> None:
    report = await examined.drafted(report_date=None)
    path = f"/v1/audit-reports/{report['id']}"
    read = {"content_sha256": report["content_sha256"]}
    problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "conflict")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    other = {"content_sha256": "0" * 64}
    problem(await examined.partner.post(f"{path}/approvals", json=other), 409, "report-stale")
    answer = problem(await examined.partner.post(f"{path}/approvals", json=read), 422, "invalid")
    assert {error["pointer"] for error in answer["errors"]} == {"/report_date", "/assertion"}


async def test_a_report_states_the_opinion_that_was_decided(examined: Examined, firm: Firm, database: Database) -> None:
    await examined.documented()
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    content = ok(await examined.manager.get(f"{path}/content"))["content"]
    assert {each["subject"]: each["kind"] for each in content["judgements"]} == CLEAN
    assert content["office"] == {"city": "Denver", "state": "Colorado"}
    ok(await examined.manager.post(f"{path}/management-reviews"))
    await decided_otherwise(database, firm, examined)
    read = {"content_sha256": report["content_sha256"]}
    problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "report-stale")


async def decided_otherwise(database: Database, firm: Firm, examined: Examined) -> None:
    """Have the standing opinion be another one, as when it is decided anew."""
    async with database.transaction(uuid.UUID(firm.id)) as session:
        (opinion,) = await standing_opinions(session, [uuid.UUID(examined.engagement["id"])])
        opinion.signed_as = opinion.signed_as | {"city": "Boulder"}


async def test_a_report_bears_a_day_after_the_opinion_was_decided_and_none_to_come(examined: Examined) -> None:
    await examined.documented()
    for date, detail in ((day(-1), f"lies before the opinion was decided, on {day(0)}"), (day(1), "lies ahead")):
        words = examined.words(report_date=date)
        if date < day(0):
            problem(await examined.manager.post(f"{examined.path}/audit-reports", json=words), 422, "invalid")
            continue
        report = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
        path = f"/v1/audit-reports/{report['id']}"
        ok(await examined.manager.post(f"{path}/management-reviews"))
        read = {"content_sha256": report["content_sha256"]}
        refused = problem(await examined.partner.post(f"{path}/approvals", json=read), 422, "invalid")
        assert refused["errors"] == [{"pointer": "/report_date", "detail": detail}]


async def test_nothing_is_issued_that_was_decided_otherwise_since_it_was_approved(
    examined: Examined, firm: Firm, database: Database
) -> None:
    report = await examined.approved()
    await examined.rendered(report)
    path = f"/v1/audit-reports/{report['id']}/issuances"
    read = {"sha256": hashlib.sha256(await downloaded(examined.partner, report)).hexdigest()}
    await decided_otherwise(database, firm, examined)
    problem(await examined.partner.post(path, json=read), 409, "report-stale")


async def test_an_approval_waits_for_the_gates_and_for_what_changed_since(examined: Examined) -> None:
    document = {"kind": "management_assertion", "title": "Assertion", "dated_on": day(0), "signatories": SIGNED}
    created(await examined.org.manager.post(f"{examined.path}/documents", json=document))
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    read = {"content_sha256": report["content_sha256"]}
    answer = problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "gates-open")
    assert len(answer["errors"]) == 2
    signed = document | {"signatories": [{"name": "Kim King", "position": "Chair"}]}
    created(await examined.org.manager.post(f"{examined.path}/documents", json=signed))
    problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "report-stale")


async def test_only_the_approved_pdf_is_issued(examined: Examined) -> None:
    report = await examined.approved()
    path = f"/v1/audit-reports/{report['id']}/issuances"
    problem(await examined.partner.post(path, json={"sha256": "0" * 64}), 409, "not-rendered")
    await examined.rendered(report)
    problem(await examined.partner.post(path, json={"sha256": "0" * 64}), 409, "another-pdf")
    problem(await examined.manager.post(path, json={"sha256": "0" * 64}), 403, "forbidden")
    moving = await examined.partner.post(f"{examined.path}/phases", json={"phase": "issued"})
    assert [error["detail"] for error in problem(moving, 409, "gates-open")["errors"]] == [
        "Its report is not issued; with it the engagement is."
    ]
    problem(await examined.org.viewer.get(f"/v1/audit-reports/{report['id']}/signature"), 404, "not-found")


async def test_a_soc_3_is_a_second_report_of_a_type_2_and_of_nothing_else(
    examined: Examined, org: Organisation, firm: Firm, database: Database
) -> None:
    words = examined.words() | {"soc3": True}
    report = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
    assert (report["kind"], report["number"]) == ("soc3", 1)
    engagement = await planned(org, type1(-1), uuid.uuid4())
    await moved(database, org, engagement, "accepted", "planning", "fieldwork", firm_id=firm.id)
    await firm.assign(engagement["id"], "manager")
    async with firm.acting("manager", engagement["id"]) as manager:
        path = f"/v1/engagements/{engagement['id']}/audit-reports"
        problem(await manager.post(path, json=words), 409, "no-such-report")
        problem(await manager.post(path, json=examined.words()), 409, "description-not-approved")
        problem(await manager.get(f"/v1/audit-reports/{report['id']}"), 404, "not-found")
        problem(await manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"), 404, "not-found")


async def test_a_soc_3_is_issued_after_the_first_report(examined: Examined) -> None:
    await examined.documented()
    words = examined.words() | {"soc3": True}
    report = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
    path = f"/v1/audit-reports/{report['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    ok(await examined.partner.post(f"{path}/approvals", json={"content_sha256": report["content_sha256"]}))
    await examined.rendered(report)
    read = {"sha256": hashlib.sha256(await downloaded(examined.partner, report)).hexdigest()}
    problem(await examined.partner.post(f"{path}/issuances", json=read), 409, "first-report-not-issued")
    first = await examined.issued(documented=True)
    assert ok(await examined.partner.post(f"{path}/issuances", json=read))["status"] == "issued"
    listed = ok(await examined.org.viewer.get("/v1/audit-reports", params={"covers": first["covers_from"]}))["items"]
    assert {each["kind"] for each in listed} == {"soc2_type2", "soc3"}
    assert ok(await examined.org.viewer.get("/v1/audit-reports", params={"covers": day(5)}))["items"] == []


WORDS: dict[str, dict[str, Any]] = {
    "readiness": {
        "assessment": {
            "target": "SOC 2 Type 2",
            "report_date": day(0),
            "basis": "Interviews.",
            "gaps": [
                {
                    "number": "G-1",
                    "requirement": "CC6.1",
                    "subject": "Access",
                    "gap": "Access is not reviewed.",
                    "priority": "high",
                }
            ],
        }
    },
    "iso27001_stage2": {
        "audit": {
            "objectives": ["Evaluate the implementation of the management system."],
            "scope": "The Document Platform.",
            "applicability": "Statement of Applicability 3.0",
            "sites": ["Denver"],
            "team": [{"name": "Robin Berg", "role": "Lead auditor"}],
            "report_date": day(0),
            "summary": "The management system is implemented.",
            "scope_is_appropriate": True,
            "objectives_were_met": True,
            "recommendation": "grant",
        }
    },
}


@pytest.mark.parametrize("kind", WORDS)
async def test_what_is_no_examination_has_words_of_its_own(
    org: Organisation, operator: httpx.AsyncClient, database: Database, kind: str
) -> None:
    firm = await Firm.found(operator, f"Berg Certification {uuid.uuid4()}", "certification_body")
    engagement = await planned(org, type2(-60, -1, kind=kind), uuid.uuid4())
    phases = ("accepted", "planning", "fieldwork", "evaluation", "reporting")
    await moved(database, org, engagement, *phases, firm_id=firm.id)
    await firm.assign(engagement["id"], "partner")
    async with firm.acting("partner", engagement["id"]) as partner:
        examined = Examined(org, engagement, "", partner, partner, partner)
        report = created(await partner.post(f"{examined.path}/audit-reports", json=WORDS[kind]))
        path = f"/v1/audit-reports/{report['id']}"
        assert report["kind"] == kind
        ok(await partner.post(f"{path}/management-reviews"))
        ok(await partner.post(f"{path}/approvals", json={"content_sha256": report["content_sha256"]}))
        await examined.rendered(report)
        read = {"sha256": hashlib.sha256(await downloaded(partner, report)).hexdigest()}
        assert ok(await partner.post(f"{path}/issuances", json=read))["status"] == "issued"
        again = WORDS[kind] | {"soc3": True}
        problem(await partner.post(f"{examined.path}/audit-reports", json=again), 409, "no-such-report")
    asked = {"for_party": "Us", "purpose": "To read it."}
    created(await org.viewer.post(f"{path}/downloads", json=asked))
    assert ok(await org.viewer.get(examined.path))["phase"] == "issued"
    await firm.close()


async def signed_in(database: Database, firm: Firm, examined: Examined, city: str, state: str) -> None:
    """Have the opinion be signed in another place, as when it is decided anew."""
    async with database.transaction(uuid.UUID(firm.id)) as session:
        (opinion,) = await standing_opinions(session, [uuid.UUID(examined.engagement["id"])])
        opinion.signed_as = opinion.signed_as | {"city": city, "state": state}


async def test_licences_are_asked_for_again_when_the_firm_signs(
    org: Organisation, operator: httpx.AsyncClient, database: Database
) -> None:
    """What was verified at acceptance may have been withdrawn since; a permit counts in its own state."""
    firm = await Firm.found(operator, f"Beck & Co {uuid.uuid4()}")
    async with examining(org, firm, database) as examined:
        await examined.documented()
        await signed_in(database, firm, examined, "Austin", "Texas")
        elsewhere = await examined.drafted()
        ok(await examined.manager.post(f"/v1/audit-reports/{elsewhere['id']}/management-reviews"))
        read = {"content_sha256": elsewhere["content_sha256"]}
        refused = await examined.partner.post(f"/v1/audit-reports/{elsewhere['id']}/approvals", json=read)
        assert "firm_permit of Texas" in problem(refused, 409, "firm-not-licensed")["detail"]
        await signed_in(database, firm, examined, "Denver", "Colorado")
        report = await examined.approved(documented=True)
        await examined.rendered(report)
        another = await examined.drafted(term="exception")
        ok(await examined.manager.post(f"/v1/audit-reports/{another['id']}/management-reviews"))
        read = {"sha256": hashlib.sha256(await downloaded(examined.partner, report)).hexdigest()}
        for kind, status, slug in (("cpa_licence", 403, "not-licensed"), ("firm_permit", 409, "firm-not-licensed")):
            own = {"kind": kind, "firm_id": firm.id}  # those of listed firms are to be seen as well
            (licence,) = ok(await firm.admin.get("/v1/licences", params=own))["items"]
            ok(await firm.admin.post(f"/v1/licences/{licence['id']}/withdrawals", json={"reason": "It lapsed."}))

            async def heard(kind: str = kind) -> bool:
                gates = ok(await examined.partner.get(f"{examined.path}/next-phase"))["open"]
                wanted = "partner_not_licensed" if kind == "cpa_licence" else "not_licensed"
                return wanted in {gate["code"] for gate in gates}

            await eventually(heard)
            problem(await examined.partner.post(f"/v1/audit-reports/{report['id']}/issuances", json=read), status, slug)
            seen = {"content_sha256": another["content_sha256"]}
            problem(
                await examined.partner.post(f"/v1/audit-reports/{another['id']}/approvals", json=seen), status, slug
            )
    await firm.close()


async def test_no_test_is_printed_that_nobody_reviewed(examined: Examined, database: Database) -> None:
    paper = ok(await examined.staff.get("/v1/papers"))["items"][0]
    await moved(database, examined.org, examined.engagement, "fieldwork")
    edited = {"work": "Seen once more."}
    ok(await examined.staff.patch(f"/v1/papers/{paper['id']}", json=edited, headers=_ANY))
    path = f"{examined.path}/audit-reports"
    answer = problem(await examined.manager.post(path, json=examined.words()), 422, "invalid")
    assert [error["detail"] for error in answer["errors"]] == ["AC-01 has no reviewed paper that tests it"]
    typed = examined.words(controls=[])
    problem(await examined.manager.post(path, json=typed), 422, "invalid")
    other = examined.words(criteria=[{"code": "A1.1", "title": "Capacity is measured and planned"}])
    answer = problem(await examined.manager.post(path, json=other), 422, "invalid")
    assert "/examination/controls/0/criteria" in {error["pointer"] for error in answer["errors"]}


async def test_a_revision_names_a_report_that_was_issued(examined: Examined) -> None:
    path = f"{examined.path}/audit-reports"
    unknown = examined.words() | {"revises": {"report_id": str(uuid.uuid4()), "reason": "Wrong."}}
    problem(await examined.manager.post(path, json=unknown), 422, "invalid")
    draft = await examined.drafted()
    unissued = examined.words() | {"revises": {"report_id": draft["id"], "reason": "Wrong."}}
    problem(await examined.manager.post(path, json=unissued), 409, "conflict")


async def test_the_signature_of_an_issued_report_is_verified_offline(
    examined: Examined, anybody: httpx.AsyncClient, tmp_path: Path
) -> None:
    issued = await examined.issued()
    pdf, signature = tmp_path / "report.pdf", tmp_path / "report.pdf.sig.json"
    pdf.write_bytes(await downloaded(examined.org.viewer, issued))
    answer = ok(await examined.org.viewer.get(f"/v1/audit-reports/{issued['id']}/signature"))
    signature.write_text(json.dumps(answer))
    (key,) = [each["kid"] for each in ok(await anybody.get("/.well-known/attest-report-keys.json"))["keys"]]
    holds = verified(pdf, Trust(frozenset({key}), (), ()))
    assert any("signed as" in line for line in holds.lines)
    assert ok(await anybody.get(f"/v1/reports/{answer['sha256']}"))["signed_as"] == answer["signed_as"]
    signature.write_text(json.dumps(answer | {"signed_as": "Somebody Else LLP"}))
    with pytest.raises(Broken, match="altered"):
        verified(pdf, Trust(frozenset(), (), ()))


async def test_a_character_that_cannot_be_printed_fails_the_job_and_is_named(examined: Examined) -> None:
    report = await examined.drafted(system="ドキュメント")
    job = await examined.rendered(report)
    assert (job["state"], job["problem"]["type"].rpartition("/")[2]) == ("failed", "cannot-be-printed")
    assert ok(await examined.manager.get(f"/v1/audit-reports/{report['id']}"))["rendered"] is False


async def test_a_download_is_on_record_and_for_one_person(examined: Examined) -> None:
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}/downloads"
    asked = {"for_party": "Us", "purpose": "To read it.", "agrees_to_restricted_use": True}
    problem(await examined.manager.post(path, json=asked), 409, "not-rendered")
    await examined.rendered(report)
    problem(await examined.org.admin.post(path, json=asked), 404, "not-found")
    ok(await examined.manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"))
    await examined.rendered(report)
    without = asked | {"agrees_to_restricted_use": False}
    problem(await examined.org.viewer.post(path, json=without), 422, "invalid")
    download = created(await examined.org.viewer.post(path, json=asked))
    file = f"/v1/report-downloads/{download['id']}/file"
    problem(await examined.org.admin.get(file), 404, "not-found")
    answer = await examined.org.viewer.get(file)
    assert answer.headers["content-disposition"].endswith('.pdf"')
    assert answer.headers["cache-control"] == "private, no-store"
    for client in (examined.org.viewer, examined.manager):
        listed = ok(await client.get("/v1/report-downloads", params={"report_id": report["id"]}))["items"]
        assert [each["id"] for each in listed] == [download["id"]]
    await examined.rendered(report)
    assert (await examined.org.viewer.get(file)).content == answer.content
    ok(await examined.manager.post(f"/v1/audit-reports/{report['id']}/returns", json={"reason": "Another term."}))
    report = ok(
        await examined.manager.patch(
            f"/v1/audit-reports/{report['id']}", json=examined.words(term="exception"), headers=_ANY
        )
    )
    await examined.rendered(report)
    ok(await examined.manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"))
    problem(await examined.org.viewer.get(file), 409, "rendered-anew")
    for form in ("docx", "html", "json"):
        assert await downloaded(examined.org.viewer, report, form)


async def test_a_download_is_fetched_within_its_hour(examined: Examined, stack: Stack) -> None:
    report = await examined.drafted()
    await examined.rendered(report)
    asked = {"for_party": "Us", "purpose": "To read it.", "agrees_to_restricted_use": True}
    download = created(await examined.staff.post(f"/v1/audit-reports/{report['id']}/downloads", json=asked))
    async with superuser(stack, "audit") as connection:
        await connection.execute(
            "update report_downloads set expires_at = now() where id = $1", uuid.UUID(download["id"])
        )
    problem(await examined.staff.get(f"/v1/report-downloads/{download['id']}/file"), 410, "gone")


async def test_a_gate_that_opened_after_the_approval_keeps_the_report_back(examined: Examined) -> None:
    report = await examined.approved()
    await examined.rendered(report)
    sha256 = hashlib.sha256(await downloaded(examined.partner, report)).hexdigest()
    query = {"engagement_id": examined.engagement["id"], "kind": "representation_letter"}
    (letter,) = ok(await examined.org.manager.get("/v1/engagement-documents", params=query))["items"]
    path = f"/v1/engagement-documents/{letter['id']}/withdrawals"
    ok(await examined.org.manager.post(path, json={"reason": "Signed by the wrong person."}))
    issuing = f"/v1/audit-reports/{report['id']}/issuances"
    problem(await examined.partner.post(issuing, json={"sha256": sha256}), 409, "gates-open")
    assert ok(await examined.org.viewer.get(f"/v1/audit-reports/{report['id']}"))["status"] == "approved"


async def test_jobs_of_renderings_are_limited(examined: Examined, stack: Stack, firm: Firm) -> None:
    report = await examined.drafted()
    async with jobs_waiting(stack, firm.id):
        answer = await examined.manager.post(f"/v1/audit-reports/{report['id']}/renderings")
        problem(answer, 409, "too-many-jobs")
