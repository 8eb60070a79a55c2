"""The way to an ISO/IEC 27001 certificate: stage 1 with areas of concern, stage 2 with a major nonconformity.

Both parties act by HTTP with their own tokens, through every gate. People of the body who did not audit decide.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pypdfium2
import pytest

from deploy.firm import Firm
from deploy.story import implemented_control
from tests.audit.examined import SIGNED, Examined, downloaded
from tests.audit.given import day, scoped
from tests.journeys import certified
from tests.journeys.kept import keep
from tests.support import Organisation, created, ok, problem


@pytest.fixture
async def body(operator: httpx.AsyncClient) -> AsyncIterator[Firm]:
    """A certification body: accredited, with no licence of accountants."""
    founded = await Firm.found(operator, "Example Certification AG", kind="certification_body")
    yield founded
    await founded.close()


@pytest.fixture
async def org(operator: httpx.AsyncClient) -> AsyncIterator[Organisation]:
    """The organization that is certified, as its reports name it."""
    founded = await Organisation.found(operator, "Example Cloud, Inc.")
    yield founded
    await founded.close()


async def in_fieldwork(org: Organisation, body: Firm, draft: dict[str, Any], control: str) -> str:
    """An audit that the body has accepted, planned and begun; its lead auditor and an auditor are the team."""
    engagement = created(await org.manager.post("/v1/engagements", json=draft))
    ok(await scoped(org, engagement, UUID(control)))
    key = str(engagement["id"])
    created(await org.manager.post(f"/v1/engagements/{key}/proposals", json={"firm_id": body.id}))
    await body.accept(org.manager, key, "partner", "staff")
    plan = {"kind": "audit_plan", "title": "Audit plan", "dated_on": day(0), "signatories": SIGNED}
    async with body.acting("partner", key) as lead:
        await moved(lead, key, "planning")
        problem(await lead.post(f"/v1/engagements/{key}/phases", json={"phase": "fieldwork"}), 409, "gates-open")
        created(await lead.post(f"/v1/engagements/{key}/documents", json=plan))
        await moved(lead, key, "fieldwork")
    return key


async def moved(lead: httpx.AsyncClient, engagement: str, *phases: str) -> None:
    for phase in phases:
        ok(await lead.post(f"/v1/engagements/{engagement}/phases", json={"phase": phase}))


async def reported(org: Organisation, lead: httpx.AsyncClient, engagement: str, words: dict[str, Any]) -> bytes:
    """The PDF of the report that the lead auditor writes, management reviews, and the body issues."""
    examined = Examined(org, {"id": engagement}, "", lead, lead, lead)
    report = created(await lead.post(f"{examined.path}/audit-reports", json=words))
    path = f"/v1/audit-reports/{report['id']}"
    ok(await lead.post(f"{path}/management-reviews"))
    ok(await lead.post(f"{path}/approvals", json={"content_sha256": report["content_sha256"]}))
    await examined.rendered(report)
    pdf = await downloaded(lead, report)
    read = {"sha256": hashlib.sha256(pdf).hexdigest()}
    assert ok(await lead.post(f"{path}/issuances", json=read))["status"] == "issued"
    assert ok(await org.viewer.get(f"/v1/engagements/{engagement}"))["phase"] == "issued"
    return pdf


async def stage_1(org: Organisation, body: Firm, control: str) -> tuple[str, list[str]]:
    """Stage 1 with its report; it notes two areas of concern, of which the client answers one."""
    draft = {"kind": "iso27001_stage1", "title": "Stage 1", "period_start": day(-40), "period_end": day(-39)}
    engagement = await in_fieldwork(org, body, draft, control)
    async with body.acting("partner", engagement) as lead, body.acting("staff", engagement) as auditor:
        path = f"/v1/engagements/{engagement}/areas-of-concern"
        noted = [created(await auditor.post(path, json=each))["id"] for each in certified.CONCERNS]
        problem(
            await lead.post(f"/v1/engagements/{engagement}/nonconformities", json=certified.MAJOR),
            409,
            "not-an-iso-audit",
        )
        await moved(lead, engagement, "evaluation", "reporting")
        pdf = await reported(org, lead, engagement, certified.stage1_words())
        assert_says(pdf, *(each["statement"] for each in certified.CONCERNS), "proceed to stage 2")
        await moved(lead, engagement, "completed")
    keep("iso27001-stage1-report.pdf", pdf)
    ok(await org.manager.post(f"/v1/areas-of-concern/{noted[0]}/answers", json={"text": certified.REVIEWED}))
    return engagement, noted


async def corrected(org: Organisation, lead: httpx.AsyncClient, raised: str, plan: dict[str, Any]) -> None:
    """A nonconformity until the body has accepted the auditee's correction, cause and corrective action."""
    path = f"/v1/nonconformities/{raised}"
    ok(await org.manager.post(f"{path}/acknowledgements"))
    ok(await org.manager.post(f"{path}/plans", json=plan))
    accepted = {"step": "accept_plan", "reason": "The action meets the cause."}
    assert ok(await lead.post(f"{path}/decisions", json=accepted))["status"] == "plan_accepted"


async def test_a_certificate_is_granted_by_people_who_did_not_audit(org: Organisation, body: Firm) -> None:
    control = await implemented_control(org, "AC-01")
    first, (review, programme) = await stage_1(org, body, control)
    proposed = ok(await org.manager.get(f"/v1/engagements/{first}/successor-proposal"))["engagement"]
    assert (proposed["kind"], proposed["follows_id"]) == ("iso27001_stage2", first)
    draft = proposed | {"period_start": day(-12), "period_end": day(-8)}
    engagement = await in_fieldwork(org, body, draft, control)
    path = f"/v1/engagements/{engagement}"
    async with (
        body.acting("partner", engagement) as lead,
        body.acting("staff", engagement) as auditor,
        body.acting("manager") as decider,
        body.acting("partner") as audited,
    ):
        answered = ok(await lead.get(f"/v1/areas-of-concern/{review}"))
        assert answered["answer"]["text"] == certified.REVIEWED
        ok(await lead.post(f"/v1/areas-of-concern/{review}/clearances", json={"reason": certified.CLEARED}))
        minor = created(await auditor.post(f"{path}/nonconformities", json=certified.MINOR))
        await moved(lead, engagement, "evaluation")
        problem(await lead.post(f"{path}/phases", json={"phase": "reporting"}), 409, "gates-open")
        raised = certified.MAJOR | {"concern_id": programme}
        major = created(await auditor.post(f"{path}/nonconformities", json=raised))
        await moved(lead, engagement, "reporting")
        await corrected(org, lead, major["id"], certified.MAJOR_PLAN)
        await corrected(org, lead, minor["id"], certified.MINOR_PLAN)
        granting = {"audit": certified.stage2_words()["audit"] | {"recommendation": "grant"}}
        problem(await lead.post(f"{path}/audit-reports", json=granting), 422, "invalid")
        pdf = await reported(org, lead, engagement, certified.stage2_words())
        keep("iso27001-stage2-report.pdf", pdf)
        texts = [found[name] for found in (certified.MAJOR, certified.MINOR) for name in ("statement", "evidence")]
        plans = [plan[name] for plan in (certified.MAJOR_PLAN, certified.MINOR_PLAN) for name in ("cause", "action")]
        assert_says(pdf, *texts, *plans, certified.CLEARED, "Raised as nonconformity NC-2", certified.APPLICABILITY)
        decisions = f"{path}/certification-decisions"
        grant = {"outcome": "granted", "scope": certified.SCOPE, "soa_version": certified.APPLICABILITY}
        grant |= {"reason": "As the audit team recommends, once the major nonconformity was verified."}
        problem(await audited.post(decisions, json=grant), 403, "separation-of-duties")
        problem(await decider.post(decisions, json=grant), 409, "not-certifiable")
        problem(await lead.post(f"{path}/phases", json={"phase": "completed"}), 409, "gates-open")
        ok(await org.manager.post(f"/v1/nonconformities/{major['id']}/evidence", json={"text": certified.SHOWN}))
        effective = {"step": "verify", "reason": "Remote work was audited; the programme covers the whole scope."}
        assert ok(await lead.post(f"/v1/nonconformities/{major['id']}/decisions", json=effective))["verified_at"]
        closed = {"step": "close", "reason": "Nothing is left to do."}
        assert ok(await lead.post(f"/v1/nonconformities/{major['id']}/decisions", json=closed))["status"] == "closed"
        granted = created(await decider.post(decisions, json=grant))
        await moved(lead, engagement, "completed")
    seen = ok(await org.viewer.get(f"/v1/certificates/{granted['id']}"))
    assert (seen["status"], seen["soa_version"], seen["expired"]) == ("granted", certified.APPLICABILITY, False)
    assert seen["decided_by"]["person"]["name"] == "Manager"
    next_audit = ok(await org.viewer.get(f"{path}/successor-proposal"))["engagement"]
    assert next_audit["kind"] == "iso27001_surveillance"
    assert next_audit["period_end"] <= seen["surveillance_by"]
    await takes_up(org, body, next_audit, control, minor["id"])


async def takes_up(org: Organisation, body: Firm, draft: dict[str, Any], control: str, minor: str) -> None:
    """The surveillance audit verifies what was left to do about the minor nonconformity."""
    surveillance = await in_fieldwork(org, body, draft, control)
    shown = {"text": "Training records of the last two months."}
    ok(await org.manager.post(f"/v1/nonconformities/{minor}/evidence", json=shown))
    async with body.acting("partner", surveillance) as lead:
        effective = {"step": "verify", "reason": "All records of the sample are complete."}
        assert ok(await lead.post(f"/v1/nonconformities/{minor}/decisions", json=effective))["status"] == "verified"


def assert_says(pdf: bytes, *texts: str) -> None:
    """That the text of a PDF, as another program reads it, has all of these; where lines break does not matter."""
    with pypdfium2.PdfDocument(pdf) as document:
        said = _squeezed("".join(page.get_textpage().get_text_bounded() for page in document))
    for text in texts:
        assert _squeezed(text) in said, text


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad\ufffe-]+", "", text)
