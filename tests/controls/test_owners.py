"""People in the controls service: named by id or address, refused when they cannot have the duty, and handed over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from deploy.story import implemented_control
from tests.controls.deficient import issue_draft
from tests.controls.given import control, dates_of, iso_programme, procedure, programme, security_objective
from tests.controls.policed import drafted, published, written
from tests.support import Organisation, a_few_at_a_time, created, eventually, newcomer, ok, person, problem

ANY = {"If-Match": "*"}
DONE = datetime.now(UTC).isoformat()
DUE = (datetime.now(UTC) + timedelta(days=30)).isoformat()

_OBJECTIVE = {
    "title": "Patches are quick",
    "measure": "Days from news to patch: seven.",
    "plan": "A rota.",
    "due_on": "2027-06-30",
    "evaluation": "Each quarter.",
}


def _control(code: str, **owners: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": f"Control {code}",
        "statement": "It is done.",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "quarterly",
    } | owners


async def _duties(org: Organisation, of: dict[str, str]) -> list[tuple[str, str, str]]:
    listed = ok(await org.viewer.get("/v1/services/controls/duties", params={"person": of["id"]}))["items"]
    assert all(duty["person"] == of for duty in listed)
    return sorted((duty["noun"], duty["duty"], duty["id"]) for duty in listed)


async def test_people_are_named_by_id_or_by_any_address_in_any_case(org: Organisation) -> None:
    nora, kim = await newcomer(org, "nora"), await person(org, "kim")
    for place, reference in enumerate((nora["id"], nora["id"].upper(), "nora@example.com", "Nora@Example.ORG")):
        draft = _control(f"AC-{place}", owner=reference, backup_owner="kim@example.com")
        assert created(await org.manager.post("/v1/controls", json=draft))["owner"] == nora
    for reference in (nora["id"], "NORA@example.org"):
        listed = ok(await org.viewer.get("/v1/controls", params={"owner": reference}))["items"]
        assert [(each["code"], each["backup_owner"]) for each in listed] == [(f"AC-{n}", kim) for n in range(4)]
    exported = (await org.viewer.get("/v1/control-exports", params={"owner": nora["id"]})).text
    assert exported.count("nora@example.com,kim@example.com") == 4


async def test_who_is_unknown_gone_or_may_not_is_refused(org: Organisation) -> None:
    for reference in (str(uuid4()), "nobody@example.com"):
        for path, draft in (
            ("/v1/controls", _control("AC-01", owner=reference)),
            ("/v1/policies", {"code": "P-1", "title": "Access", "owner": reference}),
        ):
            refused = problem(await org.manager.post(path, json=draft), 422, "unknown-person")
            assert [fault["pointer"] for fault in refused["errors"]] == ["/owner"]
    both = _control("AC-01", owner="dana@example.com", backup_owner="DANA@example.com")
    refused = problem(await org.manager.post("/v1/controls", json=both), 422, "invalid")
    assert [fault["pointer"] for fault in refused["errors"]] == ["/backup_owner"]
    nora, tested = await newcomer(org, "nora"), await control(org, "AC-01", [])
    plan = {"control_id": tested, "procedure_id": await procedure(org), "kind": "operating", "due_at": DUE}
    untitled = await org.manager.post("/v1/control-tests", json=plan | {"tester": nora["id"]})
    assert "tests:perform" in problem(untitled, 422, "person-without-permission")["errors"][0]["detail"]
    version = await drafted(org, (await written(org))["id"])
    submission = {"approvers": ["lee@example.com", nora["id"]], "quorum": 1}
    refused = problem(
        await org.manager.post(f"/v1/policy-versions/{version['id']}/submissions", json=submission),
        422,
        "person-without-permission",
    )
    assert [fault["pointer"] for fault in refused["errors"]] == ["/approvers/1"]


async def test_what_a_leaver_did_stays_and_what_they_answer_for_is_handed_over(org: Organisation) -> None:
    nora, lee, dana = await newcomer(org, "nora"), await person(org, "lee"), await person(org, "dana")
    owned = created(await org.manager.post("/v1/controls", json=_control("AC-01", owner=nora["id"])))["id"]
    backed = created(
        await org.manager.post("/v1/controls", json=_control("AC-02", owner=lee["id"], backup_owner=nora["id"]))
    )["id"]
    issue = created(await org.manager.post("/v1/issues", json=issue_draft(owned, owner=nora["id"])))["id"]
    done_on = datetime.now(UTC).date().isoformat()
    actions = [
        {"title": "Close the accounts", "owner": nora["id"], "due_on": "2027-01-31"},
        {"title": "Compare the lists", "owner": nora["id"], "due_on": "2027-01-31", "done_on": done_on},
        {"title": "Tell the teams", "owner": dana["id"], "due_on": "2027-01-31"},
    ]
    planned = {"root_cause": "Nobody read the mail.", "actions": actions}
    shown = ok(await org.manager.put(f"/v1/issues/{issue}/plan", json=planned, headers=ANY))["plan"]
    assert [each["owner"] for each in shown["actions"]] == [nora, nora, dana]
    policy = (await written(org, owner=nora["id"]))["id"]
    going = await programme(org, owner=nora["id"])
    objective = await security_objective(org, await iso_programme(org), nora["id"])
    assert await _duties(org, nora) == sorted(
        [
            ("control", "backup_owner", backed),
            ("control", "owner", owned),
            ("issue", "corrective_action", issue),
            ("issue", "owner", issue),
            ("policy", "owner", policy),
            ("programme", "owner", going),
            ("security_objective", "owner", objective),
        ]
    )
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return await _duties(org, nora) == []

    await eventually(handed_over)
    assert ok(await org.viewer.get(f"/v1/controls/{owned}"))["owner"] == lee
    assert ok(await org.viewer.get(f"/v1/controls/{backed}"))["backup_owner"] is None, "she owns it already"
    read = ok(await org.viewer.get(f"/v1/issues/{issue}"))
    assert read["owner"] == lee
    assert [each["owner"] for each in read["plan"]["actions"]] == [lee, nora, dana], "what is done stays with who did"
    told = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": owned}))["items"][-1]
    assert (told["actor"], told["reason"]) == ("system", f"{lee['name']} took over from Nora.")


async def test_tests_and_approvals_go_to_who_may_have_them(org: Organisation) -> None:
    lee, kim, riley = await person(org, "lee"), await person(org, "kim"), await person(org, "riley")
    tested = await implemented_control(org, "AC-01")
    plan = {"control_id": tested, "procedure_id": await procedure(org), "kind": "operating", "due_at": DUE}
    test = created(await org.manager.post("/v1/control-tests", json=plan | {"tester": lee["id"]}))["id"]
    version = await drafted(org, (await written(org))["id"])
    submission = {"approvers": [lee["id"]], "quorum": 1}
    ok(await org.manager.post(f"/v1/policy-versions/{version['id']}/submissions", json=submission))
    waiting = [("control_test", "tester", test), ("policy_version", "approver", version["id"])]
    assert await _duties(org, lee) == waiting
    ok(await org.admin.post(f"/v1/people/{lee['id']}/handovers", json={"to": riley["id"], "reason": "Leave."}))

    async def decided_by_riley() -> bool:
        return await _duties(org, riley) == [waiting[1]]

    await eventually(decided_by_riley)
    assert await _duties(org, lee) == [waiting[0]], "a risk manager performs no tests"
    ok(await org.admin.post(f"/v1/people/{lee['id']}/handovers", json={"to": kim["id"], "reason": "Leave."}))

    async def tested_by_kim() -> bool:
        return await _duties(org, kim) == [waiting[0]]

    await eventually(tested_by_kim)


async def test_an_export_comes_in_again_when_its_owners_have_left(org: Organisation) -> None:
    nora = await newcomer(org, "nora")
    created(await org.manager.post("/v1/controls", json=_control("AC-01", owner=nora["id"])))
    exported = (await org.viewer.get("/v1/control-exports")).text
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))
    kind = {"Content-Type": "text/csv"}

    async def known_as_gone() -> bool:
        new = exported.replace("AC-01", "AC-02")
        answer = await org.manager.post("/v1/control-imports", content=new, headers=kind, params={"dry_run": "true"})
        return [fault["column"] for fault in ok(answer)["faults"]] == ["owner"]

    await eventually(known_as_gone)
    again = ok(await org.manager.post("/v1/control-imports", content=exported, headers=kind))
    assert (again["unchanged"], again["faults"]) == (1, [])


async def test_who_performed_was_there_on_the_day(org: Organisation) -> None:
    nora, today = await newcomer(org, "nora"), datetime.now(UTC)
    performed = await control(org, "AC-01", [])
    since = today - timedelta(seconds=1)
    left = {"on": (today.date() - timedelta(days=1)).isoformat()}
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json=left))
    draft = {"performed_at": since.isoformat(), "performed_by": nora["id"]}

    async def refused() -> bool:
        answer = await org.manager.post(f"/v1/controls/{performed}/occurrences", json=draft)
        return answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone"

    await eventually(refused)
    batch = {"occurrences": [draft | {"control_id": performed}]}
    answered = ok(await org.manager.post("/v1/occurrences/batch", json=batch))
    assert answered["results"][0]["problem"]["errors"][0]["pointer"] == "/occurrences/0/performed_by"


NamingSomebody = tuple[str, str, Callable[[str], dict[str, Any]], str]


async def _naming_somebody(org: Organisation) -> list[NamingSomebody]:
    """Every request that names somebody: method, path, its body for a reference, and where the reference stands."""
    told, follows, going = await implemented_control(org, "AC-01"), await procedure(org), await programme(org)
    plan = {"control_id": told, "procedure_id": follows, "kind": "operating", "due_at": DUE}
    test = created(await org.manager.post("/v1/control-tests", json=plan | {"tester": "lee@example.com"}))["id"]
    issue = created(await org.manager.post("/v1/issues", json=issue_draft(told)))["id"]
    result = {"control": "AC-01", "source": "ci", "run_id": "1", "check": "access", "outcome": "fail"}
    pushed = await org.monitor.post("/v1/test-results", json={"results": [result | {"observed_at": DONE}]})
    failed = ok(pushed)["results"][0]["id"]
    policy = (await written(org))["id"]
    version = await published(org, policy)
    unfinished = (await drafted(org, policy))["id"]
    ask = {"version_id": version["id"], "title": "All", "due_on": "2027-06-30"}
    campaign = created(await org.manager.post("/v1/policy-campaigns", json=ask | {"audience": {"everyone": True}}))
    described = {"title": "SOC 2", "framework": "soc2", "report_type": "soc2_type2", "categories": ["security"]}
    scope = {"system": {"services": ["Cloud"]}, "target_date": "2027-03-31", **dates_of("soc2_type2")}
    iso = await iso_programme(org)
    objective = await security_objective(org, iso)
    action, performed = {"title": "Close the accounts", "due_on": "2027-01-31"}, {"performed_at": DONE}
    return [
        ("POST", "/v1/controls", lambda who: _control("AC-09", owner=who), "/owner"),
        ("PATCH", f"/v1/controls/{told}", lambda who: {"backup_owner": who}, "/backup_owner"),
        ("POST", f"/v1/controls/{told}/occurrences", lambda who: performed | {"performed_by": who}, "/performed_by"),
        ("POST", "/v1/control-tests", lambda who: plan | {"tester": who}, "/tester"),
        ("PATCH", f"/v1/control-tests/{test}", lambda who: {"tester": who}, "/tester"),
        ("POST", "/v1/issues", lambda who: issue_draft(told, owner=who), "/owner"),
        ("PATCH", f"/v1/issues/{issue}", lambda who: {"owner": who}, "/owner"),
        ("POST", f"/v1/test-results/{failed}/issues", lambda who: {"severity": "low", "owner": who}, "/owner"),
        (
            "PUT",
            f"/v1/issues/{issue}/plan",
            lambda who: {"root_cause": "Mail.", "actions": [action | {"owner": who}]},
            "/actions/0/owner",
        ),
        ("POST", "/v1/policies", lambda who: {"code": "P-9", "title": "P", "owner": who}, "/owner"),
        ("PATCH", f"/v1/policies/{policy}", lambda who: {"owner": who}, "/owner"),
        (
            "POST",
            f"/v1/policy-versions/{unfinished}/submissions",
            lambda who: {"approvers": [who], "quorum": 1},
            "/approvers/0",
        ),
        ("POST", "/v1/policy-campaigns", lambda who: ask | {"audience": {"people": [who]}}, "/audience/people/0"),
        ("POST", f"/v1/policy-campaigns/{campaign['id']}/people", lambda who: {"people": [who]}, "/people/0"),
        ("POST", "/v1/programmes", lambda who: described | scope | {"owner": who}, "/owner"),
        ("PATCH", f"/v1/programmes/{going}", lambda who: {"owner": who}, "/owner"),
        ("POST", f"/v1/programmes/{iso}/security-objectives", lambda who: _OBJECTIVE | {"owner": who}, "/owner"),
        ("PATCH", f"/v1/security-objectives/{objective}", lambda who: {"owner": who}, "/owner"),
    ]


async def test_every_duty_refuses_who_is_unknown_or_gone(org: Organisation) -> None:
    gone, asked = await newcomer(org, "nora"), await _naming_somebody(org)
    ok(await org.admin.post(f"/v1/people/{gone['id']}/departures", json={}))

    async def refused(method: str, path: str, body: dict[str, Any], slug: str, pointer: str) -> None:
        answer = await org.manager.request(method, path, json=body, headers=ANY if method != "POST" else None)
        faults = problem(answer, 422, slug)["errors"]
        assert [fault["pointer"] for fault in faults] == [pointer], path

    async def known_as_gone() -> bool:
        draft = _control("AC-10", owner=gone["id"])
        answer = await org.manager.post("/v1/controls", json=draft | {"code": f"AC-{uuid4().hex[:8]}"})
        return answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone"

    await eventually(known_as_gone)
    left = [request for request in asked if "occurrences" not in request[1]]  # they were there on that day
    await a_few_at_a_time(refused(method, path, body(gone["id"]), "person-gone", at) for method, path, body, at in left)
    await a_few_at_a_time(
        refused(method, path, body("nobody@example.com"), "unknown-person", at) for method, path, body, at in asked
    )
    (test,) = [path for method, path, *_ in asked if method == "PATCH" and "/control-tests/" in path]
    await refused("PATCH", test, {"tester": "riley@example.com"}, "person-without-permission", "/tester")
