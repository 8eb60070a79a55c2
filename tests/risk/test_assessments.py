"""Risk assessments: frozen at the start, rated by participants, approved by others, applied in one transaction."""

import csv
import io
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import httpx
import pypdfium2
import pytest

from deploy.local.stack import Stack
from services.risk.app import SERVICE
from services.risk.assessments.assessed_risks.queries import AssessedRiskQuery, assessed_risks
from services.risk.assessments.assessments.actions import (
    announce_due,
    hand_over_approval,
    hand_over_lead,
    hand_over_rating,
)
from services.risk.assessments.assessments.queries import AssessmentQuery, assessments
from services.risk.register.known_engagements.models import KnownEngagement
from shared.canonical import canonical
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from shared.identity.callers import Fence
from shared.people.duties import Handover
from tests.risk.conftest import Controls
from tests.risk.given import answer, heard, history, identified, put_in_force, read, revised, trail
from tests.support import Organisation, created, ok, person, problem, settings_of

TODAY = datetime.now(UTC).date()
HIGH = {"likelihood": 5, "impact": 4}
MODERATE = {"likelihood": 4, "impact": 3}
DRAFT: dict[str, Any] = {
    "title": "Annual risk assessment",
    "purpose": "The yearly assessment of risks to the service commitments.",
    "criteria": ["soc2:CC3.2", "iso27001:8.2"],
    "scope": {"every_risk": True},
    "lead": "risk@example.com",
    "participants": ["owner@example.com", "manager@example.com"],
    "raters_needed": 2,
    "due_on": str(TODAY + timedelta(days=30)),
}
NO = str(uuid.uuid4())


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[Database]:
    opened = Database(settings_of(stack, "risk"), SERVICE.recompute)
    yield opened
    await opened.close()


async def drafted(org: Organisation, **changes: Any) -> str:
    made = created(await org.risk.post("/v1/risk-assessments", json=DRAFT | changes))
    return f"/v1/risk-assessments/{made['id']}"


async def started(org: Organisation, **changes: Any) -> str:
    path = await drafted(org, **changes)
    ok(await org.risk.post(f"{path}/starts"))
    return path


async def risks_in(org: Organisation, path: str) -> dict[str, dict[str, Any]]:
    return {each["risk_code"]: each for each in ok(await org.viewer.get(f"{path}/risks"))["items"]}


async def rate(
    acting: httpx.AsyncClient, org: Organisation, path: str, code: str = "R-01", /, **inherent: int
) -> httpx.Response:
    assessed = (await risks_in(org, path))[code]["id"]
    body = {"inherent": inherent or MODERATE, "comment": "Two such cases last year."}
    return await acting.put(f"/v1/assessed-risks/{assessed}/rating", json=body)


async def agreed(org: Organisation, path: str, *codes: str, **inherent: int) -> None:
    for code in codes or ("R-01",):
        for acting in (org.owner, org.manager):
            ok(await rate(acting, org, path, code, **inherent))


async def approved(org: Organisation, path: str) -> None:
    ok(await org.risk.post(f"{path}/submissions"))
    ok(await org.admin.post(f"{path}/approvals", json={}))


async def complete(org: Organisation, path: str, **body: Any) -> httpx.Response:
    return await org.risk.post(f"{path}/completions", json=body)


async def test_an_assessment_from_draft_to_the_register(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, inherent=HIGH, target=HIGH, controls=[answer(review.id, "likelihood", 2)])
    await review.is_(HealthState.HEALTHY)
    await heard(org, risk, 0, health="healthy")
    path = await started(org)
    frozen = (await risks_in(org, path))["R-01"]
    assert frozen["status"] == "untouched"
    assert [each["health"] for each in frozen["frozen"]["controls"]] == ["healthy"]
    assert (frozen["frozen"]["inherent"]["likelihood"], frozen["frozen"]["current"]["likelihood"]) == (5, 3)
    duties = ok(await org.viewer.get("/v1/services/risk/duties", params={"noun": "risk_assessment"}))["items"]
    assert sorted(each["duty"] for each in duties) == ["lead", "participant", "participant"]

    first = ok(await rate(org.owner, org, path, **MODERATE))
    assert (first["status"], first["result"]) == ("rated", None)
    second = ok(await rate(org.manager, org, path, **MODERATE))
    assert (second["status"], second["result"]["inherent"]["likelihood"]) == ("confirmed", 4)
    assert second["result"]["current"]["likelihood"] == 2  # by the frozen health
    await approved(org, path)
    done = ok(await complete(org, path, note="Seen."))
    assert (done["status"], done["progress"]["confirmed"], done["overdue"]) == ("completed", 1, False)
    now = await read(org, risk)
    assert (now["inherent"]["likelihood"], now["inherent"]["impact"]) == (4, 3)
    assert (now["target"]["likelihood"], now["target"]["impact"]) == (4, 3)  # never above the inherent one
    assert now["assessment_id"] == done["id"]
    last = (await history(org, risk))[-1]
    assert (last["assessment_id"], last["inherent"]["likelihood"]) == (done["id"], 4)
    assert last["reason"] == "The risk assessment 'Annual risk assessment' was completed."
    told = [event["type"].removeprefix("risk.assessment.") for event in await trail(org, done["id"])]
    assert told == ["drafted", "started", "submitted", "approval_given", "approved", "completed"]
    rated = [event["type"].rpartition(".")[2] for event in await trail(org, frozen["id"])]
    assert rated == ["rated", "rated", "confirmed"]

    document = ok(await org.viewer.get(f"{path}/document"))
    assert sha256(canonical(document["record"])).hexdigest() == document["digest"] == done["digest"]
    assert document["is_whole"]
    problem(await org.risk.post(f"{path}/cancellations", json={"reason": "Late."}), 409, "conflict")
    await revised(org, risk, inherent=HIGH, reason="More customers.")
    assert (await read(org, risk))["assessment_id"] is None
    found = ok(await org.viewer.get("/v1/risk-assessments", params={"criterion": "iso27001:8.2", "q": "annual"}))
    assert [each["id"] for each in found["items"]] == [done["id"]]


async def test_a_confirmed_rating_is_in_the_history_though_nothing_moved(org: Organisation) -> None:
    risk = await identified(org, inherent=MODERATE)
    path = await started(org)
    await agreed(org, path, **MODERATE)
    await approved(org, path)
    done = ok(await complete(org, path))
    ratings = await history(org, risk)
    assert [each["assessment_id"] for each in ratings] == [None, done["id"]]
    assert ratings[0]["inherent"] == ratings[1]["inherent"]


async def test_who_disagrees_disputes_and_another_resolves(org: Organisation) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org)
    assessed = (await risks_in(org, path))["R-01"]["id"]
    at = f"/v1/assessed-risks/{assessed}"
    decision = {"inherent": HIGH, "reason": "The cases count more."}
    problem(await org.risk.post(f"{at}/resolutions", json=decision), 409, "not-disputed")
    ok(await rate(org.owner, org, path, **MODERATE))
    disputed = ok(await rate(org.manager, org, path, **HIGH))
    assert (disputed["status"], len(disputed["ratings"])) == ("disputed", 2)
    problem(await org.risk.post(f"{path}/submissions"), 409, "risks-undecided")
    problem(await org.manager.post(f"{at}/resolutions", json=decision), 403, "separation-of-duties")
    wrong = {"inherent": {"likelihood": 7, "impact": 1}, "reason": "x"}
    refused = problem(await org.risk.post(f"{at}/resolutions", json=wrong), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/inherent/likelihood"
    resolved = ok(await org.risk.post(f"{at}/resolutions", json=decision))
    assert (resolved["status"], resolved["result"]["inherent"]["impact"]) == ("resolved", 4)
    problem(await rate(org.owner, org, path, **HIGH), 409, "conflict")
    assert ok(await org.viewer.get(at)) == (await risks_in(org, path))["R-01"]
    kinds = [event["type"].rpartition(".")[2] for event in await trail(org, assessed)]
    assert kinds == ["rated", "rated", "disputed", "resolved"]


async def test_approvers_rated_nothing_and_returns_begin_anew(org: Organisation) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org, approvers_needed=2)
    problem(await org.risk.post(f"{path}/submissions"), 409, "risks-undecided")
    problem(await rate(org.risk, org, path), 403, "only-participants-rate")
    await agreed(org, path)
    problem(await org.admin.post(f"{path}/approvals", json={}), 409, "conflict")
    ok(await org.risk.post(f"{path}/submissions"))
    problem(await org.risk.post(f"{path}/approvals", json={}), 403, "separation-of-duties")  # who submitted it
    problem(await org.manager.post(f"{path}/approvals", json={}), 403, "separation-of-duties")  # who rated
    assert ok(await org.admin.post(f"{path}/approvals", json={"note": "Seen."}))["status"] == "submitted"
    problem(await org.admin.post(f"{path}/approvals", json={}), 403, "separation-of-duties")  # twice
    returned = ok(await org.admin.post(f"{path}/returns", json={"reason": "The supplier is left out."}))
    assert (returned["status"], returned["round"]) == ("returned", 2)
    problem(await complete(org, path), 409, "conflict")
    ok(await rate(org.owner, org, path, **HIGH))
    ok(await rate(org.manager, org, path, **HIGH))
    ok(await org.risk.post(f"{path}/submissions"))
    assert ok(await org.admin.post(f"{path}/approvals", json={}))["status"] == "submitted"
    done = ok(await org.second_manager.post(f"{path}/approvals", json={}))
    assert (done["status"], [each["round"] for each in done["approvals"]]) == ("approved", [1, 2, 2])


async def test_what_moved_is_shown_and_has_to_be_named(org: Organisation, control: Controls) -> None:
    review = control()
    risk = await identified(org, inherent=HIGH, controls=[answer(review.id)])
    gone = await identified(org, code="R-02", inherent={"likelihood": 1, "impact": 1})
    await review.is_(HealthState.HEALTHY)
    await heard(org, risk, 0, health="healthy")
    path = await started(org)
    assert ok(await org.viewer.get(f"{path}/drift"))["risks"] == []
    await agreed(org, path, "R-01", "R-02")
    await approved(org, path)
    await review.is_(HealthState.FAILING)
    await heard(org, risk, 0, health="failing")
    await revised(org, risk, category="privacy", owner="owner@example.com", controls=[answer(review.id, steps=3)])
    ok(await org.risk.post(f"/v1/risks/{gone}/closures", json={"reason": "avoided", "note": "Sold."}))
    moved = {each["risk_code"]: each for each in ok(await org.viewer.get(f"{path}/drift"))["risks"]}
    codes = {change["code"] for change in moved["R-01"]["changes"]}
    assert codes == {"current", "category", "owner", "control_added", "control_removed"}
    assert [change["code"] for change in moved["R-02"]["changes"]] == ["closed"]
    refused = problem(await complete(org, path, drift_seen=[risk]), 409, "drift-unseen")
    assert refused["errors"][0]["detail"].startswith("R-02: The risk was closed")
    ok(await complete(org, path, drift_seen=[risk, gone]))
    rows = await risks_in(org, path)
    assert (rows["R-01"]["applied"], rows["R-02"]["applied"]) == (True, False)
    assert {change["code"] for change in rows["R-01"]["drift"]} == codes
    assert len(ok(await org.viewer.get(f"{path}/drift"))["risks"]) == 2
    assert (await read(org, gone))["assessment_id"] is None


async def test_an_assessment_by_a_replaced_method_is_not_applied(org: Organisation) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org)
    await agreed(org, path)
    await approved(org, path)
    await put_in_force(org, {"preset": "five-by-five"})
    problem(await complete(org, path), 409, "method-replaced")
    cancelled = ok(await org.risk.post(f"{path}/cancellations", json={"reason": "Another method is in force."}))
    assert cancelled["status"] == "cancelled"


async def test_what_a_draft_may_say_and_what_is_frozen(org: Organisation) -> None:
    risk = await identified(org, inherent=MODERATE)
    for changes, pointer in (
        ({"scope": {"risk_ids": [NO]}}, "/scope/risk_ids/0"),
        ({"raters_needed": 3}, "/participants"),
        ({"criteria": ["CC3.1"]}, "/criteria/0"),
    ):
        refused = problem(await org.risk.post("/v1/risk-assessments", json=DRAFT | changes), 422, "invalid")
        assert refused["errors"][0]["pointer"] == pointer
    weak = DRAFT | {"participants": ["monitor@example.com"], "raters_needed": 1}
    problem(await org.risk.post("/v1/risk-assessments", json=weak), 422, "person-without-permission")
    unknown = DRAFT | {"lead": "nobody@example.com"}
    problem(await org.risk.post("/v1/risk-assessments", json=unknown), 422, "unknown-person")
    path = await drafted(org, scope={"categories": ["nothing"]})
    problem(await org.viewer.get(f"{path}/document"), 409, "not-started")
    problem(await org.viewer.get(f"{path}/drift"), 409, "not-started")
    problem(await org.viewer.get(f"{path}/comparison"), 409, "not-started")
    problem(await org.risk.post(f"{path}/starts"), 409, "empty-scope")
    problem(await org.risk.patch(path, json={"title": "x"}), 428, "precondition-required")
    scope = {"risk_ids": [risk]}
    seen = ok(await org.risk.patch(path, json={"scope": scope, "raters_needed": 1}, headers={"If-Match": "*"}))
    assert seen["scope"]["risk_ids"] == [risk]
    ok(await org.risk.post(f"{path}/starts"))
    whom = {"participants": weak["participants"]}
    problem(await org.risk.patch(path, json=whom, headers={"If-Match": "*"}), 422, "person-without-permission")
    problem(await org.risk.patch(path, json={"title": "Another"}, headers={"If-Match": "*"}), 409, "assessment-frozen")
    later = {"participants": ["manager@example.com"], "due_on": str(TODAY + timedelta(days=60))}
    changed = ok(await org.risk.patch(path, json=later, headers={"If-Match": "*"}))
    assert [each["name"] for each in changed["participants"]] == ["Manager"]
    problem(await rate(org.owner, org, path), 403, "only-participants-rate")
    assert ok(await rate(org.manager, org, path))["status"] == "confirmed"


async def test_the_due_day_is_announced_once(org: Organisation, database: Database) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org)
    key = path.rpartition("/")[2]
    noon = datetime.combine(TODAY + timedelta(days=30), datetime.min.time(), UTC) + timedelta(hours=12)
    for days in (20, 6, 3, 0, -1, -2):
        for _ in range(2):
            async with database.transaction(uuid.UUID(org.id)) as session:
                await announce_due(session, as_of=noon - timedelta(days=days), limit=100)
    assert [event["type"] for event in await trail(org, key)][2:] == [
        "risk.assessment.due_soon",
        "risk.assessment.overdue",
    ]
    later: dict[str, str | bool] = {"as_of": str(TODAY + timedelta(days=31)), "overdue": True}
    assert [each["id"] for each in ok(await org.viewer.get("/v1/risk-assessments", params=later))["items"]] == [key]


async def test_the_next_assessment_is_compared_with_the_last(org: Organisation) -> None:
    await identified(org, code="R-01", inherent=HIGH)
    await identified(org, code="R-02", inherent=MODERATE)
    ids = {each["code"]: each["id"] for each in ok(await org.viewer.get("/v1/risks"))["items"]}
    first = await started(org, scope={"risk_ids": [ids["R-01"], ids["R-02"]]})
    alone = ok(await org.viewer.get(f"{first}/comparison"))
    assert (alone["with_id"], alone["current"]) == (None, {"entered": 2})
    await agreed(org, first, "R-01", "R-02", **HIGH)
    await approved(org, first)
    ok(await complete(org, first))
    await identified(org, code="R-03", inherent=MODERATE)
    third = {each["code"]: each["id"] for each in ok(await org.viewer.get("/v1/risks"))["items"]}["R-03"]
    second = await started(org, scope={"risk_ids": [ids["R-01"], third]}, title="The next one")
    open_ = ok(await org.viewer.get(f"{second}/comparison"))
    assert open_["inherent"] == {"undecided": 1, "entered": 1, "left": 1}
    await agreed(org, second, "R-01", "R-03", likelihood=1, impact=1)
    beside = ok(await org.viewer.get(f"{second}/comparison"))
    assert beside["with_id"] == first.rpartition("/")[2]
    assert [(each["risk_code"], each["inherent"]) for each in beside["risks"]] == [
        ("R-01", "down"),
        ("R-02", "left"),
        ("R-03", "entered"),
    ]
    other_way = ok(await org.viewer.get(f"{first}/comparison", params={"with": second.rpartition("/")[2]}))
    assert other_way["inherent"] == {"up": 1, "left": 1, "entered": 1}
    page = (await org.viewer.get(f"{second}/document", params={"as": "html"})).text
    assert "Compared with “Annual risk assessment”" in page


async def test_the_document_as_page_pdf_and_table(org: Organisation) -> None:
    await identified(org, inherent=MODERATE, title="<b>=HYPERLINK</b>")
    path = await started(org)
    draft = await org.viewer.get(f"{path}/document", params={"as": "pdf"})
    await agreed(org, path)
    await approved(org, path)
    ok(await complete(org, path, note="All seen."))
    done = await org.viewer.get(f"{path}/document", params={"as": "pdf"})
    assert done.headers["content-type"] == "application/pdf"
    assert "DRAFT" in _text(draft.content)
    said = _text(done.content)
    assert "DRAFT" not in said
    for word in ("Annual risk assessment", "soc2:CC3.2", "Admin", "Two such cases last year.", "R-01", "All seen."):
        assert word in said
    assert done.content == (await org.viewer.get(f"{path}/document", params={"as": "pdf"})).content
    page = await org.viewer.get(f"{path}/document", params={"as": "html"})
    assert "&lt;b&gt;=HYPERLINK" in page.text
    table = await org.viewer.get(f"{path}/document", params={"as": "csv"})
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert (row["code"], row["state"], row["likelihood_assessed"], row["applied"]) == ("R-01", "confirmed", "4", "yes")
    assert row["ratings"].count("likelihood 4, impact 3. Two such cases last year.") == 2


def _text(pdf: bytes) -> str:
    texts = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_bounded())
            text.close()
            page.close()
    return " ".join(" ".join(texts).split())


async def test_an_auditor_sees_completed_assessments_of_risks_in_the_scope(
    org: Organisation, stack: Stack, database: Database, control: Controls
) -> None:
    inside, outside = control(), control(code="AC-02")
    await identified(org, code="R-01", inherent=MODERATE, controls=[answer(inside.id)])
    await identified(org, code="R-02", inherent=MODERATE, controls=[answer(inside.id), answer(outside.id, "impact")])
    await identified(org, code="R-03", inherent=MODERATE)
    engagement, firm = uuid.uuid4(), uuid.uuid4()
    async with database.transaction(uuid.UUID(org.id)) as session:
        session.add(
            KnownEngagement(
                org_id=uuid.UUID(org.id),
                id=engagement,
                firm_id=firm,
                readable=True,
                control_ids=[uuid.UUID(inside.id)],
                version=1,
            )
        )
    path = await started(org)
    await agreed(org, path, "R-01", "R-02", "R-03")
    await approved(org, path)
    key = uuid.UUID(path.rpartition("/")[2])
    before = await _as_auditor(stack, engagement, firm, key)
    assert before == ([], {})
    ok(await complete(org, path))
    heads, risks = await _as_auditor(stack, engagement, firm, key)
    assert [each["id"] for each in heads] == [str(key)]
    assert risks.keys() == {"R-01", "R-02"}
    assert len(risks["R-01"]["ratings"]) == 2
    assert (risks["R-02"]["ratings"], risks["R-02"]["status"]) == ([], "confirmed")
    assert [each["control_id"] for each in risks["R-02"]["frozen"]["controls"]] == [inside.id]
    assert await _as_auditor(stack, engagement, uuid.uuid4(), key) == ([], {})


async def _as_auditor(
    stack: Stack, engagement: uuid.UUID, firm: uuid.UUID, key: uuid.UUID
) -> tuple[list[Any], dict[str, Any]]:
    fence = Fence("app.engagement", f"{engagement}/{firm}")
    connection = await asyncpg.connect(stack.environment("risk")["ATTEST_AUDITOR_DATABASE_URL"])
    try:
        heads = await assessments.read(connection, fence, AssessmentQuery(as_of=TODAY))
        rows = await assessed_risks.read(connection, fence, AssessedRiskQuery(), assessment_id=key)
    finally:
        await connection.close()
    items = _items(rows)
    return _items(heads), {each["risk_code"]: each for each in items}


def _items(body: bytes) -> list[Any]:
    items: list[Any] = httpx.Response(200, content=body).json()["items"]
    return items


async def test_who_may_and_what_another_organisation_sees(org: Organisation, other_org: Organisation) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org)
    assessed = (await risks_in(org, path))["R-01"]["id"]
    problem(await org.viewer.post("/v1/risk-assessments", json=DRAFT), 403, "forbidden")
    problem(await org.owner.post(f"{path}/starts"), 403, "forbidden")
    rating = {"inherent": MODERATE, "comment": "x"}
    problem(await org.monitor.put(f"/v1/assessed-risks/{assessed}/rating", json=rating), 403, "forbidden")
    problem(await org.viewer.put(f"/v1/assessed-risks/{assessed}/rating", json=rating), 403, "only-participants-rate")
    for verb, body in (
        ("starts", None),
        ("submissions", None),
        ("approvals", {}),
        ("returns", {"reason": "x"}),
        ("completions", {}),
        ("cancellations", {"reason": "x"}),
    ):
        problem(await other_org.admin.post(f"{path}/{verb}", json=body), 404, "not-found")
        problem(await org.viewer.post(f"{path}/{verb}", json=body), 403, "forbidden")
    for part in ("", "/risks", "/drift", "/comparison", "/document"):
        problem(await other_org.viewer.get(f"{path}{part}"), 404, "not-found")
    problem(await other_org.admin.put(f"/v1/assessed-risks/{assessed}/rating", json=rating), 404, "not-found")
    decision = {"inherent": MODERATE, "reason": "x"}
    problem(await other_org.admin.post(f"/v1/assessed-risks/{assessed}/resolutions", json=decision), 404, "not-found")
    missing = await other_org.admin.patch(path, json={"due_on": DRAFT["due_on"]}, headers={"If-Match": "*"})
    problem(missing, 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/risk-assessments"))["items"] == []


async def test_only_named_approvers_approve_and_none_of_them_rates(org: Organisation, database: Database) -> None:
    await identified(org, inherent=MODERATE)
    named = {"approvers": ["second_manager@example.com"]}
    for changes, pointers in (
        ({"approvers": ["manager@example.com"]}, ["/approvers"]),  # who rates
        ({"approvers": ["viewer@example.com"]}, ["/approvers/0"]),  # who may not write risks
        (named | {"approvers_needed": 2}, ["/approvers"]),
    ):
        answer = await org.risk.post("/v1/risk-assessments", json=DRAFT | changes)
        errors = problem(answer, 422, "person-without-permission" if pointers == ["/approvers/0"] else "invalid")
        assert [each["pointer"] for each in errors["errors"]] == pointers
    path = await started(org, **named)
    change = {"participants": ["owner@example.com", "second_manager@example.com"]}
    refused = problem(await org.risk.patch(path, json=change, headers={"If-Match": "*"}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/participants"]
    await agreed(org, path)
    ok(await org.risk.post(f"{path}/submissions"))
    problem(await org.admin.post(f"{path}/approvals", json={}), 403, "only-approvers-approve")
    duties = ok(await org.viewer.get("/v1/services/risk/duties", params={"noun": "risk_assessment"}))["items"]
    assert sorted(each["duty"] for each in duties) == ["approver", "lead"]
    people = {name: (await person(org, name))["id"] for name in ("second_manager", "admin")}
    async with database.transaction(uuid.UUID(org.id)) as session:
        first, second = (uuid.UUID(people[name]) for name in ("second_manager", "admin"))
        await hand_over_approval(session, Handover(first, second, datetime.now(UTC), "They left."))
    problem(await org.second_manager.post(f"{path}/approvals", json={}), 403, "only-approvers-approve")
    done = ok(await org.admin.post(f"{path}/approvals", json={}))
    assert (done["status"], [each["name"] for each in done["approvers"]]) == ("approved", ["Ada Admin"])
    ok(await org.risk.post(f"{path}/returns", json={"reason": "Once more."}))
    anybody = ok(await org.risk.patch(path, json={"approvers": []}, headers={"If-Match": "*"}))
    assert anybody["approvers"] == []


async def test_duties_of_a_leaver_go_to_another(org: Organisation, database: Database) -> None:
    await identified(org, inherent=MODERATE)
    path = await started(org)
    people = {name: (await person(org, name))["id"] for name in ("owner", "risk", "manager")}
    for verb, leaver in ((hand_over_lead, "risk"), (hand_over_rating, "owner")):
        async with database.transaction(uuid.UUID(org.id)) as session:
            taken = Handover(uuid.UUID(people[leaver]), uuid.UUID(people["manager"]), datetime.now(UTC), "They left.")
            await verb(session, taken)
    now = ok(await org.viewer.get(path))
    assert (now["lead"]["name"], [each["name"] for each in now["participants"]]) == ("Manager", ["Manager"])
