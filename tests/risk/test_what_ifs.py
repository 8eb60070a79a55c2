"""What if these controls failed: the same answer as when they do, and nothing is changed."""

from typing import Any
from uuid import uuid4

from shared.events.catalogue.controls import HealthState
from tests.risk.conftest import Controls
from tests.risk.given import answer, heard, identified, rated, read
from tests.support import Organisation, ok, problem


async def _what_if(org: Organisation, *controls: str) -> dict[str, Any]:
    return ok(await org.viewer.get("/v1/risk-what-ifs", params={"control_id": controls}))


async def test_what_would_happen_is_what_then_happens(org: Organisation, control: Controls) -> None:
    review, alert = control(), control(code="AC-02", title="Alert")
    both = [answer(review.id, steps=2), answer(alert.id, steps=2)]
    crossing = await identified(org, controls=both, inherent={"likelihood": 5, "impact": 4})
    await identified(org, code="R-02", controls=both[:1], inherent={"likelihood": 2, "impact": 2})
    await identified(org, code="R-03", controls=both[1:])
    for each in (review, alert):
        await each.is_(HealthState.HEALTHY)
    await heard(org, crossing, 1, health="healthy")
    before = await rated(org, crossing, "low")

    one = await _what_if(org, review.id)
    assert (one["risks"], one["raised"], one["crossing"]) == (2, 2, 0)
    assert [each["code"] for each in one["items"]] == ["R-01", "R-02"]
    assert one["items"][0]["after"] == {"likelihood": 3, "impact": 4, "level": "moderate"}
    together = await _what_if(org, review.id, alert.id)
    assert (together["risks"], together["raised"], together["crossing"]) == (3, 3, 2)
    first = together["items"][0]
    assert (first["id"], first["standing_after"], first["crosses"]) == (crossing, "above_appetite", True)
    assert await read(org, crossing) == before

    for each in (review, alert):
        await each.is_(HealthState.FAILING)
    raised = await rated(org, crossing, "high")
    assert (raised["current"], raised["standing"]) == (first["after"], first["standing_after"])
    assert (await _what_if(org, review.id, alert.id))["raised"] == 0


async def test_a_closed_risk_and_a_control_of_none_raise_nothing(org: Organisation) -> None:
    review = str(uuid4())
    risk = await identified(org, controls=[answer(review)])
    assert (await _what_if(org, review))["risks"] == 1
    ok(await org.risk.post(f"/v1/risks/{risk}/closures", json={"reason": "avoided", "note": "Sold."}))
    assert await _what_if(org, review) == {"control_ids": [review], "risks": 0, "raised": 0, "crossing": 0, "items": []}


async def test_the_controls_are_named_once(org: Organisation, other_org: Organisation) -> None:
    review = str(uuid4())
    problem(await org.viewer.get("/v1/risk-what-ifs"), 422, "invalid")
    problem(await org.viewer.get("/v1/risk-what-ifs", params={"control_id": [review, review]}), 422, "invalid")
    problem(await org.monitor.get("/v1/risk-what-ifs", params={"control_id": review}), 403, "forbidden")
    await identified(other_org, controls=[answer(review)])
    assert (await _what_if(org, review))["risks"] == 0
