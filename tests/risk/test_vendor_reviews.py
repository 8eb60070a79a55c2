"""Reviews of vendors over HTTP: looked at, assessed, decided by another person, with conditions that are kept."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from services.risk.schedule import announce_missed_vendor_conditions
from shared.data.sessions import Database
from tests.risk.asked import accepted, prepared, published
from tests.risk.assurance import filed, relied_on
from tests.risk.given import trail
from tests.risk.vendors import (
    ASSESSMENT,
    REASON,
    active_vendor,
    assessed,
    decided,
    evidence,
    registered_vendor,
    started,
    strike,
    today,
    vendor_of,
)
from tests.support import Organisation, eventually, ok, person, problem

CONDITION = {"text": "A second factor for support staff.", "owner": "riley@example.com"}
CONDITIONAL = "approved_with_conditions"


async def conditional(org: Organisation, vendor: str, *days: int) -> list[dict[str, Any]]:
    """The conditions of an approval, due in so many days each."""
    conditions = [CONDITION | {"due_on": today(each)} for each in days]
    await decided(org, vendor, CONDITIONAL, conditions=conditions)
    found: list[dict[str, Any]] = ok(await org.viewer.get("/v1/vendor-conditions", params={"vendor_id": vendor}))[
        "items"
    ]
    return found


async def test_a_review_goes_from_start_to_close(org: Organisation, database: Database) -> None:
    vendor = await registered_vendor(org)
    review = await started(org, vendor)
    path = f"/v1/vendor-reviews/{review}"
    assert (await vendor_of(org, vendor))["status"] == "in_review"
    again = await org.risk.post(f"/v1/vendors/{vendor}/reviews", json={"reviewer": "risk@example.com"})
    problem(again, 409, "review-open")
    decision = {"outcome": "approved", "reason": "Sound."}
    problem(await org.risk.put(f"{path}/assessment", json=ASSESSMENT), 409, "conflict")
    problem(await org.manager.post(f"{path}/decisions", json=decision), 409, "conflict")
    problem(await org.risk.post(f"{path}/closings"), 409, "conflict")
    problem(await org.risk.put(f"{path}/evidence", json={}), 422, "invalid")
    unknown = {"evidence_ids": [str(uuid.uuid4())]}
    problem(await org.risk.put(f"{path}/evidence", json=unknown), 422, "unusable-evidence")
    item = await evidence(org, database)
    looked_at = {"evidence_ids": [item], "note": "There is no report."}
    gathered = ok(await org.risk.put(f"{path}/evidence", json=looked_at))
    assert (gathered["status"], gathered["evidence_ids"]) == ("evidence_gathered", [item])
    found = ASSESSMENT | {"findings": [{"text": "No second factor.", "severity": "moderate"}]}
    assert ok(await org.risk.put(f"{path}/assessment", json=found))["assessment"] == found
    problem(await org.risk.put(f"{path}/evidence", json={"note": "More."}), 409, "conflict")
    problem(await org.risk.post(f"{path}/decisions", json=decision), 403, "separation-of-duties")
    problem(await org.owner.post(f"{path}/decisions", json=decision), 403, "forbidden")
    done = ok(await org.manager.post(f"{path}/decisions", json=decision))
    assert (done["status"], done["outcome"], done["tier"]) == ("decided", "approved", "high")
    problem(await org.manager.post(f"{path}/decisions", json=decision), 409, "conflict")
    problem(await org.risk.post(f"{path}/cancellations", json=REASON), 409, "conflict")
    closed = ok(await org.risk.post(f"{path}/closings"))
    due = date.fromisoformat(closed["due_on"])
    assert closed["next_review_on"] == str(due.replace(year=due.year + 1))
    now = await vendor_of(org, vendor)
    assert (now["status"], now["approval"], now["review_due_on"]) == ("approved", "approved", closed["next_review_on"])
    kinds = [each["type"].removeprefix("risk.vendor_review.") for each in await trail(org, review)]
    assert kinds == ["started", "gathered", "assessed", "decided", "closed"]
    for filters in ({"vendor_id": vendor, "status": "closed"}, {"reviewer": "risk@example.com", "outcome": "approved"}):
        assert [each["id"] for each in ok(await org.viewer.get("/v1/vendor-reviews", params=filters))["items"]] == [
            review
        ]


async def test_a_review_looks_at_what_the_tier_asks_for(org: Organisation) -> None:
    vendor, other = await registered_vendor(org), await registered_vendor(org, code="V-02")
    filed_only, report = await filed(org, vendor), await relied_on(org, vendor)
    template = await published(org)
    questionnaire = await accepted(org, vendor, template)
    unanswered = await prepared(org, vendor, template)
    elsewhere = await relied_on(org, other)
    path = f"/v1/vendor-reviews/{await started(org, vendor)}/evidence"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"questionnaire_ids": [questionnaire]}, "/note"),
        ({"report_ids": [report]}, "/note"),
        ({"report_ids": [report, filed_only], "note": "x"}, "/report_ids/1"),
        ({"report_ids": [elsewhere], "note": "x"}, "/report_ids/0"),
        ({"questionnaire_ids": [unanswered], "note": "x"}, "/questionnaire_ids/0"),
    ]
    for given, pointer in wrong:
        refused = problem(await org.risk.put(path, json=given), 422, "invalid")
        assert refused["errors"][0]["pointer"] == pointer
    both = {"report_ids": [report], "questionnaire_ids": [questionnaire]}
    gathered = ok(await org.risk.put(path, json=both))
    assert {name: gathered[name] for name in both} == both


async def test_who_assessed_a_vendor_does_not_decide_on_it(org: Organisation) -> None:
    review = await started(org, await registered_vendor(org), reviewer="riley@example.com")
    path = f"/v1/vendor-reviews/{review}"
    ok(await org.manager.put(f"{path}/evidence", json={"note": "Their site."}))
    ok(await org.manager.put(f"{path}/assessment", json=ASSESSMENT))
    decision = {"outcome": "approved", "reason": "Sound."}
    problem(await org.manager.post(f"{path}/decisions", json=decision), 403, "separation-of-duties")
    for changes, pointer in (
        ({"outcome": CONDITIONAL}, "/conditions"),
        ({"conditions": [CONDITION | {"due_on": today(9)}]}, "/conditions"),
        ({"outcome": CONDITIONAL, "conditions": [CONDITION | {"due_on": today(-1)}]}, "/conditions/0/due_on"),
    ):
        refused = await org.second_manager.post(f"{path}/decisions", json=decision | changes)
        assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == pointer
    unknown = CONDITION | {"due_on": today(9), "owner": "nobody@example.com"}
    refused = await org.second_manager.post(
        f"{path}/decisions", json=decision | {"outcome": CONDITIONAL, "conditions": [unknown]}
    )
    problem(refused, 422, "unknown-person")
    ok(await org.second_manager.post(f"{path}/decisions", json=decision))


async def test_a_reviewer_is_there_and_may_review(org: Organisation) -> None:
    path = f"/v1/vendors/{await registered_vendor(org)}/reviews"
    problem(await org.risk.post(path, json={"reviewer": "nobody@example.com"}), 422, "unknown-person")
    problem(await org.risk.post(path, json={"reviewer": "lee@example.com"}), 422, "person-without-permission")
    nobody = f"/v1/vendors/{uuid.uuid4()}/reviews"
    problem(await org.risk.post(nobody, json={"reviewer": "risk@example.com"}), 404, "not-found")


async def test_a_rejected_vendor_is_not_used_until_it_is_reviewed_again(org: Organisation) -> None:
    vendor = await active_vendor(org)
    await decided(org, vendor, "rejected")
    now = await vendor_of(org, vendor)
    assert (now["status"], now["approval"], now["status_reason"]) == ("suspended", "rejected", "As proposed.")
    problem(await org.manager.post(f"/v1/vendors/{vendor}/reinstatements", json=REASON), 409, "vendor-rejected")
    await decided(org, vendor)
    assert ok(await org.manager.post(f"/v1/vendors/{vendor}/reinstatements", json=REASON))["status"] == "active"
    prospect = await registered_vendor(org, code="V-02")
    await decided(org, prospect, "rejected")
    assert (await vendor_of(org, prospect))["status"] == "rejected"
    review = await started(org, prospect)
    cancelled = ok(await org.risk.post(f"/v1/vendor-reviews/{review}/cancellations", json=REASON))
    assert (cancelled["status"], cancelled["cancelled_because"]) == ("cancelled", "It was agreed.")
    assert (await vendor_of(org, prospect))["status"] == "rejected"


async def test_the_last_condition_that_is_met_approves_the_vendor(org: Organisation, database: Database) -> None:
    vendor = await registered_vendor(org)
    first, second, third = await conditional(org, vendor, 10, 20, 30)
    assert (await vendor_of(org, vendor))["status"] == CONDITIONAL
    assert (first["owner"], first["overdue"]) == (await person(org, "riley"), False)
    paths = [f"/v1/vendor-conditions/{each['id']}" for each in (first, second, third)]
    met = {"note": "Shown to us.", "evidence_ids": [await evidence(org, database)]}
    unknown = met | {"evidence_ids": [str(uuid.uuid4())]}
    problem(await org.risk.post(f"{paths[0]}/fulfilments", json=unknown), 422, "unusable-evidence")
    assert ok(await org.risk.post(f"{paths[0]}/fulfilments", json=met))["status"] == "met"
    problem(await org.risk.post(f"{paths[0]}/fulfilments", json=met), 409, "conflict")
    problem(await org.manager.post(f"{paths[0]}/withdrawals", json=REASON), 409, "conflict")
    moved = ok(await org.manager.post(f"{paths[1]}/due-dates", json={"due_on": today(40), "reason": "Later."}))
    assert moved["due_on"] == today(40)
    past = await org.manager.post(f"{paths[1]}/due-dates", json={"due_on": today(-1), "reason": "Later."})
    problem(past, 422, "invalid")
    ok(await org.manager.post(f"{paths[1]}/withdrawals", json=REASON))
    assert (await vendor_of(org, vendor))["status"] == CONDITIONAL
    ok(await org.risk.post(f"{paths[2]}/fulfilments", json=met | {"evidence_ids": []}))
    now = await vendor_of(org, vendor)
    assert (now["status"], now["approval"]) == ("approved", "approved")
    for sub, body in (
        ("fulfilments", met),
        ("withdrawals", REASON),
        ("due-dates", {"due_on": today(1), "reason": "x"}),
    ):
        problem(await org.manager.post(f"/v1/vendor-conditions/{uuid.uuid4()}/{sub}", json=body), 404, "not-found")
    for each in ("vendor-conditions", "vendor-reviews"):
        problem(await org.viewer.get(f"/v1/{each}/{uuid.uuid4()}"), 404, "not-found")


async def test_a_condition_is_not_settled_by_who_answers_for_it(org: Organisation) -> None:
    vendor = await registered_vendor(org)
    mine = CONDITION | {"due_on": today(9), "owner": "manager@example.com"}
    await decided(org, vendor, CONDITIONAL, conditions=[mine])
    (condition,) = ok(await org.viewer.get("/v1/vendor-conditions", params={"status": "open"}))["items"]
    path = f"/v1/vendor-conditions/{condition['id']}"
    for sub, body in (
        ("fulfilments", {"note": "Done."}),
        ("withdrawals", REASON),
        ("due-dates", {"due_on": today(90), "reason": "Later."}),
    ):
        problem(await org.manager.post(f"{path}/{sub}", json=body), 403, "separation-of-duties")
        problem(await org.viewer.post(f"{path}/{sub}", json=body), 403, "forbidden")


async def test_a_missed_condition_is_announced_once(org: Organisation, database: Database) -> None:
    vendor = await registered_vendor(org)
    (condition,) = await conditional(org, vendor, 3)
    due = datetime.fromisoformat(condition["due_on"]).replace(tzinfo=UTC).date()
    assert await strike(database, announce_missed_vendor_conditions, org, due) == 0
    late = date.fromordinal(due.toordinal() + 1)
    assert await strike(database, announce_missed_vendor_conditions, org, late) == 1
    assert await strike(database, announce_missed_vendor_conditions, org, date.fromordinal(due.toordinal() + 9)) == 0
    assert (await trail(org, condition["id"]))[-1]["type"] == "risk.vendor_condition.overdue"
    overdue: dict[str, Any] = {"overdue": True, "as_of": str(late), "owner": "riley@example.com"}
    assert len(ok(await org.viewer.get("/v1/vendor-conditions", params=overdue))["items"]) == 1


async def test_reviews_are_seen_by_nobody_else_and_cancelled_by_who_may(
    org: Organisation, other_org: Organisation
) -> None:
    vendor = await registered_vendor(org)
    review = await assessed(org, vendor)
    path = f"/v1/vendor-reviews/{review}"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(
        await other_org.manager.post(f"{path}/decisions", json={"outcome": "approved", "reason": "x"}), 404, "not-found"
    )
    problem(await other_org.risk.put(f"{path}/evidence", json={"note": "x"}), 404, "not-found")
    problem(await other_org.risk.put(f"{path}/assessment", json=ASSESSMENT), 404, "not-found")
    problem(await other_org.risk.post(f"{path}/closings"), 404, "not-found")
    problem(await other_org.risk.post(f"{path}/cancellations", json=REASON), 404, "not-found")
    problem(await org.viewer.post(f"{path}/cancellations", json=REASON), 403, "forbidden")
    ok(await org.risk.post(f"{path}/cancellations", json=REASON))
    assert (await vendor_of(org, vendor))["status"] == "prospect"
    assert ok(await other_org.viewer.get("/v1/vendor-conditions"))["items"] == []


async def test_what_a_leaver_answers_for_is_handed_over(org: Organisation) -> None:
    riley = (await person(org, "riley"))["id"]
    await person(org, "lee")
    vendor = await registered_vendor(org)
    await conditional(org, vendor, 9)
    await started(org, await registered_vendor(org, code="V-02"), reviewer="riley@example.com")
    taker = await person(org, "risk")
    ok(await org.admin.post(f"/v1/people/{riley}/handovers", json={"to": taker["id"], "reason": "They left."}))

    async def handed_over() -> bool:
        asked = {"person": taker["id"]}
        duties = ok(await org.viewer.get("/v1/services/risk/duties", params=asked))["items"]
        return sorted(each["noun"] for each in duties) == ["vendor", "vendor", "vendor_condition", "vendor_review"]

    await eventually(handed_over)
