"""The steps of a programme, as they follow from what is there: fresh, half-way, finished."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.data.sessions import Database
from tests.audit.given import moved
from tests.controls.documents import CSV, own_framework, send
from tests.controls.given import (
    commitment,
    control,
    interested_party,
    iso_programme,
    procedure,
    programme,
    pushed,
    security_objective,
    shown,
    version_of,
)
from tests.support import Organisation, created, eventually, ok, problem

_TODAY = datetime.now(UTC).date()
_OVER = {
    "period_start": (_TODAY - timedelta(days=200)).isoformat(),
    "period_end": (_TODAY - timedelta(days=20)).isoformat(),
}
_COMMON = [f"CC{number}" for number in range(1, 10)]

Steps = dict[str, dict[str, Any]]


async def _steps(org: Organisation, going: str) -> Steps:
    answer = ok(await org.viewer.get(f"/v1/programmes/{going}/steps"))
    assert answer["programme_id"] == going
    return {step["step"]: step for step in answer["steps"]}


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def _dates(step: dict[str, Any]) -> tuple[datetime, datetime]:
    """When a step that is done began, and when it was done."""
    return _at(step["began_at"]), _at(step["done_at"])


def _states(steps: Steps) -> dict[str, str]:
    return {name: step["state"] for name, step in steps.items()}


def _codes(step: dict[str, Any]) -> list[str]:
    return [each["code"] for each in step["missing"]]


async def _when(org: Organisation, going: str, name: str, *codes: str) -> dict[str, Any]:
    """The step as soon as this is what is missing: what other services announce comes a little later."""

    async def found() -> dict[str, Any] | None:
        step = (await _steps(org, going))[name]
        return step if _codes(step) == list(codes) else None

    return await eventually(found)


async def _engagement(org: Organisation, going: str, kind: str = "soc2_type2", **agreed: Any) -> dict[str, Any]:
    draft = {"kind": kind, "title": "The audit", **_OVER}
    return created(await org.manager.post("/v1/engagements", json=draft | {"programme_id": going} | agreed))


async def _scoped(org: Organisation, engagement: dict[str, Any], control_id: str) -> dict[str, Any]:
    path, tag = f"/v1/engagements/{engagement['id']}/scope", {"If-Match": f'"{engagement["version"]}"'}
    return ok(await org.manager.put(path, json={"control_ids": [control_id]}, headers=tag))


async def _issued(org: Organisation, audit_database: Database, engagement: dict[str, Any]) -> dict[str, Any]:
    return await moved(audit_database, org, engagement, "fieldwork", "evaluation", "reporting", "issued")


async def _risk(org: Organisation, code: str, *controls: str) -> str:
    draft = {
        "code": code,
        "title": "Former staff keep access",
        "scenario": {"source": "inside", "event": "Accounts stay", "consequence": "Data is seen"},
        "category": "security",
        "owner": "riley@example.com",
        "inherent": {"likelihood": 4, "impact": 4},
        "controls": [{"control_id": each, "effect_on": "likelihood", "steps": 1} for each in controls],
    }
    return str(created(await org.risk.post("/v1/risks", json=draft))["id"])


async def _all_of(org: Organisation, framework: str) -> list[str]:
    """The references of all that the framework's newest version asks for, or of SOC 2 the common criteria."""
    query = {"version_id": await version_of(org, framework), "assessed": "true", "limit": "200"}
    if framework == "soc2":
        query["category"] = "security"
    found = ok(await org.viewer.get("/v1/requirements", params=query))["items"]
    return [f"{framework}:{each['ref']}" for each in found]


async def _working(org: Organisation, code: str, requirements: list[str]) -> str:
    """A control in operation whose design and operation were tested and passed."""
    working = await control(org, code, requirements)
    await shown(org, working, await procedure(org, f"TP-{code}"), "design")
    await pushed(org, code)
    return working


async def test_of_a_fresh_soc_2_all_is_to_be_done(org: Organisation) -> None:
    going = await programme(org)
    answer = ok(await org.viewer.get(f"/v1/programmes/{going}/steps"))
    assert [step["step"] for step in answer["steps"]] == [
        "choose_type",
        "define_scope",
        "assess_risks",
        "implement_controls",
        "test_controls",
        "engage_auditor",
        "receive_report",
    ]
    steps = await _steps(org, going)
    assert _states(steps) == {
        "choose_type": "done",
        "define_scope": "under_way",
        "assess_risks": "not_begun",
        "implement_controls": "not_begun",
        "test_controls": "blocked",
        "engage_auditor": "not_begun",
        "receive_report": "blocked",
    }
    begun = _at(ok(await org.viewer.get(f"/v1/programmes/{going}"))["created_at"])
    assert _dates(steps["choose_type"]) == (begun, begun)
    assert (_at(steps["define_scope"]["began_at"]), steps["define_scope"]["done_at"]) == (begun, None)
    assert _codes(steps["define_scope"]) == ["no_commitment", "no_system_requirement"]
    assert (steps["test_controls"]["waits_for"], steps["receive_report"]["waits_for"]) == (
        "implement_controls",
        "engage_auditor",
    )
    assert {name: step["missing"] for name, step in steps.items() if name in {"assess_risks", "engage_auditor"}} == {
        "assess_risks": [{"code": "no_risk", "text": "No risk is written down.", "path": "/v1/risks"}],
        "engage_auditor": [
            {
                "code": "no_engagement",
                "text": "No engagement with a CPA firm is agreed.",
                "path": "/v1/engagements",
            }
        ],
    }
    words = "No control answers CC1.1, CC1.2, CC1.3, CC1.4, CC1.5 and 28 more."
    assert steps["implement_controls"]["missing"] == [{"code": "no_control", "text": words, "path": "/v1/controls"}]


async def test_half_way_every_step_says_what_is_missing(org: Organisation, audit_database: Database) -> None:
    until = (_TODAY + timedelta(days=30)).isoformat()
    going = await programme(org, period_start=_OVER["period_start"], period_end=until)
    await commitment(org, going, *_COMMON)
    await commitment(org, going, "CC6.1", kind="system_requirement", source="internal_policy")
    draft = {"programme_id": going, "requirement": "CC6.4", "relevant": False, "reason": "There are no premises."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=draft))["id"]
    drafted = await control(org, "AC-01", ["soc2:CC6.1"], until="draft")
    approved = await control(org, "AC-02", ["soc2:CC6.2"], until="approved")
    await control(org, "AC-03", ["soc2:CC6.3"])
    await pushed(org, "AC-03", outcome="fail")
    await _risk(org, "R-01", approved)
    bare = await _risk(org, "R-02")
    engagement = await _engagement(org, going, categories=["security", "privacy"], period_end=until)
    risks = await _when(org, going, "assess_risks", "risk_without_control")
    assert (risks["state"], risks["missing"][0]["text"]) == ("under_way", "No control is linked to R-02.")
    wanted = ("engagement_not_accepted", "engagement_without_controls", "engagement_differs")
    agreed = await _when(org, going, "engage_auditor", *wanted)
    assert (agreed["state"], agreed["missing"][2]["path"]) == ("under_way", f"/v1/engagements/{engagement['id']}")
    assert "categories" in agreed["missing"][2]["text"]
    steps = await _steps(org, going)
    assert _codes(steps["define_scope"]) == ["scope_decision_not_approved"]
    assert _codes(steps["implement_controls"]) == ["no_control", "not_approved", "not_in_operation"]
    assert _codes(steps["test_controls"]) == [
        "design_not_tested",
        "operation_failed",
        "operation_not_tested",
        "nothing_to_test",
    ]
    assert (steps["receive_report"]["state"], _codes(steps["receive_report"])) == (
        "not_begun",
        ["period_not_over", "report_not_issued"],
    )
    assert steps["receive_report"]["missing"][0]["text"] == f"The period ends on {until}."
    assert [steps[name]["state"] for name in ("implement_controls", "test_controls")] == ["under_way", "under_way"]
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))
    ok(await org.second_manager.post(f"/v1/controls/{drafted}/approvals"))
    await moved(audit_database, org, await _scoped(org, engagement, approved), "fieldwork")
    change = {"controls": [{"control_id": approved, "effect_on": "likelihood", "steps": 1}]}
    ok(await org.risk.patch(f"/v1/risks/{bare}", json=change, headers={"If-Match": "*"}))
    assert (await _when(org, going, "assess_risks"))["state"] == "done"
    await _when(org, going, "engage_auditor", "engagement_differs")
    report = await _when(org, going, "receive_report", "period_not_over", "report_not_issued")
    assert report["state"] in {"not_begun", "under_way"}
    steps = await _steps(org, going)
    assert (steps["define_scope"]["state"], _codes(steps["implement_controls"])) == (
        "done",
        ["no_control", "not_in_operation"],
    )


async def test_of_a_finished_soc_2_every_step_is_done(org: Organisation, audit_database: Database) -> None:
    going = await programme(org, **_OVER)
    await commitment(org, going, *_COMMON)
    await commitment(org, going, "CC6.1", kind="system_requirement", source="law")
    working = await _working(org, "AC-01", await _all_of(org, "soc2"))
    await _risk(org, "R-01", working)
    engagement = await _issued(org, audit_database, await _scoped(org, await _engagement(org, going), working))
    report = await _when(org, going, "receive_report")
    assert _dates(report) == (_at(engagement["fieldwork_at"]), _at(engagement["issued_at"]))
    await _when(org, going, "assess_risks")

    async def all_done() -> Steps | None:
        steps = await _steps(org, going)
        return steps if {*_states(steps).values()} == {"done"} else None

    steps = await eventually(all_done)
    assert all(began <= done for began, done in map(_dates, steps.values()))
    assert [step["missing"] for step in steps.values()] == [[]] * 7
    assert _dates(steps["engage_auditor"])[1] == _at(engagement["accepted_at"])
    # What was done is under way again when it does not hold any longer.
    await pushed(org, "AC-01", outcome="fail", run="2")
    steps = await _steps(org, going)
    assert (steps["test_controls"]["state"], steps["test_controls"]["done_at"]) == ("under_way", None)
    assert "operation_failed" in _codes(steps["test_controls"])
    assert steps["receive_report"]["state"] == "done"


async def test_a_certification_has_the_steps_of_its_standard(org: Organisation, audit_database: Database) -> None:
    going = await iso_programme(org)
    steps = await _steps(org, going)
    assert _states(steps) == {
        "define_scope": "under_way",
        "assess_risks": "not_begun",
        "state_applicability": "blocked",
        "set_objectives": "not_begun",
        "implement_controls": "not_begun",
        "test_controls": "blocked",
        "engage_auditor": "not_begun",
        "be_audited": "blocked",
        "receive_certificate": "blocked",
    }
    assert (steps["engage_auditor"]["title"], steps["state_applicability"]["waits_for"]) == (
        "Engage the certification body",
        "assess_risks",
    )
    assert (_codes(steps["define_scope"]), _codes(steps["set_objectives"])) == (
        ["no_interested_party"],
        ["no_security_objective"],
    )
    await interested_party(org, going)
    await security_objective(org, going)
    working = await _working(org, "AC-01", await _all_of(org, "iso27001"))
    await _risk(org, "R-01", working)
    risks = await _when(org, going, "assess_risks")
    assert risks["state"] == "done"
    wanted = {"programme_id": going, "inclusion_reason": "Needed to treat the risks of the risk assessment."}
    statement = created(await org.manager.post("/v1/statements-of-applicability", json=wanted))["id"]
    stated = (await _steps(org, going))["state_applicability"]
    assert (stated["state"], _codes(stated)) == ("under_way", ["statement_not_approved"])
    path = f"/v1/statements-of-applicability/{statement}"
    ok(await org.second_manager.post(f"{path}/line-approvals", json={}))
    approved = ok(await org.second_manager.post(f"{path}/approvals"))
    stated = (await _steps(org, going))["state_applicability"]
    assert (stated["state"], _dates(stated)[1]) == ("done", _at(approved["approved_at"]))
    first = await _scoped(org, await _engagement(org, going, "iso27001_stage1"), working)
    issued = await _issued(org, audit_database, first)
    audits = await _when(org, going, "be_audited", "no_engagement")
    assert (audits["state"], audits["missing"][0]["text"]) == ("under_way", "No audit of stage 2 is agreed.")
    second = await _issued(
        org, audit_database, await _scoped(org, await _engagement(org, going, "iso27001_stage2"), working)
    )
    audits = await _when(org, going, "be_audited")
    assert _dates(audits) == (_at(issued["fieldwork_at"]), _at(second["issued_at"]))
    certificate = (await _steps(org, going))["receive_certificate"]
    assert (certificate["state"], _codes(certificate)) == ("under_way", ["certificate_not_recorded"])
    closure = {"outcome": "completed", "reason": "The certificate was granted on 2027-02-12."}
    closed = ok(await org.manager.post(f"/v1/programmes/{going}/closures", json=closure))
    steps = await _steps(org, going)
    assert {*_states(steps).values()} == {"done"}
    assert _dates(steps["receive_certificate"])[1] == _at(closed["closed_at"])


async def test_a_soc_1_asks_for_its_control_objectives(org: Organisation, audit_database: Database) -> None:
    framework = await own_framework(org, "payroll", scheme="soc1")
    objectives = b"ref,title,assertions\nCO-1,Changes are authorised,accuracy\nCO-2,Pay is complete,\n"
    created(await send(org, framework, objectives, CSV, label="2026"))
    going = await programme(org, framework="payroll", report_type="soc1_type1", categories=[], as_of_date="2026-12-31")
    steps = await _steps(org, going)
    assert list(steps) == [
        "choose_type",
        "define_scope",
        "assess_risks",
        "implement_controls",
        "test_controls",
        "engage_auditor",
        "receive_report",
    ]
    assert steps["define_scope"]["missing"] == [
        {
            "code": "objective_without_assertion",
            "text": "No assertion is named by CO-2. Import a version that names them, and upgrade to it.",
            "path": f"/v1/frameworks/{framework}/versions",
        }
    ]
    as_of: dict[str, Any] = {"as_of_date": "2026-12-31", "period_start": None, "period_end": None}
    engagement = await _engagement(org, going, "soc1_type1", **as_of)
    scoped = await _scoped(org, engagement, await control(org, "PAY-1", ["payroll:CO-1"]))
    await moved(audit_database, org, scoped, "accepted")
    assert (await _when(org, going, "engage_auditor"))["state"] == "done"


async def test_a_self_assessment_has_the_steps_that_need_nobody_else(org: Organisation) -> None:
    own = {"report_type": "self_assessment"}
    going = await programme(org, framework="nist-csf", categories=[], **own)
    assert list(await _steps(org, going)) == ["define_scope", "assess_risks", "implement_controls", "test_controls"]
    assert list(await _steps(org, await programme(org, **own))) == [
        "define_scope",
        "assess_risks",
        "implement_controls",
        "test_controls",
    ]


async def test_steps_are_an_organisations_own(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org)
    problem(await other_org.viewer.get(f"/v1/programmes/{going}/steps"), 404, "not-found")
    problem(await org.monitor.get(f"/v1/programmes/{going}/steps"), 403, "forbidden")
    theirs = await programme(other_org, **_OVER)
    await _engagement(other_org, theirs)
    await _risk(other_org, "R-01")
    await _when(other_org, theirs, "engage_auditor", "engagement_not_accepted", "engagement_without_controls")
    await _when(other_org, theirs, "assess_risks", "risk_without_control")
    steps = await _steps(org, going)
    assert (_codes(steps["engage_auditor"]), _codes(steps["assess_risks"])) == (["no_engagement"], ["no_risk"])
