"""ISO audits: nonconformities that both parties work on, and a certificate that others decide on."""

import uuid
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.firm import Firm
from services.audit.engagements.engagements.rules import months_after
from services.audit.engagements.known_firms.queries import licences_of
from services.audit.judgement.certificates.rules import last_day, surveillance_by
from services.audit.judgement.nonconformities.models import NonconformityGrade, NonconformityStatus
from services.audit.judgement.nonconformities.rules import AuditeeStep, NonconformityStep, after, lets_certify
from shared.data.sessions import Database
from tests.audit.given import day, moved, planned, type2
from tests.support import Organisation, created, eventually, ok, problem

FOUND = {
    "requirement": "iso27001:9.2.2",
    "grade": "major",
    "statement": "The internal audit programme does not cover the second site.",
    "evidence": "Programme of 2026, version 3.",
}
PLAN = {
    "correction": "Audited.",
    "cause": "Opened in May.",
    "action": "Sites come from the register.",
    "due_on": "2026-12-31",
}
SHOWN = {"text": "The programme, version 4."}
GRANT = {"outcome": "granted", "scope": "The platform.", "soa_version": "Version 4", "reason": "As recommended."}


@pytest.fixture(scope="session")
async def firm(operator: httpx.AsyncClient) -> AsyncIterator[Firm]:
    """A certification body, whose accreditation is verified."""
    body = await Firm.found(operator, f"Berg Certification {uuid.uuid4()}", "certification_body")
    yield body
    await body.close()


async def audited(
    org: Organisation, firm: Firm, database: Database, kind: str = "iso27001_stage2", start: int = -30, **changes: Any
) -> str:
    """An audit of ten days in reporting, with a manager and staff on its team; the partner is on none."""
    draft = type2(start, start + 10, kind=kind, firm_id=firm.id, **changes)
    engagement = await planned(org, draft, uuid.uuid4())
    await moved(database, org, engagement, "accepted", "planning", "fieldwork", "evaluation", "reporting")
    for person in ("manager", "staff"):
        await firm.assign(engagement["id"], person)
    return str(engagement["id"])


async def test_a_major_nonconformity_is_verified_before_others_grant_the_certificate(
    org: Organisation, firm: Firm, database: Database
) -> None:
    engagement = await audited(org, firm, database)
    decisions = f"/v1/engagements/{engagement}/certification-decisions"
    async with (
        firm.acting("manager", engagement) as manager,
        firm.acting("staff", engagement) as staff,
        firm.acting("partner") as decider,
        firm.acting("manager") as auditor,
    ):
        made = created(await staff.post(f"/v1/engagements/{engagement}/nonconformities", json=FOUND))
        path = f"/v1/nonconformities/{made['id']}"
        assert ok(await org.viewer.get(path))["status"] == "raised"
        problem(await decider.post(decisions, json=GRANT), 409, "conflict")
        await moved(database, org, {"id": engagement}, "issued")
        late = await staff.post(f"/v1/engagements/{engagement}/nonconformities", json=FOUND)
        problem(late, 409, "conflict")
        problem(await auditor.post(decisions, json=GRANT), 403, "separation-of-duties")
        problem(await decider.post(decisions, json=GRANT), 409, "not-certifiable")
        deferred = created(await decider.post(decisions, json=GRANT | {"outcome": "deferred"}))
        assert (deferred["status"], deferred["valid_until"]) == ("deferred", None)
        problem(await org.manager.post(f"{path}/plans", json=PLAN), 409, "conflict")
        ok(await org.manager.post(f"{path}/acknowledgements"))
        problem(await org.manager.post(f"{path}/acknowledgements"), 409, "conflict")
        assert ok(await org.manager.post(f"{path}/plans", json=PLAN))["plan"]["cause"] == PLAN["cause"]
        problem(await org.manager.post(f"{path}/evidence", json=SHOWN), 409, "conflict")
        accept = {"step": "accept_plan", "reason": "It meets the cause."}
        problem(await staff.post(f"{path}/decisions", json=accept), 403, "forbidden")
        ok(await manager.post(f"{path}/decisions", json=accept))
        problem(await decider.post(decisions, json=GRANT), 409, "not-certifiable")
        ok(await org.manager.post(f"{path}/evidence", json=SHOWN))
        verified = ok(await manager.post(f"{path}/decisions", json={"step": "verify", "reason": "Read."}))
        assert [each["step"] for each in verified["history"]][-2:] == ["submit_evidence", "verify"]
        granted = created(await decider.post(decisions, json=GRANT))
        assert granted["valid_until"] == last_day(date.fromisoformat(granted["decided_on"])).isoformat()
        assert ok(await org.viewer.get(f"/v1/certificates/{granted['id']}"))["expired"] is False
        problem(await decider.post(decisions, json=GRANT), 409, "not-certifiable")
        changes = f"/v1/certificates/{granted['id']}/changes"
        assert ok(await decider.post(changes, json={"step": "suspend", "reason": "Fees."}))["status"] == "suspended"
        problem(await decider.post(changes, json={"step": "suspend", "reason": "Again."}), 409, "conflict")
        restore = {"step": "restore", "reason": "Paid."}
        problem(await auditor.post(changes, json=restore), 403, "separation-of-duties")
        problem(await decider.post(changes, json={"step": "reduce", "reason": "One site."}), 422, "invalid")
        missing = f"/v1/certificates/{uuid.uuid4()}/changes"
        problem(await decider.post(missing, json={"step": "restore", "reason": "None."}), 404, "not-found")
    for subject, count in ((made["id"], 6), (granted["id"], 2)):
        for party in (org.admin, firm.admin):
            told = ok(await party.get("/v1/services/audit/trail", params={"subject": subject}))["items"]
            assert len(told) == count
    listed = ok(await org.viewer.get("/v1/certificates", params={"status": "suspended", "expired": "false"}))
    assert [each["id"] for each in listed["items"]] == [granted["id"]]


async def test_a_major_nonconformity_that_is_verified_after_six_months_needs_another_stage_2(
    org: Organisation, firm: Firm, database: Database
) -> None:
    engagement = await audited(org, firm, database, start=-220)
    async with firm.acting("manager", engagement) as manager, firm.acting("partner") as decider:
        made = await verified(org, manager, engagement)
        assert (made["number"], made["verified_at"] is not None) == (1, True)
        assert made["verify_by"] == months_after(date.fromisoformat(day(-210)), 6).isoformat()
        await moved(database, org, {"id": engagement}, "issued")
        decisions = f"/v1/engagements/{engagement}/certification-decisions"
        problem(await decider.post(decisions, json=GRANT), 409, "another-stage-needed")
        created(await decider.post(decisions, json=GRANT | {"outcome": "deferred"}))
    again = await audited(org, firm, database, follows_id=engagement)
    await moved(database, org, {"id": again}, "issued")
    async with firm.acting("staff", again) as staff, firm.acting("partner") as decider:
        assert ok(await staff.get("/v1/nonconformities"))["items"][0]["id"] == made["id"]
        created(await decider.post(f"/v1/engagements/{again}/certification-decisions", json=GRANT))
    proposal = ok(await org.viewer.get(f"/v1/engagements/{again}/successor-proposal"))["engagement"]
    assert (proposal["kind"], proposal["follows_id"]) == ("iso27001_surveillance", again)
    assert proposal["period_end"] < day(365)
    created(await org.manager.post("/v1/engagements", json=proposal))


async def verified(org: Organisation, manager: httpx.AsyncClient, engagement: str) -> dict[str, Any]:
    """A major nonconformity, through all its steps to verified."""
    made = created(await manager.post(f"/v1/engagements/{engagement}/nonconformities", json=FOUND))
    path = f"/v1/nonconformities/{made['id']}"
    ok(await org.manager.post(f"{path}/acknowledgements"))
    ok(await org.manager.post(f"{path}/plans", json=PLAN))
    ok(await manager.post(f"{path}/decisions", json={"step": "accept_plan", "reason": "It meets the cause."}))
    ok(await org.manager.post(f"{path}/evidence", json=SHOWN))
    return ok(await manager.post(f"{path}/decisions", json={"step": "verify", "reason": "Read."}))


async def test_the_next_audit_takes_up_what_was_left_open(org: Organisation, firm: Firm, database: Database) -> None:
    engagement = await audited(org, firm, database)
    async with firm.acting("manager", engagement) as manager:
        minor = FOUND | {"grade": "minor"}
        made = created(await manager.post(f"/v1/engagements/{engagement}/nonconformities", json=minor))
    path = f"/v1/nonconformities/{made['id']}"
    ok(await org.manager.post(f"{path}/acknowledgements"))
    ok(await org.manager.post(f"{path}/plans", json=PLAN))
    other = await audited(org, firm, database, "iso27001_surveillance")
    accept = {"step": "accept_plan", "reason": "It meets the cause."}
    async with firm.acting("manager", other) as manager:
        problem(await manager.post(f"{path}/decisions", json=accept), 404, "not-found")
        problem(await manager.get(path), 404, "not-found")
    surveillance = await audited(org, firm, database, "iso27001_surveillance", follows_id=engagement)
    async with firm.acting("manager", surveillance) as manager:
        assert ok(await manager.post(f"{path}/decisions", json=accept))["status"] == "plan_accepted"


async def test_no_certificate_is_granted_without_an_accreditation_in_force(
    org: Organisation, operator: httpx.AsyncClient, database: Database
) -> None:
    body = await Firm.found(operator, f"Lapsed Certification {uuid.uuid4()}", "certification_body")
    engagement, earlier = await audited(org, body, database), await audited(org, body, database)
    for audit in (engagement, earlier):
        await moved(database, org, {"id": audit}, "issued")
    async with body.acting("partner") as decider:
        granted = created(await decider.post(f"/v1/engagements/{earlier}/certification-decisions", json=GRANT))
        changes = f"/v1/certificates/{granted['id']}/changes"
        ok(await decider.post(changes, json={"step": "suspend", "reason": "Fees."}))
    (licence,) = ok(await body.admin.get("/v1/licences", params={"kind": "accreditation", "firm_id": body.id}))["items"]
    ok(await body.admin.post(f"/v1/licences/{licence['id']}/withdrawals", json={"reason": "It lapsed."}))

    async def refused() -> bool:
        async with database.transaction(uuid.UUID(body.id)) as session:
            known = await licences_of(session, uuid.UUID(body.id))
        return all(each.status == "withdrawn" for each in known if each.kind == "accreditation")

    await eventually(refused)
    async with body.acting("partner") as decider:
        path = f"/v1/engagements/{engagement}/certification-decisions"
        assert "accreditation" in problem(await decider.post(path, json=GRANT), 409, "not-certifiable")["detail"]
        problem(await decider.post(changes, json={"step": "restore", "reason": "Paid."}), 409, "not-certifiable")
    await body.close()


async def test_nobody_decides_on_an_answer_of_their_own(
    org: Organisation, operator: httpx.AsyncClient, database: Database
) -> None:
    """In an internal audit both parties are people of one organisation."""
    team = await Firm.begin(org.id, str(operator.base_url).rstrip("/"), org.credentials)
    engagement = (await planned(org, type2(-30, -20, kind="iso27001_internal", firm_id=org.id), uuid.uuid4()))["id"]
    await moved(database, org, {"id": engagement}, "accepted", "planning", "fieldwork")
    for person in ("manager", "staff"):
        await team.assign(engagement, person)
    staff_member = {"roles": ["compliance-manager"]}
    async with team.acting("staff", engagement) as staff, team.acting("manager", engagement) as manager:
        made = created(await staff.post(f"/v1/engagements/{engagement}/nonconformities", json=FOUND))
        path = f"/v1/nonconformities/{made['id']}"
        (member,) = [
            each
            for each in ok(await org.admin.get("/v1/members", params={"limit": "200"}))["items"]
            if each["person"]["name"] == "Manager" and each["issuer"]
        ]
        tag = {"If-Match": "*"}
        ok(await org.admin.patch(f"/v1/members/{member['id']}", json=staff_member, headers=tag))
        async with team.acting("manager") as auditee:
            ok(await auditee.post(f"{path}/acknowledgements"))
            ok(await auditee.post(f"{path}/plans", json=PLAN))
        accept = {"step": "accept_plan", "reason": "It meets the cause."}
        problem(await manager.post(f"{path}/decisions", json=accept), 403, "separation-of-duties")
    await team.close()


async def test_what_an_iso_audit_refuses(org: Organisation, firm: Firm, database: Database) -> None:
    stage1 = await audited(org, firm, database, "iso27001_stage1")
    engagement = await audited(org, firm, database)
    async with firm.acting("manager", stage1) as early, firm.acting("partner") as decider:
        problem(await early.post(f"/v1/engagements/{stage1}/nonconformities", json=FOUND), 409, "not-an-iso-audit")
        problem(
            await decider.post(f"/v1/engagements/{stage1}/certification-decisions", json=GRANT), 409, "not-certifiable"
        )
        nowhere = f"/v1/engagements/{uuid.uuid4()}"
        problem(await decider.post(f"{nowhere}/certification-decisions", json=GRANT), 404, "not-found")
        problem(await early.post(f"{nowhere}/nonconformities", json=FOUND), 404, "not-found")
    problem(await org.admin.post(f"/v1/engagements/{engagement}/certification-decisions", json=GRANT), 403, "forbidden")
    async with firm.acting("manager", engagement) as manager:
        made = created(await manager.post(f"/v1/engagements/{engagement}/nonconformities", json=FOUND))
        path = f"/v1/nonconformities/{made['id']}"
        regrade = {"step": "regrade", "reason": "One site of nine."}
        problem(await manager.post(f"{path}/decisions", json=regrade), 422, "invalid")
        assert ok(await manager.post(f"{path}/decisions", json=regrade | {"grade": "minor"}))["grade"] == "minor"
        missing = f"/v1/nonconformities/{uuid.uuid4()}"
        problem(await manager.post(f"{missing}/decisions", json=regrade | {"grade": "minor"}), 404, "not-found")
        listed = ok(await manager.get("/v1/nonconformities", params={"grade": "minor"}))["items"]
        assert [each["id"] for each in listed] == [made["id"]]
        problem(await manager.post(f"{path}/acknowledgements"), 403, "forbidden")
    for verb, body in (("acknowledgements", None), ("plans", PLAN), ("evidence", SHOWN)):
        problem(await org.manager.post(f"{missing}/{verb}", json=body), 404, "not-found")


_STEPS = st.lists(st.sampled_from([*AuditeeStep, *NonconformityStep]), max_size=20)


@given(steps=_STEPS, grade=st.sampled_from(NonconformityGrade))
def test_nothing_certifies_around_a_nonconformity(steps: list[Any], grade: NonconformityGrade) -> None:
    """Whatever is tried: a major one lets certify once it was verified, a minor one once its plan was accepted."""
    status, taken = NonconformityStatus.RAISED, []
    for step in steps:
        if (to := after(step, status)) is not None:
            status = to
            taken.append(step)
    needed = NonconformityStep.VERIFY if grade == NonconformityGrade.MAJOR else NonconformityStep.ACCEPT_PLAN
    assert not lets_certify([(grade, status)]) or needed in taken


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_certificate_lasts_three_years(day: date) -> None:
    assert 1094 <= (last_day(day) - day).days <= 1095
    assert 365 <= (surveillance_by(day) - day).days <= 366
