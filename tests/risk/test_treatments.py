"""Treatments of risks over HTTP: planned, approved by owner and ladder, carried out, verified by others, closed."""

from typing import Any
from uuid import uuid4

import httpx

from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from tests.risk.conftest import Controls
from tests.risk.estimated import constant, estimated, shallow
from tests.risk.given import answer, identified, revised, trail
from tests.risk.given import read as read_risk
from tests.risk.treated import (
    APPROVE,
    DONE,
    HIGH,
    MODERATE,
    NOW,
    RETURNED,
    TARGET,
    TASK,
    VERIFIED,
    a_task,
    a_treatment,
    approved,
    day,
    owned,
    planned,
    proposed,
    read,
    tasks_of,
)
from tests.risk.vendors import evidence
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

ANY = {"If-Match": "*"}
MINUTES = {"note": "It is over."}
LATER = {"due_on": day(90), "reason": "The supplier is late."}


async def post(acting: httpx.AsyncClient, treatment: str, what: str, **body: Any) -> httpx.Response:
    return await acting.post(f"/v1/treatments/{treatment}/{what}", json=body or None)


async def on_task(acting: httpx.AsyncClient, task: str, what: str, **body: Any) -> httpx.Response:
    return await acting.post(f"/v1/treatment-actions/{task}/{what}", json=body or None)


async def carried_out(org: Organisation, treatment: str) -> None:
    """The actions of an approved treatment are done and verified, and the treatment is done."""
    ok(await post(org.reviewer, treatment, "starts"))
    for task in await tasks_of(org, treatment):
        ok(await on_task(org.viewer, task, "starts"))
        ok(await on_task(org.viewer, task, "completions", **DONE, actual_cost=90_000))
        ok(await on_task(org.second_manager, task, "verifications", **VERIFIED))
    ok(await post(org.reviewer, treatment, "completions", **DONE))


async def test_a_treatment_goes_from_draft_to_closed(org: Organisation, control: Controls, database: Database) -> None:
    review, risk = control(), await owned(org)
    drafted = created(await org.manager.post("/v1/treatments", json=a_treatment(risk, controls=[answer(review.id)])))
    unheard = {"known": False, "code": None, "title": None, "health": None, "retired": None}
    assert drafted["controls"] == [answer(review.id) | unheard]
    treatment, expected = drafted["id"], a_treatment(risk, owner=await person(org, "reviewer"))
    assert {name: drafted[name] for name in expected} == expected
    assert (drafted["status"], drafted["overdue"], drafted["action_counts"]["open"]) == ("draft", False, 0)
    task = await a_task(org, treatment, yearly_cost=20_000)
    ok(await post(org.manager, treatment, "proposals", note="The budget is there."))
    assert (await read_risk(org, risk))["treatment"] == "untreated"
    half = ok(await post(org.owner, treatment, "owner-decisions", **APPROVE))
    assert (half["status"], half["level"], half["approver_roles"]) == ("proposed", "high", ["risk-manager", "admin"])
    whole = ok(await post(org.risk, treatment, "approvals", **APPROVE))
    assert (whole["status"], whole["frozen"]["current"]["level"]) == ("approved", "high")
    now = await read_risk(org, risk)
    assert (now["treatment"], now["live_treatments"]) == ("mitigate", [treatment])
    assert (now["target"], now["controls"]) == (TARGET | {"level": "low"}, [])
    await carried_out(org, treatment)
    assert (await read_risk(org, risk))["controls"][0]["control_id"] == review.id
    problem(await post(org.second_manager, treatment, "verifications", **VERIFIED), 409, "effect-not-shown")
    await review.is_(HealthState.HEALTHY)
    proof = await evidence(org, database)

    async def verified() -> bool:
        shown = VERIFIED | {"evidence_ids": [proof]}
        return (await post(org.second_manager, treatment, "verifications", **shown)).status_code == httpx.codes.OK

    await eventually(verified)
    closed = ok(await post(org.second_manager, treatment, "closings", **MINUTES))
    heard = {"known": True, "code": "AC-01", "title": "Access review", "health": "healthy", "retired": False}
    assert closed["controls"] == [answer(review.id) | heard]
    assert (closed["status"], closed["end_reason"], closed["evidence_ids"]) == ("closed", MINUTES["note"], [proof])
    assert (closed["planned_cost"], closed["planned_yearly_cost"], closed["actual_cost"]) == (100_000, 20_000, 90_000)
    now = await read_risk(org, risk)
    assert (now["treatment"], now["live_treatments"], now["current"]["level"]) == ("mitigate", [], "low")
    told = [event["type"].removeprefix("risk.treatment.") for event in await trail(org, treatment)]
    assert told == [
        *("drafted", "proposed", "owner_approved", "authority_approved", "approved"),
        *("started", "done", "verified", "closed"),
    ]
    told = [event["type"].removeprefix("risk.treatment_action.") for event in await trail(org, task)]
    assert told == ["planned", "started", "done", "verified"]


async def test_a_draft_names_what_is_wrong_with_it(org: Organisation) -> None:
    risk, other = await owned(org), await identified(org, code="R-02")
    for changes, pointer in (
        ({"target": {"likelihood": 6, "impact": 3}}, "/target/likelihood"),
        ({"target": {"likelihood": 5, "impact": 5}}, "/target/impact"),
        ({"controls": [answer(key := str(uuid4())), answer(key, steps=1)]}, "/controls/1"),
        ({"return_id": str(uuid4())}, "/return_id"),
        ({"strategy": "accept"}, "/strategy"),
        ({"currency": "ABC"}, "/currency"),
    ):
        refused = problem(await org.manager.post("/v1/treatments", json=a_treatment(risk, **changes)), 422, "invalid")
        assert pointer in {each["pointer"] for each in refused["errors"]}
    problem(await org.manager.post("/v1/treatments", json=a_treatment(str(uuid4()))), 404, "not-found")
    ok(await org.risk.post(f"/v1/risks/{other}/closures", json={"reason": "avoided", "note": "Sold."}))
    problem(await org.manager.post("/v1/treatments", json=a_treatment(other)), 409, "risk-is-closed")
    proposed_one = await identified(org, code="R-03")
    treatment = await planned(org, proposed_one)
    problem(await post(org.manager, treatment, "proposals", note="Now."), 409, "risk-not-open")
    bare = await planned(org, risk, tasks=0, owner=None)
    refused = problem(await post(org.manager, bare, "proposals", note="Now."), 409, "treatment-incomplete")
    assert [each["pointer"] for each in refused["errors"]] == ["/owner", "/controls"]


async def test_a_draft_is_revised_and_an_approved_one_is_fixed(org: Organisation) -> None:
    risk = await owned(org)
    treatment = await approved(org, risk)
    path = f"/v1/treatments/{treatment}"
    draft = await planned(org, risk, controls=[answer(key := str(uuid4()))])
    (named,) = ok(await org.viewer.get("/v1/treatments", params={"control_id": key}))["items"]
    assert named["id"] == draft
    change: dict[str, Any] = {
        "strategy": "avoid",
        "target": {"likelihood": 1, "impact": 4},
        "controls": [],
        "return_id": None,
    }
    now = ok(await org.manager.patch(f"/v1/treatments/{draft}", json=change, headers={"If-Match": '"2"'}))
    assert {name: now[name] for name in change} == change
    problem(await org.manager.patch(f"/v1/treatments/{draft}", json=change, headers={"If-Match": '"2"'}), 412, "stale")
    refused = await org.manager.patch(path, json={"title": "Other", "target": TARGET}, headers=ANY)
    assert [each["pointer"] for each in problem(refused, 409, "treatment-fixed")["errors"]] == ["/target"]
    handed = ok(await org.manager.patch(path, json={"owner": "lee@example.com"}, headers=ANY))
    assert handed["owner"] == await person(org, "lee")
    query = {"risk_id": risk, "status": "approved", "strategy": "mitigate", "owner": "lee@example.com"}
    listed = ok(await org.viewer.get("/v1/treatments", params=query | {"overdue": "true", "as_of": day(61)}))["items"]
    assert [each["id"] for each in listed] == [treatment]
    since = {"updated_since": NOW.isoformat(), "sort": "updated_at"}
    listed = ok(await org.viewer.get("/v1/treatments", params=since))["items"]
    assert [each["id"] for each in listed] == [draft, treatment]


async def test_who_proposes_does_not_decide_and_the_ladder_comes_last(org: Organisation) -> None:
    mine = await identified(org, code="R-02", owner="manager@example.com", inherent=HIGH)
    ok(await org.manager.post(f"/v1/risks/{mine}/agreements"))
    own = await proposed(org, mine)
    problem(await post(org.manager, own, "owner-decisions", **APPROVE), 403, "separation-of-duties")
    treatment = await proposed(org, await owned(org))
    problem(await post(org.risk, treatment, "owner-decisions", **APPROVE), 403, "not-the-owner")
    problem(await post(org.risk, treatment, "approvals", **APPROVE), 409, "owner-decides-first")
    refused = problem(await post(org.owner, treatment, "owner-decisions", decision="return"), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/note"]
    ok(await post(org.owner, treatment, "owner-decisions", **APPROVE))
    problem(await post(org.owner, treatment, "owner-decisions", **APPROVE), 403, "separation-of-duties")
    problem(await post(org.owner, treatment, "approvals", **APPROVE), 403, "separation-of-duties")
    problem(await post(org.manager, treatment, "approvals", **APPROVE), 403, "separation-of-duties")
    problem(await post(org.second_manager, treatment, "approvals", **APPROVE), 403, "not-on-the-ladder")
    returned = ok(await post(org.risk, treatment, "approvals", **RETURNED))
    assert (returned["status"], len(returned["decisions"])) == ("draft", 2)


async def test_a_proposal_about_a_risk_that_got_worse_is_outdated(org: Organisation) -> None:
    risk = await owned(org, inherent=MODERATE)
    treatment = await proposed(org, risk)
    await revised(org, risk, inherent=HIGH, reason="More customers.")
    problem(await post(org.owner, treatment, "owner-decisions", **APPROVE), 409, "treatment-outdated")
    ok(await post(org.owner, treatment, "owner-decisions", **RETURNED))
    ok(await org.manager.post(f"/v1/treatments/{treatment}/proposals", json={}))
    ok(await post(org.owner, treatment, "owner-decisions", **APPROVE))
    await revised(org, risk, inherent={"likelihood": 5, "impact": 5}, reason="Even more.")
    problem(await post(org.risk, treatment, "approvals", **APPROVE), 409, "treatment-outdated")


async def test_its_owner_carries_it_out_and_others_judge(org: Organisation, database: Database) -> None:
    treatment = await approved(org, await owned(org))
    (task,) = await tasks_of(org, treatment)
    problem(await post(org.manager, treatment, "starts"), 403, "not-the-treatments-owner")
    problem(await post(org.reviewer, treatment, "due-dates", **LATER), 403, "forbidden")
    ok(await post(org.reviewer, treatment, "starts"))
    problem(await on_task(org.reviewer, task, "starts"), 403, "not-the-actions-owner")
    ok(await on_task(org.viewer, task, "starts"))
    unknown = DONE | {"evidence_ids": [str(uuid4())]}
    problem(await on_task(org.viewer, task, "completions", **unknown), 422, "unusable-evidence")
    problem(await on_task(org.reviewer, task, "completions", **DONE), 403, "not-the-actions-owner")
    problem(await post(org.reviewer, treatment, "completions", **DONE), 409, "actions-undone")
    shown = DONE | {"evidence_ids": [await evidence(org, database)]}
    assert ok(await on_task(org.viewer, task, "completions", **shown))["evidence_ids"] == shown["evidence_ids"]
    problem(await post(org.manager, treatment, "completions", **DONE), 403, "not-the-treatments-owner")
    ok(await post(org.reviewer, treatment, "completions", **DONE))
    refused = VERIFIED | {"evidence_ids": [str(uuid4())]}
    problem(await post(org.risk, treatment, "verifications", **refused), 422, "unusable-evidence")
    reworked = ok(await post(org.risk, treatment, "verifications", **RETURNED))
    assert (reworked["status"], reworked["done_by"]) == ("in_progress", None)
    cancelled = ok(await post(org.risk, treatment, "cancellations", reason="The product is sold."))
    assert (cancelled["status"], cancelled["ended_by"]["person"]) == ("cancelled", await person(org, "risk"))


async def test_who_may_write_risks_judges_no_work_of_their_own(org: Organisation) -> None:
    risk = await owned(org, inherent=MODERATE)
    treatment = await approved(org, risk, tasks=0, owner="risk@example.com", target=MODERATE, strategy="transfer")
    problem(await post(org.risk, treatment, "due-dates", **LATER), 403, "separation-of-duties")
    assert ok(await post(org.manager, treatment, "due-dates", **LATER))["due_on"] == LATER["due_on"]
    past = problem(await post(org.manager, treatment, "due-dates", **LATER | {"due_on": day(-1)}), 422, "invalid")
    assert [each["pointer"] for each in past["errors"]] == ["/due_on"]
    task = await a_task(org, treatment, owner="risk@example.com")
    path = f"/v1/treatment-actions/{task}"
    problem(await org.risk.patch(path, json=LATER, headers=ANY), 403, "separation-of-duties")
    unexplained = await org.manager.patch(path, json={"due_on": day(91)}, headers=ANY)
    assert [each["pointer"] for each in problem(unexplained, 422, "invalid")["errors"]] == ["/reason"]
    moved = ok(await org.manager.patch(path, json=LATER | {"text": "Insure it."}, headers=ANY))
    assert (moved["due_on"], moved["text"]) == (LATER["due_on"], "Insure it.")
    problem(await on_task(org.risk, task, "droppings", reason="No."), 403, "separation-of-duties")
    ok(await post(org.risk, treatment, "starts"))
    ok(await on_task(org.risk, task, "starts"))
    ok(await on_task(org.risk, task, "completions", **DONE))
    problem(await on_task(org.risk, task, "verifications", **VERIFIED), 403, "separation-of-duties")
    other = await a_task(org, treatment)
    dropped = ok(await on_task(org.manager, other, "droppings", reason="The insurer does it."))
    assert (dropped["status"], dropped["settled_note"]) == ("dropped", "The insurer does it.")
    ok(await on_task(org.manager, task, "verifications", **VERIFIED))
    ok(await post(org.risk, treatment, "completions", **DONE))
    problem(await post(org.risk, treatment, "verifications", **VERIFIED), 403, "separation-of-duties")
    ok(await post(org.manager, treatment, "verifications", **VERIFIED))
    problem(await post(org.risk, treatment, "closings", **MINUTES), 403, "separation-of-duties")
    counts = ok(await post(org.manager, treatment, "closings", **MINUTES))["action_counts"]
    assert counts == {"open": 0, "in_progress": 0, "done": 0, "verified": 1, "dropped": 1}
    listed = ok(await org.viewer.get("/v1/treatment-actions", params={"owner": "risk@example.com", "risk_id": risk}))
    assert [each["id"] for each in listed["items"]] == [task]
    assert ok(await org.viewer.get(path))["overdue"] is False


async def test_costs_need_a_currency_and_days_are_to_come(org: Organisation) -> None:
    treatment = await planned(org, await owned(org), tasks=0, currency=None)
    draft = TASK | {"due_on": day(3)}
    for changes, pointer in (
        ({"cost": 1}, "/cost"),
        ({"yearly_cost": 1}, "/yearly_cost"),
        ({"due_on": day(-1)}, "/due_on"),
    ):
        refused = await org.manager.post(f"/v1/treatments/{treatment}/actions", json=draft | changes)
        assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == [pointer]
    created(await org.manager.post(f"/v1/treatments/{treatment}/actions", json=draft))


async def test_people_are_known_and_what_a_leaver_has_is_handed_over(org: Organisation) -> None:
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    risk = await owned(org)
    draft = await planned(org, risk, owner=nora["id"])
    (task,) = await tasks_of(org, draft)
    ok(await org.manager.patch(f"/v1/treatment-actions/{task}", json={"owner": nora["id"]}, headers=ANY))
    asked = await proposed(org, risk)
    listed = ok(await org.viewer.get("/v1/services/risk/duties"))["items"]
    duties = {(each["noun"], each["duty"], each["id"], each["person"]["name"]) for each in listed}
    assert duties >= {
        ("treatment", "owner", draft, "Nora"),
        ("treatment_action", "owner", task, "Nora"),
        ("treatment", "risk_owner", asked, "Owner"),
    }
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        its = ok(await org.viewer.get(f"/v1/treatment-actions/{task}"))
        return bool((await read(org, draft))["owner"] == its["owner"] == lee)

    await eventually(handed_over)
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))
    actions, one = f"/v1/treatments/{draft}/actions", f"/v1/treatment-actions/{task}"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/treatments", a_treatment(risk)),
        ("PATCH", f"/v1/treatments/{draft}", {}),
        ("POST", actions, TASK | {"due_on": day(3)}),
        ("PATCH", one, {}),
    ]

    async def gone() -> bool:
        answer_ = await org.manager.patch(one, json={"owner": nora["id"]}, headers=ANY)
        return answer_.status_code == httpx.codes.UNPROCESSABLE_ENTITY

    await eventually(gone)
    for owner, slug in ((nora["id"], "person-gone"), ("nobody@example.com", "unknown-person")):
        for method, path, body in requests:
            headers = ANY if method == "PATCH" else None
            refused = await org.manager.request(method, path, json=body | {"owner": owner}, headers=headers)
            assert [each["pointer"] for each in problem(refused, 422, slug)["errors"]] == ["/owner"]


async def test_a_simulated_return_is_of_the_same_risk(org: Organisation) -> None:
    risk, other = await owned(org), await owned(org, code="R-02")
    scenario = await estimated(org, risk)
    draft = {"title": "Automation", "yearly_cost": 40_000, "currency": "EUR", "trials": 1_000}
    change = {"scenario_id": scenario["id"], "after": shallow(constant(1), constant(1_000))}
    simulated = created(await org.risk.post("/v1/treatment-returns", json=draft | {"changes": [change]}))["id"]
    kept = created(await org.manager.post("/v1/treatments", json=a_treatment(risk, return_id=simulated)))
    assert kept["return_id"] == simulated
    refused = problem(
        await org.manager.post("/v1/treatments", json=a_treatment(other, return_id=simulated)), 422, "invalid"
    )
    assert [each["pointer"] for each in refused["errors"]] == ["/return_id"]


async def test_who_may_and_what_another_organisation_sees(org: Organisation, other_org: Organisation) -> None:
    risk = await owned(org)
    treatment = await planned(org, risk)
    (task,) = await tasks_of(org, treatment)
    bodies: dict[str, dict[str, Any]] = {
        f"/v1/treatments/{treatment}/proposals": {},
        f"/v1/treatments/{treatment}/owner-decisions": APPROVE,
        f"/v1/treatments/{treatment}/approvals": APPROVE,
        f"/v1/treatments/{treatment}/completions": DONE,
        f"/v1/treatments/{treatment}/verifications": VERIFIED,
        f"/v1/treatments/{treatment}/closings": MINUTES,
        f"/v1/treatments/{treatment}/cancellations": {"reason": "x"},
        f"/v1/treatments/{treatment}/due-dates": LATER,
        f"/v1/treatments/{treatment}/actions": TASK | {"owner": "admin@example.com", "due_on": day(3)},
        f"/v1/treatment-actions/{task}/completions": DONE,
        f"/v1/treatment-actions/{task}/verifications": VERIFIED,
        f"/v1/treatment-actions/{task}/droppings": {"reason": "x"},
    }
    for path, body in bodies.items():
        problem(await org.monitor.post(path, json=body), 403, "forbidden")
        problem(await other_org.admin.post(path, json=body), 404, "not-found")
    for path in (f"/v1/treatments/{treatment}", f"/v1/treatment-actions/{task}"):
        problem(await other_org.admin.post(f"{path}/starts"), 404, "not-found")
        problem(await other_org.viewer.get(path), 404, "not-found")
        problem(await other_org.admin.patch(path, json={}, headers=ANY), 404, "not-found")
        problem(await org.viewer.patch(path, json={}, headers=ANY), 403, "forbidden")
        problem(await org.monitor.get(path), 403, "forbidden")
    problem(await org.viewer.post("/v1/treatments", json=a_treatment(risk)), 403, "forbidden")
    for path in ("/v1/treatments", "/v1/treatment-actions"):
        assert ok(await other_org.viewer.get(path))["items"] == []
        assert len(ok(await org.viewer.get(path))["items"]) == 1
