"""A vendor is reviewed: due, asked by link, a report with a gap, a bridge letter, a condition, approved.

Everything over HTTP, each person with a token of their own; the people at the vendor have links and no account.
"""

import httpx

from shared.clock import now
from tests.evidence.given import an_expectation, submitted
from tests.risk.asked import ANSWERS, ByLink, expiry
from tests.risk.assurance import all_satisfied, letter, soc2
from tests.risk.vendors import VENDOR, today
from tests.support import Organisation, created, ok, person, problem


async def _asked_by_link(org: Organisation, vendor: str) -> str:
    draft = {"title": "Vendor security 2026", "preset": "attest"}
    template = created(await org.manager.post("/v1/questionnaire-templates", json=draft))["id"]
    ok(await org.manager.post(f"/v1/questionnaire-templates/{template}/publications"))
    prepared = await org.risk.post(f"/v1/vendors/{vendor}/questionnaires", json={"template_id": template})
    questionnaire: str = created(prepared)["id"]
    kim = {"name": "Kim Ono", "email": "kim.ono@example.net"}
    sending = {"respondents": [kim], "expires_at": expiry()}
    sent = ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/sendings", json=sending))
    by_kim = ByLink(str(org.risk.base_url), sent["links"][0]["token"])
    asked = await by_kim.read()
    sam = {"name": "Sam Cole", "email": "sam.cole@example.net", "sections": ["ACC"]}
    delegated = created(await by_kim.ask("POST", "/delegations", {"respondent": sam}))
    by_sam = ByLink(by_kim.url, delegated["token"])
    for link, codes in ((by_sam, {"ACC"}), (by_kim, {each["code"] for each in asked["sections"]} - {"ACC"})):
        questions = [
            question["code"]
            for section in asked["sections"]
            if section["code"] in codes
            for question in section["questions"]
        ]
        ok(await link.save(*({"code": code, "value": "yes", "evidence": []} for code in questions)))
    assert (await by_kim.submit()).status_code == httpx.codes.NO_CONTENT
    problem(await by_sam.save(ANSWERS[0]), 404, "link-not-valid")
    decision = {"decision": "accept", "reason": "Complete."}
    ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/decisions", json=decision))
    score = ok(await org.viewer.get(f"/v1/questionnaires/{questionnaire}/score"))
    assert (score["percent"], score["knocked_out"], score["unanswered"]) == (80.0, [], [])
    return questionnaire


async def _report_with_gap_and_letter(org: Organisation, vendor: str) -> str:
    received = await org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2())
    report: str = created(received)["id"]
    cuecs = {"controls": [{"text": "User entities remove access of their leavers.", "criteria": ["CC6.2"]}]}
    path = f"/v1/assurance-reports/{report}"
    (cuec,) = created(await org.risk.post(f"{path}/complementary-controls", json=cuecs))["ids"]
    draft = {
        "code": "AC-07",
        "title": "Leavers at the host",
        "statement": "Access of leavers at the hosting provider is removed on their last day.",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "ad_hoc",
    }
    control = created(await org.manager.post("/v1/controls", json=draft))["id"]
    mapping = {"control_id": control, "owner": "dana@example.com"}
    put = f"/v1/complementary-controls/{cuec}/mapping"
    assert ok(await org.risk.put(put, json=mapping, headers={"If-Match": '"1"'}))["status"] == "untested"
    ok(await org.risk.put(f"{path}/checklist", json=all_satisfied()))
    ok(await org.risk.post(f"{path}/conclusions", json={"reliance": "full", "conclusion": "Sound."}))
    ours = {"period_start": today(-200), "period_end": today(-1)}
    coverage = f"/v1/vendors/{vendor}/assurance-coverage"
    (gap,) = ok(await org.viewer.get(coverage, params=ours))["gaps"]
    assert (gap["first_day"], gap["days"]) == (today(-9), 9)
    ok(await org.risk.post(f"{path}/bridge-letters", json=letter()))
    assert ok(await org.viewer.get(coverage, params=ours))["complete"]
    return report


async def test_a_vendor_is_reviewed_and_approved(org: Organisation) -> None:
    vendor = created(await org.risk.post("/v1/vendors", json=VENDOR | {"kind": "subservice"}))["id"]
    due = ok(await org.viewer.get("/v1/vendors", params={"review_due_by": today()}))["items"]
    assert [each["id"] for each in due] == [vendor]
    started = await org.risk.post(f"/v1/vendors/{vendor}/reviews", json={"reviewer": "risk@example.com"})
    review = f"/v1/vendor-reviews/{created(started)['id']}"
    questionnaire = await _asked_by_link(org, vendor)
    report = await _report_with_gap_and_letter(org, vendor)
    looked_at = {"report_ids": [report], "questionnaire_ids": [questionnaire], "note": "Their status page."}
    ok(await org.risk.put(f"{review}/evidence", json=looked_at))
    assessment = {
        "summary": "Sound, but for the sign-in of support staff.",
        "findings": [{"text": "No second factor for support.", "severity": "moderate"}],
        "proposal": "approved_with_conditions",
    }
    ok(await org.risk.put(f"{review}/assessment", json=assessment))
    condition = {"text": "A second factor for support.", "owner": "dana@example.com", "due_on": today(30)}
    decision = {"outcome": "approved_with_conditions", "reason": "As proposed.", "conditions": [condition]}
    problem(await org.risk.post(f"{review}/decisions", json=decision), 403, "separation-of-duties")
    ok(await org.manager.post(f"{review}/decisions", json=decision))
    ok(await org.risk.post(f"{review}/closings"))
    ok(await org.risk.post(f"/v1/vendors/{vendor}/activations"))
    (open_one,) = ok(await org.viewer.get("/v1/vendor-conditions", params={"status": "open"}))["items"]
    assert open_one["owner"] == await person(org, "dana")
    proof = await submitted(org, await an_expectation(org), covers_until=now())
    met = {"note": "Their configuration shows it.", "evidence_ids": [proof["id"]]}
    ok(await org.manager.post(f"/v1/vendor-conditions/{open_one['id']}/fulfilments", json=met))
    approved = ok(await org.viewer.get(f"/v1/vendors/{vendor}"))
    assert (approved["status"], approved["approval"]) == ("active", "approved")
    (standing,) = ok(await org.viewer.get("/v1/vendor-standings"))["vendors"]
    assert {each["code"] for each in standing["done"]} == {
        "approved",
        "reviewed",
        "report_relied_on",
        "questionnaire_accepted",
        "complementary_controls_mapped",
        "conditions_met",
    }
    assert [each["code"] for each in standing["lacks"]] == ["complementary_controls_not_working"]
