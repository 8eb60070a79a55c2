"""Loss scenarios, simulations and treatment returns over HTTP."""

import json
import math
import uuid
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.risk.quantification.loss_simulations import rules
from services.risk.quantification.loss_simulations.models import SimulationKind
from tests.risk.estimated import FULL, A, C, constant, estimated, lognormal, pert, shallow
from tests.risk.given import identified, trail
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok, problem

SCENARIOS, SIMULATIONS, RETURNS = "/v1/loss-scenarios", "/v1/loss-simulations", "/v1/treatment-returns"


async def _simulated(org: Organisation, *scenarios: dict[str, Any], **changes: Any) -> dict[str, Any]:
    draft = {"scenario_ids": [each["id"] for each in scenarios], "simulation": "compound", "trials": 2_000}
    return created(await org.risk.post(SIMULATIONS, json=draft | changes))


async def test_a_scenario_is_answered_with_what_it_amounts_to(org: Organisation) -> None:
    risk = await identified(org)
    scenario = await estimated(org, risk)
    assert scenario == ok(await org.risk.get(f"{SCENARIOS}/{scenario['id']}"))
    assert (scenario["risk_id"], scenario["estimate_number"], scenario["latest_result"]) == (risk, 1, None)
    expected = scenario["expectation"]
    assert expected["annual_loss"] == 182_039
    assert (expected["product_deviation"], expected["compound_deviation"]) == (507_244, 593_248)
    assert expected["means"]["/loss_magnitude/estimate"] == pytest.approx(266_398.01)
    (event,) = await trail(org, scenario["id"])
    assert (event["type"], event["data"]["estimate_number"]) == ("risk.loss_scenario.estimated", 1)
    assert event["after"]["expectation"].keys() == {"sha256"}


async def test_what_is_entered_is_answered_as_it_was(org: Organisation) -> None:
    risk = await identified(org)
    for estimate in (C, FULL, {"annual_loss": pert(1, 2, 3)}):
        assert _given((await estimated(org, risk, estimate))["estimate"]) == _given(estimate)


def _given(estimate: Any) -> Any:
    if isinstance(estimate, dict):
        return {name: _given(value) for name, value in estimate.items() if value is not None}
    return estimate


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"estimate": shallow(pert(2, 1, 3), constant(1))}, "/estimate/loss_event_frequency/estimate/most_likely"),
        ({"estimate": shallow(constant(1), lognormal(1, 100_000))}, "/estimate/loss_magnitude/estimate/p95"),
        ({"estimate": shallow(constant(1), constant(1.5))}, "/estimate/loss_magnitude/estimate/value"),
        ({"estimate": shallow(constant(-1), constant(1))}, "/estimate/loss_event_frequency/estimate/value"),
        ({"estimate": {}}, "/estimate"),
        ({"currency": "EURO"}, "/currency"),
        ({"currency": "XXX"}, "/currency"),
        ({"rationale": " "}, "/rationale"),
    ],
)
async def test_a_faulty_scenario_is_refused(org: Organisation, change: dict[str, Any], pointer: str) -> None:
    draft = {"title": "Loss", "currency": "EUR", "estimate": A, "rationale": "Guess."} | change
    refused = problem(await org.risk.post(f"/v1/risks/{uuid.uuid4()}/loss-scenarios", json=draft), 422, "invalid")
    assert pointer in [error["pointer"] for error in refused["errors"]]


async def test_numbers_that_are_none_are_refused(org: Organisation) -> None:
    draft = {"title": "Loss", "currency": "EUR", "estimate": shallow(constant(math.nan), constant(1)), "rationale": "-"}
    body = json.dumps(draft)
    answer = await org.risk.post(
        f"/v1/risks/{uuid.uuid4()}/loss-scenarios", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}


async def test_a_scenario_needs_a_risk(org: Organisation) -> None:
    draft = {"title": "Loss", "currency": "EUR", "estimate": A, "rationale": "Guess."}
    problem(await org.risk.post(f"/v1/risks/{uuid.uuid4()}/loss-scenarios", json=draft), 404, "not-found")


async def test_another_estimate_makes_results_stale(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    path = f"{SCENARIOS}/{scenario['id']}"
    simulation = await _simulated(org, scenario)
    assert not simulation["stale"]
    renamed = ok(await org.risk.patch(path, json={"title": "Copied"}, headers={"If-Match": '"1"'}))
    assert (renamed["estimate_number"], renamed["latest_result"]["stale"]) == (1, False)
    refused = await org.risk.patch(path, json={"estimate": C}, headers={"If-Match": '"2"'})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/rationale"
    change = {"estimate": C, "rationale": "New cases."}
    problem(await org.risk.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    anew = ok(await org.risk.patch(path, json=change, headers={"If-Match": '"2"'}))
    assert (anew["estimate_number"], anew["latest_result"]["stale"]) == (2, True)
    kept = ok(await org.risk.get(f"{SIMULATIONS}/{simulation['id']}"))
    assert kept == simulation | {"stale": True}
    (result,) = ok(await org.risk.get("/v1/loss-results", params={"stale": True}))["items"]
    assert (result["estimate_number"], _given(result["estimate"])) == (1, _given(A))
    assert [item["id"] for item in ok(await org.risk.get(SIMULATIONS, params={"stale": True}))["items"]] == [
        simulation["id"]
    ]


async def test_a_retired_scenario_is_simulated_no_longer(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    path = f"{SCENARIOS}/{scenario['id']}"
    retired = ok(await org.risk.post(f"{path}/retirements", json={"reason": "No such records any longer."}))
    assert retired["status"] == "retired"
    problem(await org.risk.post(f"{path}/retirements", json={"reason": "Again."}), 409, "conflict")
    problem(await org.risk.patch(path, json={"title": "x"}, headers={"If-Match": '"2"'}), 409, "conflict")
    draft = {"scenario_ids": [scenario["id"]], "simulation": "product"}
    refused = problem(await org.risk.post(SIMULATIONS, json=draft), 422, "invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["/scenario_ids/0"]
    assert (await trail(org, scenario["id"]))[-1]["reason"] == "No such records any longer."
    unknown = f"{SCENARIOS}/{uuid.uuid4()}"
    problem(await org.risk.post(f"{unknown}/retirements", json={"reason": "x"}), 404, "not-found")
    problem(await org.risk.patch(unknown, json={"title": "x"}, headers={"If-Match": '"1"'}), 404, "not-found")


async def test_a_simulation_is_kept_with_what_made_it(org: Organisation) -> None:
    risk = await identified(org)
    scenarios = [await estimated(org, risk), await estimated(org, risk, C)]
    limits = {"tolerance": 500_000, "capacity": 20_000_000_000}
    simulation = await _simulated(org, *scenarios, title="Board", seed=7, **limits)
    assert simulation == ok(await org.risk.get(f"{SIMULATIONS}/{simulation['id']}"))
    made_by = {name: simulation[name] for name in ("seed", "engine", "bit_generator", "dependence", "currency")}
    assert made_by == {
        "seed": 7,
        "engine": 1,
        "bit_generator": "PCG64DXSM",
        "dependence": "independent",
        "currency": "EUR",
    }
    assert simulation["numpy_version"]
    expected, figures = simulation["expectation"], simulation["figures"]
    assert expected["annual_loss"] == 182_039 + scenarios[1]["expectation"]["annual_loss"]
    assert abs(figures["mean"] - expected["annual_loss"]) < 4 * expected["standard_error"]
    assert 0 == figures["above_capacity"] < figures["above_tolerance"] < figures["probability_of_loss"] < 1
    results = ok(await org.risk.get("/v1/loss-results", params={"simulation_id": simulation["id"]}))["items"]
    assert {result["scenario_id"] for result in results} == {each["id"] for each in scenarios}
    assert sum(result["figures"]["mean"] for result in results) == pytest.approx(figures["mean"], abs=2)
    assert ok(await org.risk.get(f"/v1/loss-results/{results[0]['id']}")) == results[0]
    latest = ok(await org.risk.get(f"{SCENARIOS}/{scenarios[0]['id']}"))["latest_result"]
    (mine,) = [result for result in results if result["scenario_id"] == scenarios[0]["id"]]
    assert (latest["id"], latest["mean"], latest["stale"]) == (mine["id"], mine["figures"]["mean"], False)
    (event,) = await trail(org, simulation["id"])
    assert (event["type"], event["data"]["seed"]) == ("risk.loss_simulation.completed", 7)
    assert event["after"]["figures"].keys() == event["after"]["tolerance"].keys() == {"sha256"}


async def test_the_same_seed_gives_the_same_figures(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    first, again, other = [await _simulated(org, scenario, seed=seed) for seed in (1, 1, 2)]
    assert first["figures"] == again["figures"] != other["figures"]
    made = await _simulated(org, scenario)
    assert 0 <= made["seed"] < 2**53


async def test_two_currencies_are_not_added(org: Organisation) -> None:
    risk = await identified(org)
    scenarios = [await estimated(org, risk), await estimated(org, risk, currency="USD")]
    draft = {"scenario_ids": [each["id"] for each in scenarios], "simulation": "product"}
    refused = problem(await org.risk.post(SIMULATIONS, json=draft), 422, "invalid")
    assert [error["pointer"] for error in refused["errors"]] == ["/scenario_ids/1"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scenario_ids": []}, "/scenario_ids"),
        ({"scenario_ids": [str(uuid.UUID(int=1))] * 2}, "/scenario_ids"),
        ({"trials": 999}, "/trials"),
        ({"trials": 1_000_001}, "/trials"),
        ({"simulation": "bernoulli"}, "/simulation"),
        ({"seed": -1}, "/seed"),
        ({"tolerance": 2, "capacity": 1}, ""),
        ({}, "/scenario_ids/0"),
    ],
)
async def test_a_faulty_simulation_is_refused(org: Organisation, change: dict[str, Any], pointer: str) -> None:
    draft = {"scenario_ids": [str(uuid.uuid4())], "simulation": "product"} | change
    refused = problem(await org.risk.post(SIMULATIONS, json=draft), 422, "invalid")
    assert pointer in [error["pointer"] for error in refused["errors"]]


async def test_more_work_than_a_request_waits_for_is_a_job(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org), FULL)
    draft = {"scenario_ids": [scenario["id"]], "simulation": "compound", "trials": 1_000_000, "seed": 3}
    answer = await org.risk.post(SIMULATIONS, json=draft)
    assert answer.status_code == 202
    job = await _finished(org, answer.headers["Location"])
    kept = ok(await org.risk.get(job["location"]))
    assert abs(kept["figures"]["mean"] - kept["expectation"]["annual_loss"]) < 4 * kept["expectation"]["standard_error"]


async def test_a_job_gives_the_same_figures_as_a_request(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    at_once = await _simulated(org, scenario, seed=5)
    draft = {"scenario_ids": [scenario["id"]], "simulation": "compound", "trials": 2_000, "seed": 5}
    answer = await org.risk.post(SIMULATIONS, json=draft, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    job = await _finished(org, answer.headers["Location"])
    assert ok(await org.risk.get(job["location"]))["figures"] == at_once["figures"]


async def test_a_result_of_other_versions_says_so_and_a_rerun_is_another_result(
    org: Organisation, other_org: Organisation, stack: Stack
) -> None:
    scenario = await estimated(org, await identified(org))
    kept = await _simulated(org, scenario, seed=7, tolerance=1_000_000)
    assert (kept["reproducible"], kept["not_reproducible_because"], kept["rerun_of_id"]) == (True, None, None)
    change = {"estimate": C, "rationale": "A rerun is of the estimates that were simulated."}
    ok(await org.risk.patch(f"{SCENARIOS}/{scenario['id']}", json=change, headers={"If-Match": '"1"'}))
    same = created(await org.risk.post(f"{SIMULATIONS}/{kept['id']}/reruns"))
    assert (same["rerun_of_id"], same["figures"], same["stale"]) == (kept["id"], kept["figures"], True)
    assert same["agreement"] == {
        "identical": True,
        "mean_difference": 0,
        "tolerance": round(4 * math.sqrt(2) * kept["expectation"]["standard_error"]),
        "within": True,
    }
    (told,) = await trail(org, same["id"])
    assert told["after"]["agreement"].keys() == {"sha256"}  # no event says an amount
    # As if it had been simulated here before the versions changed, when the seed gave other numbers.
    other = """update loss_simulations
        set numpy_version = '1.0.0', figures = jsonb_set(figures, '{mean}', '1') where id = $1"""
    async with superuser(stack, "risk") as connection:
        await connection.execute(other, uuid.UUID(kept["id"]))
    old = ok(await org.risk.get(f"{SIMULATIONS}/{kept['id']}"))
    assert not old["reproducible"]
    assert old["not_reproducible_because"] == (
        "It was simulated by engine 1 with numpy 1.0.0 and PCG64DXSM; this installation has engine 1,"
        f" numpy {kept['numpy_version']} and PCG64DXSM."
    )
    (result,) = ok(await org.risk.get("/v1/loss-results", params={"simulation_id": kept["id"]}))["items"]
    assert (result["reproducible"], result["not_reproducible_because"]) == (False, old["not_reproducible_because"])
    for is_so, found in ((False, [kept["id"]]), (True, [same["id"]])):
        listed = ok(await org.risk.get(SIMULATIONS, params={"reproducible": is_so}))["items"]
        assert [each["id"] for each in listed] == found
    again = created(await org.risk.post(f"{SIMULATIONS}/{kept['id']}/reruns"))
    assert (again["agreement"]["identical"], again["agreement"]["within"]) == (False, False)
    assert again["agreement"]["mean_difference"] == kept["figures"]["mean"] - 1
    assert ok(await org.risk.get(f"{SIMULATIONS}/{kept['id']}"))["figures"] == old["figures"]  # it stays as it was
    answer = await org.risk.post(f"{SIMULATIONS}/{kept['id']}/reruns", headers={"Prefer": "respond-async"})
    job = await _finished(org, answer.headers["Location"])
    assert ok(await org.risk.get(job["location"]))["rerun_of_id"] == kept["id"]
    reruns = ok(await org.risk.get(SIMULATIONS, params={"rerun_of_id": kept["id"]}))["items"]
    assert len(reruns) == 3
    problem(await other_org.admin.post(f"{SIMULATIONS}/{kept['id']}/reruns"), 404, "not-found")
    problem(await org.viewer.post(f"{SIMULATIONS}/{kept['id']}/reruns"), 403, "forbidden")


async def test_so_many_jobs_at_once_and_no_more(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org), FULL)
    draft = {"scenario_ids": [scenario["id"]], "simulation": "compound", "trials": 1_000_000}
    answers = [await org.risk.post(SIMULATIONS, json=draft, headers={"Prefer": "respond-async"}) for _ in range(30)]
    refused = next(answer for answer in answers if answer.status_code != 202)
    problem(refused, 409, "too-many-jobs")
    for answer in answers:
        if answer.status_code == 202:
            await org.risk.post(f"{answer.headers['Location']}/cancellations")


async def _finished(org: Organisation, path: str) -> dict[str, Any]:
    async def finished() -> dict[str, Any] | None:
        job = ok(await org.risk.get(path))
        return job if job["finished_at"] else None

    job: dict[str, Any] = await eventually(finished, within=60)
    assert job["state"] == "succeeded", job
    return job


def test_more_work_than_there_may_be_is_refused_with_how_much_is_possible() -> None:
    expectation = {"loss_event_frequency": 5_000, "compound_deviation": 1}
    plan: dict[str, Any] = {"annual": {}, "frequency": {"a": []}, "share": {}, "primary": {"b": []}, "secondary": {}}
    facts = rules.ScenarioFacts(uuid.uuid4(), uuid.uuid4(), "x", "EUR", True, {}, 1, plan, expectation)
    (fault,) = rules.faults_in([facts], SimulationKind.COMPOUND, 1_000_000)
    assert fault.pointer == "/trials"
    assert "399,840 trials" in fault.detail
    assert rules.faults_in([facts], SimulationKind.PRODUCT, 1_000_000) == []


async def test_a_treatment_returns_what_it_avoids_less_what_it_costs(org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    after = shallow(pert(0.05, 0.2, 0.8), A["loss_magnitude"]["estimate"])
    draft = {
        "title": "Access ends with employment",
        "yearly_cost": 40_000,
        "currency": "EUR",
        "changes": [{"scenario_id": scenario["id"], "after": after}],
    }
    kept = created(await org.risk.post(RETURNS, json=draft))
    assert kept == ok(await org.risk.get(f"{RETURNS}/{kept['id']}"))
    expected, figures = kept["expectation"], kept["figures"]
    assert expected["reduction"] == 182_039 - round(0.275 * 266_398.01)
    assert expected["net_benefit"] == expected["reduction"] - 40_000
    assert expected["return_on_cost"] == pytest.approx(expected["net_benefit"] / 40_000)
    assert figures["net_benefit"]["mean"] == figures["reduction"]["mean"] - 40_000
    assert figures["reduction"]["standard_error"] < figures["reduction"]["unpaired_standard_error"]
    listed = ok(await org.risk.get(RETURNS, params={"scenario_id": scenario["id"], "stale": False}))["items"]
    assert listed == [kept]
    assert ok(await org.risk.get(RETURNS, params={"scenario_id": str(uuid.uuid4())}))["items"] == []
    change = {"estimate": C, "rationale": "New cases."}
    ok(await org.risk.patch(f"{SCENARIOS}/{scenario['id']}", json=change, headers={"If-Match": '"1"'}))
    assert ok(await org.risk.get(f"{RETURNS}/{kept['id']}"))["stale"]


async def test_a_faulty_treatment_is_refused(org: Organisation) -> None:
    risk = await identified(org)
    euros, dollars = await estimated(org, risk), await estimated(org, risk, currency="USD")
    draft: dict[str, Any] = {"title": "T", "yearly_cost": 1, "currency": "EUR"}
    change = {"scenario_id": euros["id"], "after": A}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"yearly_cost": 0, "changes": [change]}, "/yearly_cost"),
        ({"changes": []}, "/changes"),
        ({"changes": [change, change]}, "/changes/1/scenario_id"),
        ({"changes": [change | {"scenario_id": dollars["id"]}]}, "/changes/0/scenario_id"),
        ({"changes": [change | {"scenario_id": str(uuid.uuid4())}]}, "/changes/0/scenario_id"),
        ({"changes": [change | {"after": {}}]}, "/changes/0/after"),
    ]
    for wrong, pointer in cases:
        refused = problem(await org.risk.post(RETURNS, json=draft | wrong), 422, "invalid")
        assert [error["pointer"] for error in refused["errors"]] == [pointer]


async def test_lists_are_filtered_and_synced(org: Organisation) -> None:
    risk, other = await identified(org), await identified(org, code="R-02")
    first = await estimated(org, risk, title="Alpha")
    second = await estimated(org, other, title="Beta")
    assert [item["id"] for item in ok(await org.risk.get(SCENARIOS, params={"risk_id": other}))["items"]] == [
        second["id"]
    ]
    assert [item["id"] for item in ok(await org.risk.get(SCENARIOS, params={"q": "alp"}))["items"]] == [first["id"]]
    await _simulated(org, first, second)
    for path, many in ((SCENARIOS, 2), (SIMULATIONS, 1), ("/v1/loss-results", 2)):
        since = {"updated_since": first["updated_at"]}
        assert len(ok(await org.risk.get(path, params=since))["items"]) == many
    assert ok(await org.risk.get(RETURNS, params={"updated_since": first["updated_at"]}))["items"] == []
    mine = ok(await org.risk.get(SIMULATIONS, params={"scenario_id": first["id"], "simulation": "compound"}))["items"]
    assert len(mine) == 1
    assert len(ok(await org.risk.get("/v1/loss-results", params={"risk_id": risk}))["items"]) == 1


async def test_who_may_not_see_losses_sees_none(org: Organisation, other_org: Organisation) -> None:
    scenario = await estimated(org, await identified(org))
    simulation = await _simulated(org, scenario)
    draft = {"scenario_ids": [scenario["id"]], "simulation": "product"}
    for path in (SCENARIOS, SIMULATIONS, "/v1/loss-results", RETURNS):
        problem(await org.viewer.get(path), 403, "forbidden")
        assert ok(await other_org.risk.get(path))["items"] == []
    problem(await org.viewer.post(SIMULATIONS, json=draft), 403, "forbidden")
    for path in (f"{SCENARIOS}/{scenario['id']}", f"{SIMULATIONS}/{simulation['id']}"):
        problem(await other_org.risk.get(path), 404, "not-found")
    refused = problem(await other_org.risk.post(SIMULATIONS, json=draft), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/scenario_ids/0"


def test_numpy_is_in_no_service(stack: Stack) -> None:
    """Only child processes import it, which have process numbers of their own."""
    mapped = Path(f"/proc/{stack.processes['risk'].pid}/maps").read_text(encoding="utf-8")
    assert "asyncpg" in mapped
    assert "numpy" not in mapped
