"""Risks over HTTP: identified, revised, listed; refused with the field named."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.risk.given import DRAFT, answer, history, identified, kinds, read, trail
from tests.support import Organisation, created, ok, person, problem


async def test_a_risk_is_rated_when_it_is_identified(org: Organisation) -> None:
    response = await org.risk.post("/v1/risks", json=DRAFT)
    risk = created(response)
    assert risk == ok(await org.viewer.get(response.headers["Location"]))
    assert {name: risk[name] for name in DRAFT if name != "inherent"} == {
        **{name: value for name, value in DRAFT.items() if name != "inherent"},
        "owner": await person(org, "riley"),
    }
    assert risk["inherent"] == risk["current"] == {"likelihood": 5, "impact": 4, "level": "high"}
    assert (risk["level_rank"], risk["appetite"], risk["within_appetite"]) == (4, "moderate", False)
    assert (risk["version"], response.headers["ETag"], risk["controls"]) == (1, '"1"', [])
    assert risk["reasons"] == ["Likelihood 5 (Very high) and impact 4 (High) give High, above the appetite (Moderate)."]


async def test_what_is_announced_tells_the_rating_and_the_controls(org: Organisation) -> None:
    control = str(uuid.uuid4())
    risk = await identified(org, controls=[answer(control), answer(control, "impact", 1)])
    identifying, rating, exceeding = await trail(org, risk)
    assert kinds([identifying, rating, exceeding]) == ["identified", "rated", "exceeded_appetite"]
    assert identifying["version"] == rating["version"] == exceeding["version"] == 1
    told = {
        "code": "R-01",
        "title": DRAFT["title"],
        "status": "proposed",
        "owner_id": (await person(org, "riley"))["id"],
        "controls": [control],
    }
    assert identifying["data"] == told
    assert identifying["reason"] is None
    assert rating["data"] == exceeding["data"]
    assert exceeding["data"] == told | {
        "current": "high",
        "standing": "above_appetite",
        "appetite": "moderate",
        "tolerance": "high",
        "capacity": "very_high",
    }
    assert exceeding["reason"].endswith("above the appetite (Moderate).")


async def test_a_control_nobody_has_heard_of_yet_is_accepted_and_shown_as_such(org: Organisation) -> None:
    control = str(uuid.uuid4())
    risk = await read(org, await identified(org, controls=[answer(control)]))
    unknown = {"known": False, "code": None, "title": None, "health": None, "retired": None}
    assert risk["controls"] == [answer(control) | unknown]
    assert risk["reasons"][0] == f"Control {control} is not known yet and lowers nothing."


async def test_a_code_is_given_once(org: Organisation, other_org: Organisation) -> None:
    await identified(org)
    refused = problem(await org.risk.post("/v1/risks", json=DRAFT), 409, "code-taken")
    assert refused["errors"] == [{"pointer": "/code", "detail": "taken"}]
    await identified(other_org)


async def test_a_code_is_given_once_also_when_two_are_quick(org: Organisation) -> None:
    answers = await asyncio.gather(*(org.risk.post("/v1/risks", json=DRAFT) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


CONTROL = str(uuid.uuid4())
INVALID: list[tuple[dict[str, Any], str]] = [
    ({"inherent": {"likelihood": 6, "impact": 1}}, "/inherent/likelihood"),
    ({"inherent": {"likelihood": 1, "impact": 7}}, "/inherent/impact"),
    ({"inherent": {"likelihood": 0, "impact": 1}}, "/inherent/likelihood"),
    ({"inherent": {"likelihood": 1}}, "/inherent/impact"),
    ({"controls": [answer(CONTROL), answer(CONTROL, steps=1)]}, "/controls/1"),
    ({"controls": [answer(CONTROL, steps=5)]}, "/controls/0/steps"),
    ({"controls": [answer(CONTROL, effect_on="cost")]}, "/controls/0/effect_on"),
    ({"controls": [answer("AC-01")]}, "/controls/0/control_id"),
    ({"controls": [answer(str(uuid.uuid4())) for _ in range(51)]}, "/controls"),
    ({"treatment": "mitigate"}, "/treatment"),
    ({"category": "Security!"}, "/category"),
    ({"affects": ["reputation"]}, "/affects/0"),
    ({"inherent": {"likelihood": 1, "harm": 1, "impact": 1}}, "/inherent"),
    ({"inherent": {"occurrence": 1, "impact": 1}}, "/inherent"),
    ({"target": {"likelihood": 1, "impact": 5}, "reason": "x"}, "/target/impact"),
    ({"target": {"likelihood": 6, "impact": 1}, "reason": "x"}, "/target/likelihood"),
    ({"scenario": {"source": "x", "event": "y"}}, "/scenario/consequence"),
    ({"title": "a\u0000b"}, "/title"),
    ({"level": "low"}, "/level"),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    drafted = problem(await org.risk.post("/v1/risks", json=DRAFT | changes), 422, "invalid")
    assert pointer in {each["pointer"] for each in drafted["errors"]}
    risk = await identified(org)
    revised = await org.risk.patch(f"/v1/risks/{risk}", json=changes, headers={"If-Match": '"1"'})
    assert pointer in {each["pointer"] for each in problem(revised, 422, "invalid")["errors"]}
    assert (await read(org, risk))["version"] == 1


async def test_a_revision_rates_anew_and_says_what_it_changed(org: Organisation) -> None:
    risk = await identified(org)
    change: dict[str, Any] = {"title": "Leavers keep access", "inherent": {"likelihood": 2, "impact": 4}}
    unexplained = await org.risk.patch(f"/v1/risks/{risk}", json=change, headers={"If-Match": '"1"'})
    assert [each["pointer"] for each in problem(unexplained, 422, "invalid")["errors"]] == ["/reason"]
    change["reason"] = "Fewer people leave."
    response = await org.risk.patch(f"/v1/risks/{risk}", json=change, headers={"If-Match": '"1"'})
    revised = ok(response)
    assert (revised["version"], response.headers["ETag"], revised["owner"]) == (2, '"2"', await person(org, "riley"))
    assert revised["current"] == {"likelihood": 2, "impact": 4, "level": "low"}
    events = (await trail(org, risk))[3:]
    assert kinds(events) == ["revised", "rated", "back_within_appetite"]
    assert {event["version"] for event in events} == {2}
    assert events[0]["before"]["title"] == DRAFT["title"]
    assert (events[0]["before"]["inherent_likelihood"], events[0]["after"]["inherent_likelihood"]) == (5, 2)


async def test_a_revision_of_words_leaves_the_rating_alone(org: Organisation) -> None:
    risk = await identified(org)
    change = {"owner": "lee@example.com", "scenario": DRAFT["scenario"] | {"source": "Anyone"}}
    revised = ok(await org.risk.patch(f"/v1/risks/{risk}", json=change, headers={"If-Match": '"1"'}))
    assert (revised["owner"], revised["scenario"]["source"]) == (await person(org, "lee"), "Anyone")
    assert kinds(await trail(org, risk)) == ["identified", "rated", "exceeded_appetite", "revised"]
    assert len(await history(org, risk)) == 1


async def test_a_revision_needs_the_version_one_has_read(org: Organisation) -> None:
    path = f"/v1/risks/{await identified(org)}"
    problem(await org.risk.patch(path, json={"title": "x"}), 428, "precondition-required")
    problem(await org.risk.patch(path, json={"title": "x"}, headers={"If-Match": '"2"'}), 412, "stale")
    answers = await asyncio.gather(
        *(org.risk.patch(path, json={"title": f"x{n}"}, headers={"If-Match": '"1"'}) for n in range(4))
    )
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
    assert (await org.viewer.get(path, headers={"If-None-Match": '"2"'})).status_code == 304
    nothing = await org.risk.patch(f"/v1/risks/{uuid.uuid4()}", json={}, headers={"If-Match": "*"})
    problem(nothing, 404, "not-found")


async def test_the_same_request_again_gets_the_first_answer(org: Organisation) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = [await org.risk.post("/v1/risks", json=DRAFT, headers=headers) for _ in range(2)]
    assert created(again) == created(first)
    other = await org.risk.post("/v1/risks", json=DRAFT | {"code": "R-02"}, headers=headers)
    problem(other, 422, "key-reused")
    assert len(ok(await org.viewer.get("/v1/risks"))["items"]) == 1


async def test_a_list_is_filtered_sorted_and_read_in_pages(org: Organisation) -> None:
    control = str(uuid.uuid4())
    low = {"likelihood": 2, "impact": 2}
    await identified(org, controls=[answer(control)])
    await identified(org, code="R-02", title="50% of staff leave", category="people", inherent=low)
    third = await identified(org, code="R-03", owner="lee@example.com", inherent={"likelihood": 3, "impact": 3})

    async def codes(**query: Any) -> list[str]:
        return [each["code"] for each in ok(await org.viewer.get("/v1/risks", params=query))["items"]]

    assert await codes() == ["R-01", "R-02", "R-03"]
    assert await codes(sort="-level_rank") == ["R-01", "R-03", "R-02"]
    assert await codes(category="people") == ["R-02"]
    assert await codes(owner="lee@example.com") == ["R-03"]
    assert await codes(level="moderate") == ["R-03"]
    assert await codes(standing="above_appetite") == ["R-01"]
    assert await codes(status="proposed", owner_agreed=False, overridden=False) == ["R-01", "R-02", "R-03"]
    assert await codes(affects="availability") == []
    assert await codes(close_reason="avoided") == []
    assert await codes(within_appetite=False) == ["R-01"]
    assert await codes(within_appetite=True, sort="-code") == ["R-03", "R-02"]
    assert await codes(control_id=control) == ["R-01"]
    assert await codes(control_id=str(uuid.uuid4())) == []
    assert await codes(q="50%") == ["R-02"]
    assert await codes(q="former") == ["R-01", "R-03"]
    assert await codes(updated_since=(await read(org, third))["updated_at"]) == ["R-03"]

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "sort": "level_rank"}
    while True:
        page = ok(await org.viewer.get("/v1/risks", params=query))
        seen += [each["code"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == ["R-02", "R-03", "R-01"]


async def test_a_control_taken_off_a_risk_no_longer_finds_it(org: Organisation) -> None:
    control = str(uuid.uuid4())
    risk = await identified(org, controls=[answer(control)])
    revised = await org.risk.patch(f"/v1/risks/{risk}", json={"controls": []}, headers={"If-Match": '"1"'})
    assert ok(revised)["controls"] == []
    assert ok(await org.viewer.get("/v1/risks", params={"control_id": control}))["items"] == []


async def test_only_who_may_write_risks_does(org: Organisation) -> None:
    risk = await identified(org)
    created(await org.manager.post("/v1/risks", json=DRAFT | {"code": "R-02"}))
    for acting in (org.owner, org.reviewer, org.viewer):
        problem(await acting.post("/v1/risks", json=DRAFT | {"code": "R-03"}), 403, "forbidden")
        refused = await acting.patch(f"/v1/risks/{risk}", json={"title": "x"}, headers={"If-Match": '"1"'})
        problem(refused, 403, "forbidden")
        ok(await acting.get(f"/v1/risks/{risk}"))


async def test_another_organisation_sees_nothing(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(org)
    assert ok(await other_org.admin.get("/v1/risks"))["items"] == []
    problem(await other_org.admin.get(f"/v1/risks/{risk}"), 404, "not-found")
    problem(await other_org.admin.get(f"/v1/risks/{risk}/ratings"), 404, "not-found")
    revised = await other_org.admin.patch(f"/v1/risks/{risk}", json={"title": "x"}, headers={"If-Match": '"1"'})
    problem(revised, 404, "not-found")
