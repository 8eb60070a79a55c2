"""What a token for one engagement shows of decisions on risks: treatments, acceptances and completed assessments."""

import io
import json
from datetime import timedelta
from typing import Any

import httpx
import pypdfium2

from deploy.client import eventually
from deploy.firm import Firm
from deploy.story import Story, implemented_control
from shared.clock import now
from tests.journeys.test_what_auditors_see import in_engagement
from tests.risk.treated import APPROVE, TARGET, a_task, a_treatment, day
from tests.support import Organisation, created, ok, problem

HIDDEN = "[a control outside the scope]"
RATING = {"inherent": {"likelihood": 5, "impact": 4}, "comment": "As AC-99 fails."}


async def _answered_by_both(org: Organisation) -> tuple[Story, str]:
    """A risk whose owner has agreed, answered by a control in the scope of the engagement and by one beside it."""
    story, beside = await Story.begin(org), await implemented_control(org, "AC-99")
    both = [{"control_id": each, "effect_on": "likelihood", "steps": 1} for each in (story.control, beside)]
    change = {"controls": both, "owner": "owner@example.com"}
    ok(await org.manager.patch(f"/v1/risks/{story.risk}", json=change, headers={"If-Match": "*"}))
    ok(await org.owner.post(f"/v1/risks/{story.risk}/agreements"))
    return story, beside


async def _shown(partner: httpx.AsyncClient, path: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await partner.get(path)
        return ok(answer) if answer.is_success else None

    return await eventually(there)


async def test_treatments_and_acceptances_name_no_control_beside_the_scope(org: Organisation, firm: Firm) -> None:
    story, beside = await _answered_by_both(org)
    planned = [{"control_id": each, "effect_on": "likelihood", "steps": 2} for each in (beside, story.control)]
    plan = a_treatment(story.risk, rationale="AC-99 is not enough.", controls=planned)
    treatment = created(await org.manager.post("/v1/treatments", json=plan))["id"]
    draft = created(await org.manager.post("/v1/treatments", json=plan))["id"]
    action = await a_task(org, treatment, text="Repair AC-99.")
    ok(await org.manager.post(f"/v1/treatments/{treatment}/proposals", json={}))
    ok(await org.owner.post(f"/v1/treatments/{treatment}/owner-decisions", json=APPROVE))
    expires = (now() + timedelta(days=90)).isoformat()
    retained = {"risk_id": story.risk, "rationale": "Until AC-99 works.", "expires_at": expires}
    more = {"compensating_control_ids": [beside, story.control]}
    acceptance = created(await org.manager.post("/v1/acceptances", json=retained | more))["id"]
    await in_engagement(org, firm, story)
    async with firm.acting("partner", story.engagement) as partner:
        seen = await _shown(partner, f"/v1/treatments/{treatment}")
        assert [each["control_id"] for each in seen["controls"]] == [story.control]
        assert [each["id"] for each in seen["frozen"]["controls"]] == [story.control]
        assert (seen["rationale"], seen["target"]) == (f"{HIDDEN} is not enough.", TARGET)
        assert seen["decisions"][0]["role"] == "owner"
        problem(await partner.get(f"/v1/treatments/{draft}"), 404, "not-found")
        assert [each["id"] for each in ok(await partner.get("/v1/treatments"))["items"]] == [treatment]
        for control, found in ((story.control, [treatment]), (beside, [])):
            listed = ok(await partner.get("/v1/treatments", params={"control_id": control}))["items"]
            assert [each["id"] for each in listed] == found
        assert ok(await partner.get(f"/v1/treatment-actions/{action}"))["text"] == f"Repair {HIDDEN}."
        assert len(ok(await partner.get("/v1/treatment-actions"))["items"]) == 1
        accepted = ok(await partner.get(f"/v1/acceptances/{acceptance}"))
        assert accepted["compensating_control_ids"] == [story.control]
        assert [each["id"] for each in accepted["frozen"]["controls"]] == [story.control]
        assert accepted["rationale"] == f"Until {HIDDEN} works."
        assert len(ok(await partner.get("/v1/acceptances"))["items"]) == 1
    whole = ok(await org.viewer.get(f"/v1/treatments/{treatment}"))
    assert [each["control_id"] for each in whole["controls"]] == [beside, story.control]
    assert len(whole["frozen"]["controls"]) == 2


async def test_an_assessment_is_told_as_an_extract(org: Organisation, firm: Firm) -> None:
    """Two risks are assessed, one of which no control in the scope answers."""
    story, beside = await _answered_by_both(org)
    other = ok(await org.viewer.get(f"/v1/risks/{story.risk}"))
    kept = ("title", "scenario", "category", "inherent")
    alone = {"code": "R-99", "owner": "owner@example.com", "controls": []} | {name: other[name] for name in kept}
    alone["inherent"] = RATING["inherent"]
    created(await org.risk.post("/v1/risks", json=alone))
    draft = {
        "title": "After AC-99 failed",
        "purpose": "AC-99 failed twice.",
        "criteria": ["soc2:CC3.2"],
        "scope": {"every_risk": True},
        "lead": "risk@example.com",
        "participants": ["owner@example.com"],
        "due_on": day(30),
    }
    key = created(await org.risk.post("/v1/risk-assessments", json=draft))["id"]
    path = f"/v1/risk-assessments/{key}"
    ok(await org.risk.post(f"{path}/starts"))
    for assessed in ok(await org.viewer.get(f"{path}/risks"))["items"]:
        ok(await org.owner.put(f"/v1/assessed-risks/{assessed['id']}/rating", json=RATING))
    ok(await org.risk.post(f"{path}/submissions"))
    ok(await org.admin.post(f"{path}/approvals", json={}))
    risks = [each["id"] for each in ok(await org.viewer.get("/v1/risks"))["items"]]
    await in_engagement(org, firm, story)
    async with firm.acting("partner", story.engagement) as partner:
        assert await _shown(partner, f"/v1/risks/{story.risk}")
        for part in ("", "/drift", "/comparison", "/document"):
            problem(await partner.get(path + part), 404, "not-found")
        ok(await org.risk.post(f"{path}/completions", json={"drift_seen": risks}))
        document = ok(await partner.get(f"{path}/document"))
        whole = ok(await org.viewer.get(f"{path}/document"))
        assert (document["is_whole"], whole["is_whole"]) == (False, True)
        assert document["digest"] == whole["digest"]
        (extract,) = document["record"]["risks"]
        assert ([each["control_id"] for each in extract["frozen"]["controls"]], extract["ratings"]) == (
            [story.control],
            [],
        )
        assert len(whole["record"]["risks"]) == 2
        assert document["record"]["purpose"] == f"{HIDDEN} failed twice."
        compared = ok(await partner.get(f"{path}/comparison"))
        assert [each["risk_id"] for each in compared["risks"]] == [story.risk]
        assert ok(await partner.get(f"{path}/drift"))["risks"] == []
        page = (await partner.get(f"{path}/document", params={"as": "html"})).text
        table = (await partner.get(f"{path}/document", params={"as": "csv"})).text
        printed = await partner.get(f"{path}/document", params={"as": "pdf"})
        said = _text(printed.content)
        for told in (json.dumps([document, compared]), page, table, said):
            assert "AC-99" not in told
            assert beside not in told
            assert "R-99" not in told
        assert "This is an extract for the engagement" in said
        assert "This is an extract" in page


def _text(pdf: bytes) -> str:
    texts = []
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_bounded())
            text.close()
            page.close()
    return " ".join(" ".join(texts).split())
