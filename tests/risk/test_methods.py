"""Versions of the method over HTTP: the default, drafts, previews, what is put in force, and what it does to risks."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.risk.given import DRAFT, history, identified, kinds, put_in_force, read, revised, trail
from tests.support import Organisation, created, eventually, ok, problem

CURRENT = "/v1/risk-methods/current"
METHODS = "/v1/risk-methods"
TRAFFIC_LIGHTS = ["#15803d", "#65a30d", "#d97706", "#dc2626", "#7f1d1d"]


async def _terms(org: Organisation, **changes: Any) -> dict[str, Any]:
    """The method in force as one would send it back."""
    terms: dict[str, Any] = ok(await org.viewer.get(CURRENT))["terms"]
    return terms | changes


def _appetite(default: str, **by_category: str) -> dict[str, Any]:
    others = {"tolerance": "high", "capacity": "very_high"}
    return {
        "default": {"appetite": default} | others,
        "by_category": {category: {"appetite": level} | others for category, level in by_category.items()},
    }


async def _drafted(org: Organisation, **changes: Any) -> str:
    terms = await _terms(org, **changes)
    return str(created(await org.risk.post(METHODS, json={"method": terms}))["id"])


async def _moves(org: Organisation, method: str, **query: Any) -> list[dict[str, Any]]:
    answer = ok(await org.viewer.get(f"{METHODS}/{method}/moves", params=query))
    items: list[dict[str, Any]] = answer["items"]
    return items


async def test_an_organisation_that_has_put_none_in_force_uses_the_default(org: Organisation) -> None:
    response = await org.viewer.get(CURRENT)
    method = ok(response)
    assert (method["is_default"], method["preset"], method["number"], method["id"]) == (True, "nist-800-30", 0, None)
    assert method["terms"]["matrix"][4] == ["very_low", "low", "moderate", "high", "very_high"]
    assert response.headers["ETag"] == '"0"'
    assert (await org.viewer.get(CURRENT, headers={"If-None-Match": '"0"'})).status_code == 304
    assert ok(await org.viewer.get(METHODS))["items"] == []


async def test_the_presets_can_be_looked_at(org: Organisation) -> None:
    presets = ok(await org.viewer.get(f"{METHODS}/presets"))["items"]
    assert [each["name"] for each in presets] == ["nist-800-30", "five-by-five", "three-by-three"]
    assert "public domain" in presets[0]["source"]


async def test_a_version_goes_from_draft_to_replaced(org: Organisation) -> None:
    response = await org.risk.post(METHODS, json={"preset": "five-by-five"})
    drafted = created(response)
    path = response.headers["Location"]
    assert ok(await org.viewer.get(path)) == drafted
    assert (drafted["number"], drafted["status"], drafted["warnings"], drafted["preview"]) == (1, "draft", [], None)
    problem(await org.risk.post(f"{path}/activations"), 409, "not-previewed")
    previewed = ok(await org.risk.post(f"{path}/previews"))
    assert (previewed["status"], previewed["preview"]["risks"]) == ("previewed", 0)
    in_force = ok(await org.risk.post(f"{path}/activations"))
    assert (in_force["status"], in_force["is_default"]) == ("in_force", False)
    assert ok(await org.viewer.get(CURRENT)) == in_force
    for verb in ("activations", "previews", "discards"):
        problem(await org.risk.post(f"{path}/{verb}"), 409, "conflict")

    second = await put_in_force(org, {"preset": "nist-800-30"})
    assert (second["number"], ok(await org.viewer.get(CURRENT))["id"]) == (2, second["id"])
    first = ok(await org.viewer.get(path))
    assert (first["status"], first["replaced_at"]) == ("replaced", second["put_in_force_at"])
    listed = ok(await org.viewer.get(METHODS))["items"]
    assert [each["number"] for each in listed] == [2, 1]
    since = {"updated_since": second["updated_at"]}
    assert len(ok(await org.viewer.get(METHODS, params=since))["items"]) == 2
    events = [event["type"].removeprefix("risk.method.") for event in await trail(org, drafted["id"])]
    assert events == ["drafted", "previewed", "put_in_force", "replaced"]


async def test_a_draft_is_changed_by_who_knows_its_version_and_previewed_again(org: Organisation) -> None:
    method = await _drafted(org)
    path = f"{METHODS}/{method}"
    ok(await org.risk.post(f"{path}/previews"))
    terms = await _terms(org, title="Ours")
    problem(await org.risk.put(path, json=terms), 428, "precondition-required")
    problem(await org.risk.put(path, json=terms, headers={"If-Match": '"1"'}), 412, "stale")
    changed = ok(await org.risk.put(path, json=terms, headers={"If-Match": '"2"'}))
    assert (changed["title"], changed["status"], changed["preview"]) == ("Ours", "draft", None)
    problem(await org.risk.post(f"{path}/activations"), 409, "not-previewed")
    discarded = ok(await org.risk.post(f"{path}/discards"))
    assert discarded["status"] == "discarded"
    problem(await org.risk.put(path, json=terms, headers={"If-Match": "*"}), 409, "conflict")
    nothing = f"{METHODS}/{uuid.uuid4()}"
    for path in (f"{nothing}/previews", f"{nothing}/activations", f"{nothing}/discards"):
        problem(await org.risk.post(path), 404, "not-found")


@pytest.mark.parametrize("body", [{}, {"preset": "nist-800-30", "method": None, "more": 1}, {"preset": "fair"}])
async def test_a_draft_is_one_thing_or_the_other(org: Organisation, body: dict[str, Any]) -> None:
    assert problem(await org.risk.post(METHODS, json=body), 422, "invalid")["errors"]


async def test_the_faulty_cell_is_named(org: Organisation) -> None:
    method = await _drafted(org)
    terms = await _terms(org)
    terms["matrix"][2][3] = "medium"
    first = problem(await org.risk.post(METHODS, json={"method": terms}), 422, "invalid")
    assert [each["pointer"] for each in first["errors"]] == ["/method/matrix/2/3"]
    changed = await org.risk.put(f"{METHODS}/{method}", json=terms, headers={"If-Match": '"1"'})
    assert [each["pointer"] for each in problem(changed, 422, "invalid")["errors"]] == ["/matrix/2/3"]


async def test_colours_that_some_do_not_see_are_warned_of(org: Organisation) -> None:
    terms = await _terms(org)
    for level, colour in zip(terms["levels"], TRAFFIC_LIGHTS, strict=True):
        level["colour"] = colour
    in_grey, with_protanopia = created(await org.risk.post(METHODS, json={"method": terms}))["warnings"]
    assert "in grey" in in_grey
    assert "protanopia" in with_protanopia


async def test_a_preview_tells_what_then_happens(org: Organisation) -> None:
    moved = await identified(org, inherent={"likelihood": 5, "impact": 1})
    await identified(org, code="R-02", inherent={"likelihood": 3, "impact": 3})
    closed = await identified(org, code="R-03", inherent={"likelihood": 1, "impact": 1})
    ok(await org.risk.post(f"/v1/risks/{closed}/closures", json={"reason": "no_longer_relevant", "note": "Sold."}))
    method = created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))["id"]
    assert await _moves(org, method) == []
    previewed = ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    assert previewed["preview"] == {"risks": 2, "up": 1, "down": 0, "same": 1, "exceeding": 0, "back": 0}
    up, same = await _moves(org, method)
    assert (up["risk_code"], up["direction"], up["crosses"]) == ("R-01", "up", False)
    assert (up["before"], up["after"]["level"]) == ({"likelihood": 5, "impact": 1, "level": "very_low"}, "moderate")
    assert (same["risk_code"], same["direction"]) == ("R-02", "same")
    assert await _moves(org, method, direction="up") == [up]
    assert await _moves(org, method, crosses=True) == []
    assert (await read(org, moved))["current"]["level"] == "very_low"

    ok(await org.risk.post(f"{METHODS}/{method}/activations"))
    assert (await read(org, moved))["current"] == up["after"]
    assert kinds(await trail(org, moved))[-1] == "rated"
    assert [each["method_number"] for each in await history(org, moved)] == [0, 1]
    assert len(await history(org, closed)) == 1


async def test_a_preview_that_no_longer_tells_the_truth_is_refused(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 5, "impact": 1})
    method = created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))["id"]
    ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    await revised(org, risk, inherent={"likelihood": 4, "impact": 1}, reason="Fewer cases.")
    problem(await org.risk.post(f"{METHODS}/{method}/activations"), 409, "preview-outdated")
    ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    assert len(await _moves(org, method)) == 1
    ok(await org.risk.post(f"{METHODS}/{method}/activations"))


async def test_two_who_put_methods_in_force_at_once_leave_one_in_force(org: Organisation) -> None:
    methods = [created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))["id"] for _ in range(3)]
    for method in methods:
        ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    answers = await asyncio.gather(*(org.risk.post(f"{METHODS}/{method}/activations") for method in methods))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    listed = ok(await org.viewer.get(METHODS, params={"status": "in_force"}))["items"]
    assert len(listed) == 1


async def test_another_appetite_takes_risks_across_the_line_and_back(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 3, "impact": 3})
    other = await identified(org, code="R-02", category="people", inherent={"likelihood": 3, "impact": 3})
    strict = await _terms(org, title="Strict", thresholds=_appetite("moderate", security="low"))
    method = await put_in_force(org, {"method": strict})
    assert method["preview"] == {"risks": 2, "up": 0, "down": 0, "same": 2, "exceeding": 1, "back": 0}
    assert [each["risk_code"] for each in await _moves(org, method["id"], crosses=True)] == ["R-01"]
    above = await read(org, risk)
    assert (above["standing"], above["appetite"], above["current"]["level"]) == ("above_appetite", "low", "moderate")
    assert (await read(org, other))["within_appetite"]

    await put_in_force(org, {"method": strict | {"title": "Lenient", "thresholds": _appetite("high")}})
    assert (await read(org, risk))["within_appetite"]
    events = await trail(org, risk)
    assert kinds(events) == ["identified", "rated", "exceeded_appetite", "back_within_appetite"]
    assert events[2]["reason"].startswith("The risk method 'Strict' was put in force. Likelihood 3 (Moderate)")
    assert [each["method_number"] for each in await history(org, risk)] == [0, 1, 2]


async def test_each_limit_that_is_exceeded_is_announced(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 3, "impact": 3})
    limits = {"appetite": "very_low", "tolerance": "very_low", "capacity": "low"}
    await put_in_force(org, {"method": await _terms(org, thresholds={"default": limits})})
    assert (await read(org, risk))["standing"] == "above_capacity"
    assert kinds(await trail(org, risk)) == [
        "identified",
        "rated",
        "exceeded_appetite",
        "exceeded_tolerance",
        "exceeded_capacity",
    ]


async def test_a_scale_is_not_cut_while_risks_use_its_steps(org: Organisation) -> None:
    risk = await identified(org)
    terms = await _terms(org, likelihood_table=None)
    short = terms | {"likelihood": terms["likelihood"][:3], "matrix": terms["matrix"][:3]}
    method = created(await org.risk.post(METHODS, json={"method": short}))["id"]
    refused = problem(await org.risk.post(f"{METHODS}/{method}/previews"), 409, "rated-beyond-scale")
    assert "R-01" in refused["detail"]
    await revised(org, risk, inherent={"likelihood": 3, "impact": 4}, reason="Fewer cases.")
    ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    await revised(org, risk, inherent={"likelihood": 5, "impact": 4}, reason="More cases.")
    problem(await org.risk.post(f"{METHODS}/{method}/activations"), 409, "rated-beyond-scale")


async def test_a_method_of_four_eyes_is_put_in_force_by_another(org: Organisation) -> None:
    method = await _drafted(org, four_eyes=True)
    ok(await org.risk.post(f"{METHODS}/{method}/previews"))
    problem(await org.risk.post(f"{METHODS}/{method}/activations"), 403, "separation-of-duties")
    ok(await org.admin.post(f"{METHODS}/{method}/activations"))
    lax = created(await org.risk.post(METHODS, json={"preset": "three-by-three"}))["id"]
    ok(await org.risk.post(f"{METHODS}/{lax}/previews"))
    problem(await org.risk.post(f"{METHODS}/{lax}/activations"), 403, "separation-of-duties")


async def test_a_long_register_is_previewed_and_rated_by_jobs(org: Organisation) -> None:
    risk = await identified(org, inherent={"likelihood": 5, "impact": 1})
    method = created(await org.risk.post(METHODS, json={"preset": "five-by-five"}))["id"]
    for verb in ("previews", "activations"):
        headers = {"Prefer": "respond-async"}
        job = await org.risk.post(f"{METHODS}/{method}/{verb}", headers=headers)
        assert job.status_code == 202

        async def succeeded(path: str = job.headers["Location"]) -> bool:
            return bool(ok(await org.risk.get(path))["state"] == "succeeded")

        await eventually(succeeded)
    assert (await read(org, risk))["current"]["level"] == "moderate"


async def test_only_who_may_write_methods_does(org: Organisation) -> None:
    method = await _drafted(org)
    terms = await _terms(org)
    for acting in (org.manager, org.owner, org.reviewer, org.viewer):
        problem(await acting.post(METHODS, json={"preset": "nist-800-30"}), 403, "forbidden")
        problem(await acting.put(f"{METHODS}/{method}", json=terms, headers={"If-Match": '"1"'}), 403, "forbidden")
        for verb in ("previews", "activations", "discards"):
            problem(await acting.post(f"{METHODS}/{method}/{verb}"), 403, "forbidden")
        ok(await acting.get(CURRENT))


async def test_a_method_is_one_organisations(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(other_org, inherent={"likelihood": 5, "impact": 1})
    method = await put_in_force(org, {"preset": "five-by-five"})
    assert ok(await other_org.viewer.get(CURRENT))["is_default"]
    assert (await read(other_org, risk))["method_number"] == 0
    for path in (f"{METHODS}/{method['id']}", f"{METHODS}/{method['id']}/moves"):
        problem(await other_org.viewer.get(path), 404, "not-found")
    assert ok(await other_org.viewer.get(METHODS))["items"] == []


async def test_likelihood_is_found_by_occurrence_and_harm(org: Organisation) -> None:
    risk = await identified(org, inherent={"occurrence": 4, "harm": 2, "impact": 4})
    found = await read(org, risk)
    assert (found["inherent"]["likelihood"], found["likelihood_from"]) == (3, {"occurrence": 4, "harm": 2})
    beyond = {"inherent": {"occurrence": 6, "harm": 2, "impact": 4}}
    refused = problem(await org.risk.post("/v1/risks", json=DRAFT | {"code": "R-02"} | beyond), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/inherent/occurrence"]
