"""Methods over HTTP: the default, the first, its replacement, and what that does to the risks."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.risk.given import history, identified, kinds, read, trail
from tests.support import Organisation, created, ok, problem

CURRENT = "/v1/risk-methods/current"
METHODS = "/v1/risk-methods"


async def _terms(org: Organisation, **changes: Any) -> dict[str, Any]:
    """The method in force as one would send it back."""
    method = ok(await org.viewer.get(CURRENT))
    for name in ("is_default", "preset", "version", "created_at", "updated_at"):
        method.pop(name)
    return method | changes


async def test_an_organisation_that_has_set_none_uses_the_default(org: Organisation) -> None:
    response = await org.viewer.get(CURRENT)
    method = ok(response)
    assert (method["is_default"], method["preset"], method["version"]) == (True, "nist-800-30", 0)
    assert method["matrix"][4] == ["very_low", "low", "moderate", "high", "very_high"]
    assert response.headers["ETag"] == '"0"'
    assert (await org.viewer.get(CURRENT, headers={"If-None-Match": '"0"'})).status_code == 304


async def test_the_presets_can_be_looked_at(org: Organisation) -> None:
    presets = ok(await org.viewer.get(f"{METHODS}/presets"))["items"]
    assert [each["name"] for each in presets] == ["nist-800-30", "five-by-five"]
    assert "public domain" in presets[0]["source"]


async def test_the_first_is_set_from_a_preset_once(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    response = await org.risk.post(METHODS, json={"preset": "five-by-five"}, headers=headers)
    method = created(response)
    assert (method["is_default"], method["preset"], method["version"]) == (False, "five-by-five", 1)
    assert response.headers["Location"] == CURRENT
    assert ok(await org.viewer.get(CURRENT)) == method
    again = await org.risk.post(METHODS, json={"preset": "five-by-five"}, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(await org.risk.post(METHODS, json={"preset": "nist-800-30"}), 409, "method-set")
    assert [event["type"] for event in await trail(org, org.id)] == ["risk.method.set"]


async def test_the_first_may_be_the_organisations_own(org: Organisation) -> None:
    terms = await _terms(org, title="Ours", appetite={"default": "low", "by_category": {"fraud": "very_low"}})
    method = created(await org.risk.post(METHODS, json={"method": terms}))
    assert (method["title"], method["preset"], method["appetite"]["by_category"]) == (
        "Ours",
        None,
        {"fraud": "very_low"},
    )


async def test_two_who_set_the_first_at_once_do_not_both_succeed(org: Organisation) -> None:
    answers = await asyncio.gather(*(org.risk.post(METHODS, json={"preset": "five-by-five"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize("body", [{}, {"preset": "nist-800-30", "method": None, "more": 1}, {"preset": "fair"}])
async def test_the_first_is_one_thing_or_the_other(org: Organisation, body: dict[str, Any]) -> None:
    assert problem(await org.risk.post(METHODS, json=body), 422, "invalid")["errors"]


async def test_the_faulty_cell_is_named(org: Organisation) -> None:
    terms = await _terms(org)
    terms["matrix"][2][3] = "medium"
    first = problem(await org.risk.post(METHODS, json={"method": terms}), 422, "invalid")
    assert [each["pointer"] for each in first["errors"]] == ["/method/matrix/2/3"]
    replaced = problem(await org.risk.put(CURRENT, json=terms, headers={"If-Match": '"0"'}), 422, "invalid")
    assert [each["pointer"] for each in replaced["errors"]] == ["/matrix/2/3"]
    terms["matrix"] = terms["matrix"][:2]
    misshapen = problem(await org.risk.put(CURRENT, json=terms, headers={"If-Match": '"0"'}), 422, "invalid")
    assert "/matrix" in misshapen["errors"][0]["pointer"]
    assert ok(await org.viewer.get(CURRENT))["is_default"]


async def test_a_method_is_replaced_by_who_knows_its_version(org: Organisation) -> None:
    terms = await _terms(org, title="Ours")
    problem(await org.risk.put(CURRENT, json=terms), 428, "precondition-required")
    problem(await org.risk.put(CURRENT, json=terms, headers={"If-Match": '"1"'}), 412, "stale")
    first = await org.risk.put(CURRENT, json=terms, headers={"If-Match": '"0"'})
    assert (ok(first)["version"], first.headers["ETag"]) == (1, '"1"')
    problem(await org.risk.put(CURRENT, json=terms, headers={"If-Match": '"0"'}), 412, "stale")
    second = ok(await org.risk.put(CURRENT, json=terms | {"title": "Ours, again"}, headers={"If-Match": '"1"'}))
    assert (second["version"], second["title"], second["is_default"]) == (2, "Ours, again", False)


async def test_another_appetite_takes_risks_across_the_line_and_back(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 3, "impact": 3})
    other = await identified(org, code="R-02", category="people", inherent={"likelihood": 3, "impact": 3})
    strict = await _terms(org, title="Strict", appetite={"default": "moderate", "by_category": {"security": "low"}})
    ok(await org.risk.put(CURRENT, json=strict, headers={"If-Match": '"0"'}))
    above = await read(org, risk)
    assert (above["within_appetite"], above["appetite"], above["residual"]["level"]) == (False, "low", "moderate")
    assert (await read(org, other))["within_appetite"]

    lenient = strict | {"title": "Lenient", "appetite": {"default": "high", "by_category": {}}}
    ok(await org.risk.put(CURRENT, json=lenient, headers={"If-Match": '"1"'}))
    assert (await read(org, risk))["within_appetite"]
    events = await trail(org, risk)
    assert kinds(events) == ["identified", "rated", "exceeded_appetite", "back_within_appetite"]
    assert events[2]["reason"].startswith("The risk method 'Strict' was set. Likelihood 3 (Moderate)")
    assert [each["method_version"] for each in await history(org, risk)] == [0, 1, 2]


async def test_another_matrix_rates_every_risk_anew(org: Organisation) -> None:
    moved = await identified(org, inherent={"likelihood": 5, "impact": 1})
    stays = await identified(org, code="R-02", inherent={"likelihood": 3, "impact": 3})
    assert (await read(org, moved))["residual"]["level"] == "very_low"
    created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))
    assert (await read(org, moved))["residual"] == {"likelihood": 5, "impact": 1, "level": "moderate"}
    assert kinds(await trail(org, moved)) == ["identified", "rated", "rated"]
    assert kinds(await trail(org, stays)) == ["identified", "rated"]


async def test_a_scale_is_not_cut_while_risks_use_its_steps(org: Organisation) -> None:
    risk = await identified(org)
    terms = await _terms(org)
    short = terms | {
        "likelihood": terms["likelihood"][:3],
        "matrix": terms["matrix"][:3],
    }
    refused = problem(await org.risk.put(CURRENT, json=short, headers={"If-Match": '"0"'}), 409, "rated-beyond-scale")
    assert "R-01" in refused["detail"]
    problem(await org.risk.post(METHODS, json={"method": short}), 409, "rated-beyond-scale")
    lower = {"inherent": {"likelihood": 3, "impact": 4}}
    ok(await org.risk.patch(f"/v1/risks/{risk}", json=lower, headers={"If-Match": '"1"'}))
    ok(await org.risk.put(CURRENT, json=short, headers={"If-Match": '"0"'}))


async def test_only_who_may_set_a_method_does(org: Organisation) -> None:
    terms = await _terms(org)
    for acting in (org.manager, org.owner, org.reviewer, org.viewer):
        problem(await acting.post(METHODS, json={"preset": "nist-800-30"}), 403, "forbidden")
        problem(await acting.put(CURRENT, json=terms, headers={"If-Match": '"0"'}), 403, "forbidden")
        ok(await acting.get(CURRENT))


async def test_a_method_is_one_organisations(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(other_org, inherent={"likelihood": 5, "impact": 1})
    created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))
    assert ok(await other_org.viewer.get(CURRENT))["is_default"]
    assert (await read(other_org, risk))["version"] == 1
