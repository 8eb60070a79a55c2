"""Reports of vendors' auditors over HTTP: filed, reviewed by a checklist, relied on, bridged, stale."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.risk.schedule import announce_stale_assurance_reports
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from tests.risk.assurance import QUALIFIED, RELY, all_satisfied, filed, letter, relied_on, soc2
from tests.risk.conftest import Controls
from tests.risk.given import trail
from tests.risk.vendors import active_vendor, evidence, registered_vendor, strike, today, vendor_of
from tests.support import Organisation, created, eventually, ok, person, problem


async def test_a_report_is_filed_reviewed_and_relied_on(org: Organisation, database: Database) -> None:
    vendor = await registered_vendor(org)
    file = await evidence(org, database)
    response = await org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2(evidence_id=file))
    report = created(response)
    assert report == ok(await org.viewer.get(response.headers["Location"]))
    assert (report["status"], report["stale"], len(report["checklist"])) == ("filed", False, 18)
    path = f"/v1/assurance-reports/{report['id']}"
    problem(await org.risk.post(f"{path}/conclusions", json=RELY), 409, "conflict")
    exception = {"control": "CC6.2-1", "description": "Two of 25 were late.", "relied_on": True, "page": "p. 40"}
    revised = await org.risk.patch(path, json={"exceptions": [exception]}, headers={"If-Match": '"1"'})
    assert ok(revised)["exceptions"] == [exception | {"response": None}]
    unknown = await org.risk.patch(path, json={"evidence_id": str(uuid.uuid4())}, headers={"If-Match": '"2"'})
    assert problem(unknown, 422, "unusable-evidence")["errors"][0]["pointer"] == "/evidence_id"
    one = {"code": "exceptions", "finding": "issue", "note": "We rely on this control.", "page": "p. 40"}
    assert ok(await org.risk.put(f"{path}/checklist", json={"answers": [one]}))["status"] == "being_reviewed"
    open_points = problem(await org.risk.post(f"{path}/conclusions", json=RELY), 422, "invalid")
    assert open_points["detail"].startswith("Not answered yet: authentic")
    rest = [each for each in all_satisfied()["answers"] if each["code"] != "exceptions"]
    ok(await org.risk.put(f"{path}/checklist", json={"answers": rest}))
    problem(await org.risk.post(f"{path}/conclusions", json=RELY), 422, "invalid")
    concluded = ok(await org.risk.post(f"{path}/conclusions", json=RELY | {"reliance": "partial"}))
    assert (concluded["status"], concluded["reliance"]) == ("reviewed", "partial")
    for sub in ("checklist",):
        problem(await org.risk.put(f"{path}/{sub}", json=all_satisfied()), 409, "conflict")
    problem(await org.risk.post(f"{path}/conclusions", json=RELY), 409, "conflict")
    problem(await org.risk.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 409, "conflict")
    kinds = [each["type"].removeprefix("risk.assurance_report.") for each in await trail(org, report["id"])]
    assert kinds == ["filed", "revised", "reviewed", "reviewed", "concluded"]
    for filters, found in (({"status": "reviewed", "kind": "soc2"}, 1), ({"stale": True, "as_of": today(360)}, 1)):
        items = ok(await org.viewer.get("/v1/assurance-reports", params=filters))["items"]  # type: ignore[arg-type]
        assert len(items) == found


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"report_type": None}, "/report_type"),
        ({"kind": "soc3"}, "/report_type"),
        ({"report_type": "type1"}, "/period_start"),
        ({"period_start": None}, "/period_start"),
        ({"period_start": today(-5)}, "/period_end"),
        ({"period_end": today(5)}, "/period_end"),
        ({"subject_matters": [QUALIFIED | {"basis": None}]}, "/subject_matters/0/basis"),
        ({"subject_matters": []}, "/subject_matters"),
        ({"supersedes": str(uuid.uuid4())}, "/supersedes"),
    ],
)
async def test_a_report_that_does_not_fit_together_is_refused(
    org: Organisation, changes: dict[str, Any], pointer: str
) -> None:
    vendor = await registered_vendor(org)
    refused = await org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2(**changes))
    assert pointer in {each["pointer"] for each in problem(refused, 422, "invalid")["errors"]}


async def test_answers_to_the_checklist_can_be_checked(org: Organisation) -> None:
    report = await filed(org, await registered_vendor(org))
    path = f"/v1/assurance-reports/{report}/checklist"
    for answer, pointer in (
        ({"code": "period", "finding": "satisfied"}, "/answers/0/page"),
        ({"code": "period", "finding": "issue", "page": "p. 1"}, "/answers/0/note"),
        ({"code": "validity", "finding": "satisfied", "page": "p. 1"}, "/answers/0/code"),
    ):
        refused = problem(await org.risk.put(path, json={"answers": [answer]}), 422, "invalid")
        assert refused["errors"][0]["pointer"] == pointer
    twice = {"code": "period", "finding": "satisfied", "page": "p. 1"}
    problem(await org.risk.put(path, json={"answers": [twice, twice]}), 422, "invalid")


async def test_a_modified_opinion_makes_a_review_due_and_full_reliance_impossible(org: Organisation) -> None:
    vendor = await active_vendor(org)
    report = await filed(org, vendor, subject_matters=[QUALIFIED])
    path = f"/v1/assurance-reports/{report}"
    ok(await org.risk.put(f"{path}/checklist", json=all_satisfied()))
    problem(await org.risk.post(f"{path}/conclusions", json=RELY), 422, "invalid")
    ok(await org.risk.post(f"{path}/conclusions", json=RELY | {"reliance": "partial"}))
    now = await vendor_of(org, vendor)
    assert (now["review_due_on"], now["review_cause"]) == (today(), "report_qualified")


async def test_a_gap_is_bridged_by_a_letter_of_management(org: Organisation) -> None:
    vendor = await registered_vendor(org)
    asked = {"period_start": today(-100), "period_end": today(-1)}
    path = f"/v1/vendors/{vendor}/assurance-coverage"
    filed_only = await filed(org, vendor)
    assert ok(await org.viewer.get(path, params=asked))["covered"] == []
    report = await relied_on(org, vendor, supersedes=filed_only)
    old = ok(await org.viewer.get(f"/v1/assurance-reports/{filed_only}"))
    assert old["status"] == "superseded"
    problem(await org.risk.post(f"/v1/assurance-reports/{filed_only}/bridge-letters", json=letter()), 409, "conflict")
    before = ok(await org.viewer.get(path, params=asked))
    assert before["gaps"] == [{"first_day": today(-9), "last_day": today(-1), "days": 9}]
    letters = f"/v1/assurance-reports/{report}/bridge-letters"
    for changes, pointer in (
        ({"covers_from": today(-8)}, "/covers_from"),
        ({"by_management": False}, "/by_management"),
        ({"signed_on": today(1)}, "/signed_on"),
        ({"incidents": True}, "/note"),
    ):
        refused = problem(await org.risk.post(letters, json=letter(**changes)), 422, "invalid")
        assert pointer in {each["pointer"] for each in refused["errors"]}
    unknown = await org.risk.post(letters, json=letter(evidence_id=str(uuid.uuid4())))
    problem(unknown, 422, "unusable-evidence")
    bridged = ok(await org.risk.post(letters, json=letter()))
    assert bridged["bridge_letters"][0]["signed_by"] == "Sam Cole"
    after = ok(await org.viewer.get(path, params=asked))
    assert (after["complete"], [each["by"] for each in after["covered"]]) == (True, ["report", "bridge_letter"])
    backwards = await org.viewer.get(path, params={"period_start": today(), "period_end": today(-1)})
    problem(backwards, 422, "invalid")
    nobody = f"/v1/vendors/{uuid.uuid4()}/assurance-coverage"
    problem(await org.viewer.get(nobody, params=asked), 404, "not-found")


async def test_what_a_report_asks_of_us_is_mapped_to_controls_that_work(org: Organisation, control: Controls) -> None:
    report = await filed(org, await registered_vendor(org))
    path = f"/v1/assurance-reports/{report}/complementary-controls"
    asked = [{"text": "Access of leavers is removed.", "criteria": ["CC6.2"], "page": "p. 50"}, {"text": "Backups."}]
    first, second = created(await org.risk.post(path, json={"controls": asked}))["ids"]
    assert ok(await org.viewer.get(f"/v1/complementary-controls/{first}"))["status"] == "unmapped"
    review = control()
    mapping = {"control_id": review.id, "owner": "riley@example.com"}
    put = f"/v1/complementary-controls/{first}/mapping"
    mapped = ok(await org.risk.put(put, json=mapping, headers={"If-Match": '"1"'}))
    assert (mapped["status"], mapped["owner"]) == ("untested", await person(org, "riley"))
    for health, status in ((HealthState.HEALTHY, "working"), (HealthState.FAILING, "not_working")):
        await review.is_(health)

        async def reached(expected: str = status) -> bool:
            shown = ok(await org.viewer.get(f"/v1/complementary-controls/{first}"))
            return bool(shown["status"] == expected and shown["control_code"] == "AC-01")

        await eventually(reached)
    listed = ok(await org.viewer.get("/v1/complementary-controls", params={"status": "not_working"}))["items"]
    assert [each["id"] for each in listed] == [first]
    why = {"not_applicable_because": "We keep no backups there."}
    other = f"/v1/complementary-controls/{second}/mapping"
    assert ok(await org.risk.put(other, json=why, headers={"If-Match": '"1"'}))["status"] == "not_applicable"
    for wrong, pointer in (({}, "/control_id"), (mapping | why, "/control_id"), ({"control_id": review.id}, "/owner")):
        refused = await org.risk.put(put, json=wrong, headers={"If-Match": "*"})
        assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == pointer
    unknown = mapping | {"owner": "nobody@example.com"}
    problem(await org.risk.put(put, json=unknown, headers={"If-Match": "*"}), 422, "unknown-person")
    riley, lee = await person(org, "riley"), await person(org, "lee")
    handover = {"to": lee["id"], "reason": "She left."}
    ok(await org.admin.post(f"/v1/people/{riley['id']}/handovers", json=handover))

    async def handed_over() -> bool:
        return bool(ok(await org.viewer.get(f"/v1/complementary-controls/{first}"))["owner"] == lee)

    await eventually(handed_over)


async def test_a_stale_report_is_announced_once(org: Organisation, database: Database) -> None:
    report = await filed(org, await registered_vendor(org))
    stale = date.fromisoformat(ok(await org.viewer.get(f"/v1/assurance-reports/{report}"))["stale_on"])
    noon = datetime(stale.year, stale.month, stale.day, 12, tzinfo=UTC)
    assert await strike(database, announce_stale_assurance_reports, org, noon - timedelta(days=1)) == 0
    assert await strike(database, announce_stale_assurance_reports, org, noon) == 1
    assert await strike(database, announce_stale_assurance_reports, org, noon + timedelta(days=9)) == 0
    assert (await trail(org, report))[-1]["type"] == "risk.assurance_report.stale"


async def test_reports_are_written_by_who_may_and_seen_by_nobody_else(
    org: Organisation, other_org: Organisation
) -> None:
    vendor = await registered_vendor(org)
    report = await filed(org, vendor)
    problem(await org.viewer.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2()), 403, "forbidden")
    path = f"/v1/assurance-reports/{report}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    elsewhere: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", "checklist", all_satisfied()),
        ("POST", "conclusions", RELY),
        ("POST", "bridge-letters", letter()),
        ("POST", "complementary-controls", {"controls": [{"text": "x"}]}),
    ]
    for method, sub, body in elsewhere:
        problem(await other_org.risk.request(method, f"{path}/{sub}", json=body), 404, "not-found")
    problem(await other_org.risk.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=soc2()), 404, "not-found")
    nobody = uuid.uuid4()
    problem(await org.viewer.get(f"/v1/complementary-controls/{nobody}"), 404, "not-found")
    why = {"not_applicable_because": "x"}
    mapping = await org.risk.put(f"/v1/complementary-controls/{nobody}/mapping", json=why, headers={"If-Match": "*"})
    problem(mapping, 404, "not-found")
    unknown = soc2(evidence_id=str(nobody))
    problem(await org.risk.post(f"/v1/vendors/{vendor}/assurance-reports", json=unknown), 422, "unusable-evidence")
