"""The story, end to end through the gateway: what Attest is for."""

from datetime import UTC, datetime, timedelta

from deploy.story import Story
from tests.demo.outlet import Outlet, outlet
from tests.support import Organisation, eventually, ok

SERVICES = ("gateway", "controls", "evidence", "risk", "audit")  # those that the story has something to record in


async def test_expired_evidence_becomes_a_candidate_and_renewal_remediates_it(org: Organisation) -> None:
    story = await Story.begin(org)
    await story.provide()
    await story.until_healthy()
    await story.until_within_appetite(within=True)

    await story.until_expired()
    await story.sweep()
    failing = await story.until_failing()
    assert "expired" in failing["reasons"][0]
    risk = await story.until_within_appetite(within=False)
    assert any("AC-01" in reason for reason in risk["reasons"])
    candidate = await story.until_candidate("raised")
    assert candidate["control_code"] == "AC-01"

    await story.provide(covers_until=datetime.now(UTC) + timedelta(days=90))
    await story.until_healthy()
    await story.until_within_appetite(within=True)
    remediated = await story.until_candidate("remediated")
    assert remediated["id"] == candidate["id"]
    assert remediated["remediated_at"]
    assert [each["risk_id"] for each in remediated["risks"]] == [story.risk], "the record keeps what it led to"


async def test_each_step_is_in_a_trail_that_verifies_and_names_its_cause(org: Organisation) -> None:
    story = await Story.begin(org)
    await story.provide()
    await story.until_expired()
    await story.sweep()
    await story.until_candidate("raised")

    async def trail(service: str, kind: str) -> dict[str, object]:
        items = ok(await org.admin.get(f"/v1/services/{service}/trail", params={"type": kind}))["items"]
        return dict(items[-1])

    expired = await trail("evidence", "evidence.item.expired")
    failing = await trail("controls", "controls.health.failing")
    exceeded = await trail("risk", "risk.risk.exceeded_appetite")
    raised = await trail("audit", "audit.candidate.raised")
    assert failing["cause"] == expired["id"]
    assert exceeded["cause"] == failing["id"]
    assert raised["cause"] == failing["id"]

    for service in SERVICES:

        async def verified(service: str = service) -> bool:
            result = ok(await org.admin.get(f"/v1/services/{service}/trail/verification"))
            return bool(result["status"] != "broken" and result["sealed"] and not result["unsealed"])

        assert await eventually(verified)


async def test_a_receiver_of_webhooks_is_told_once_of_each_step(org: Organisation) -> None:
    async with outlet(org) as out:
        assert out is not None
        story = await Story.begin(org)
        await story.provide()
        await story.until_expired()
        await story.sweep()
        candidate = await story.until_candidate("raised")
        webhook = await out.until_delivered(candidate["id"])
        assert webhook.event["data"]["engagement_id"] == story.engagement
        await eventually(lambda: _of_three_types(out))
        assert out.require_each_once() >= 3


async def _of_three_types(out: Outlet) -> bool:
    """Candidate, failing control and risk above appetite."""
    return len({each.event["type"] for each in out.receiver.events()}) == 3


async def test_nothing_of_it_is_seen_by_another_organisation(org: Organisation, other_org: Organisation) -> None:
    story = await Story.begin(org)
    await story.provide()
    for path in ("controls", "evidence", "expectations", "risks", "engagements", "candidates", "programmes"):
        assert ok(await other_org.admin.get(f"/v1/{path}"))["items"] == []
    for path in (
        f"/v1/controls/{story.control}",
        f"/v1/controls/{story.control}/health",
        f"/v1/evidence/{story.item}",
        f"/v1/evidence/{story.item}/content",
        f"/v1/expectations/{story.expectation}",
        f"/v1/risks/{story.risk}",
        f"/v1/engagements/{story.engagement}",
    ):
        assert (await other_org.admin.get(path)).status_code == 404
