"""Questionnaires over HTTP: sent by links without an account, saved and resumed, delegated, submitted, decided."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.risk.schedule import let_questionnaires_lapse
from shared.data.sessions import Database
from tests.risk.asked import (
    ANSWERS,
    KIM,
    PROOF,
    QUESTIONS,
    SIGNED,
    ByLink,
    accepted,
    expiry,
    prepared,
    published,
    sent,
)
from tests.risk.given import trail
from tests.risk.vendors import REASON, registered_vendor, strike
from tests.support import Organisation, created, ok, problem

ACCEPT = {"decision": "accept", "reason": "Complete."}
LEE = {"name": "Lee Park", "email": "lee.park@example.net", "sections": ["CON"]}
CSV = {"Content-Type": "text/csv"}


async def test_a_template_is_published_once_and_never_changed(org: Organisation) -> None:
    draft = {"title": "Vendor security", "sections": QUESTIONS}
    response = await org.risk.post("/v1/questionnaire-templates", json=draft)
    template = created(response)
    assert template == ok(await org.viewer.get(response.headers["Location"]))
    assert (template["questions"], template["origin"], template["status"]) == (5, "own", "draft")
    path = f"/v1/questionnaire-templates/{template['id']}"
    vendor = await registered_vendor(org)
    unsent = await org.risk.post(f"/v1/vendors/{vendor}/questionnaires", json={"template_id": template["id"]})
    assert problem(unsent, 422, "invalid")["errors"][0]["pointer"] == "/template_id"
    twice = {"sections": [QUESTIONS[0], QUESTIONS[0]]}
    refused = problem(await org.risk.patch(path, json=twice, headers={"If-Match": '"1"'}), 422, "invalid")
    assert {each["pointer"] for each in refused["errors"]} >= {"/sections/1/code", "/sections/1/questions/0/code"}
    ok(await org.risk.patch(path, json={"title": "Security", "sections": QUESTIONS[:1]}, headers={"If-Match": '"1"'}))
    assert ok(await org.risk.post(f"{path}/publications"))["status"] == "published"
    problem(await org.risk.post(f"{path}/publications"), 409, "conflict")
    problem(await org.risk.patch(path, json={"title": "X"}, headers={"If-Match": "*"}), 409, "conflict")
    assert ok(await org.risk.post(f"{path}/retirements"))["status"] == "retired"
    problem(await org.risk.post(f"{path}/retirements"), 409, "conflict")
    preset = created(await org.risk.post("/v1/questionnaire-templates", json={"title": "Ours", "preset": "attest"}))
    assert (preset["questions"], preset["origin"]) == (40, "attest")
    mvsp = created(await org.risk.post("/v1/questionnaire-templates", json={"title": "MVSP", "preset": "mvsp"}))
    assert (mvsp["questions"], mvsp["origin"]) == (25, "mvsp")
    for wrong in ({"title": "X"}, draft | {"preset": "attest"}):
        problem(await org.risk.post("/v1/questionnaire-templates", json=wrong), 422, "invalid")
    listed = ok(await org.viewer.get("/v1/questionnaire-templates", params={"status": "draft"}))["items"]
    assert sorted(each["title"] for each in listed) == ["MVSP", "Ours"]
    nobody = f"/v1/questionnaire-templates/{uuid.uuid4()}"
    problem(await org.viewer.get(nobody), 404, "not-found")
    problem(await org.risk.post(f"{nobody}/publications"), 404, "not-found")
    problem(await org.risk.post(f"{nobody}/retirements"), 404, "not-found")
    problem(await org.risk.patch(nobody, json={"title": "X"}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await org.viewer.post(f"{path}/retirements"), 403, "forbidden")


async def test_questions_of_ones_own_come_in_from_a_sheet(org: Organisation) -> None:
    sheet = (
        b"Domain,Question,Question ID,TSC,Points,Must have,Tier,Remarks\n"
        b"Access,Second factor?,A1,CC6.1; CC6.2,5,yes,Tier 1; Tier 2,x\n"
        b"Access,Leavers?,A2,,,,,\nData,Encrypted?,D1,,3,no,,\n"
    )
    asked = {"title": "Ours"}
    tried = await org.risk.post(
        "/v1/questionnaire-imports", content=sheet, headers=CSV, params=asked | {"dry_run": "true"}
    )
    assert (ok(tried)["questions"], tried.json()["template_id"]) == (3, None)
    done = ok(await org.risk.post("/v1/questionnaire-imports", content=sheet, headers=CSV, params=asked))
    template = ok(await org.viewer.get(f"/v1/questionnaire-templates/{done['template_id']}"))
    assert [(section["title"], len(section["questions"])) for section in template["sections"]] == [
        ("Access", 2),
        ("Data", 1),
    ]
    first = template["sections"][0]["questions"][0]
    assert (first["weight"], first["knock_out"], first["tiers"]) == (5, True, ["critical", "high"])
    for wrong, column in (
        (b"code,text\nA,One?\nA,Two?\n", "code"),
        (b"text,weight\nOne?,heavy\n", "weight"),
        (b"text,tiers\nOne?,gold\n", "tiers"),
        (b"text,kind\nOne?,multiple choice\n", "kind"),
        (b"text,code\n,A\n", "text"),
    ):
        refused = await org.risk.post("/v1/questionnaire-imports", content=wrong, headers=CSV, params=asked)
        errors = problem(refused, 422, "questions-refused")["errors"]
        assert errors[0]["pointer"].endswith(f"/{column}")
    for content, headers, status, kind in (
        (b"title\nX\n", CSV, 422, "unreadable-table"),
        (b"x", {"Content-Type": "text/x"}, 415, "unsupported-media-type"),
        (b"text\n" + b"x" * 11_000_000, CSV, 413, "too-large"),
    ):
        refused = await org.risk.post("/v1/questionnaire-imports", content=content, headers=headers, params=asked)
        problem(refused, status, kind)


async def test_a_respondent_reads_saves_resumes_and_submits_without_an_account(org: Organisation) -> None:
    template = await published(org)
    questionnaire = await prepared(org, await registered_vendor(org), template)
    path = f"/v1/questionnaires/{questionnaire}"
    problem(await org.risk.post(f"{path}/decisions", json=ACCEPT), 409, "conflict")
    (kim,) = await sent(org, questionnaire)
    now = ok(await org.viewer.get(path))
    assert (now["status"], now["questions"], now["answered"], now["tier"]) == ("sent", 4, 0, "high")
    seen = await kim.read()
    assert (seen["status"], seen["questions"], seen["may_submit"]) == ("opened", 4, True)
    assert "weight" not in seen["sections"][0]["questions"][0]
    saved = ok(await kim.save(ANSWERS[0], ANSWERS[1]))
    assert (saved["answered"], saved["status"]) == (2, "in_progress")
    assert (await kim.read())["sections"][0]["questions"][0]["answer"]["evidence"] == [PROOF]
    missing = problem(await kim.submit(), 409, "answers-missing")
    assert missing["detail"] == "Not answered: CON-1, CON-2."
    for answer, pointer in (
        ({"code": "CON-3", "value": "yes"}, "/answers/0/code"),
        ({"code": "CON-2", "value": "yes"}, "/answers/0/value"),
        ({"code": "CON-1", "value": "yes", "not_applicable_because": "x"}, "/answers/0/not_applicable_because"),
        ({"code": "CON-1", "value": "perhaps"}, "/answers/0/value"),
    ):
        assert problem(await kim.save(answer), 422, "invalid")["errors"][0]["pointer"] == pointer
    ok(await kim.save(*ANSWERS[2:]))
    assert (await kim.submit()).status_code == httpx.codes.NO_CONTENT
    for after in (await kim.ask("GET"), await kim.save(ANSWERS[0]), await kim.submit()):
        problem(after, 404, "link-not-valid")
    score = ok(await org.viewer.get(f"{path}/score"))
    assert (score["arithmetic"], score["knocked_out"]) == ("6.2 of 8 = 77.5 %", [])
    done = ok(await org.risk.post(f"{path}/decisions", json=ACCEPT))
    assert (done["status"], done["signed_by"], done["signer_role"]) == ("accepted", "Kim Ono", "Head of security")
    problem(await org.risk.post(f"{path}/cancellations", json=REASON), 409, "conflict")
    events = await trail(org, questionnaire)
    kinds = [each["type"].removeprefix("risk.questionnaire.") for each in events]
    assert kinds == ["prepared", "sent", "opened", "saved", "saved", "submitted", "accepted"]
    assert {each["actor"] for each in events[2:6]} == {"anonymous"}
    assert events[3]["data"]["respondent"] == "Kim Ono"
    assert len(events[5]["data"]["answers_sha256"]) == 64
    assert kim.token not in str(events)


async def test_sections_are_delegated_by_a_link_of_their_own(org: Organisation) -> None:
    questionnaire = await prepared(org, await registered_vendor(org), await published(org))
    (kim,) = await sent(org, questionnaire)
    delegated = created(await kim.ask("POST", "/delegations", {"respondent": LEE}))
    lee = ByLink(kim.url, delegated["token"])
    seen = await lee.read()
    assert ([each["code"] for each in seen["sections"]], seen["may_submit"]) == (["CON"], False)
    problem(await lee.save(ANSWERS[0]), 422, "invalid")
    ok(await lee.save(*ANSWERS[2:]))
    problem(await lee.submit(), 403, "not-yours-to-submit")
    for sections in (["ACC"], None, ["NONE"]):
        body = {"respondent": {**LEE, "sections": sections}}
        problem(await lee.ask("POST", "/delegations", body), 422, "invalid")
    answer = (await kim.read())["sections"][1]["questions"][0]["answer"]
    assert (answer["respondent_name"], answer["not_applicable_because"]) == ("Lee Park", "We keep no data.")
    people = ok(await org.viewer.get("/v1/questionnaire-respondents", params={"questionnaire_id": questionnaire}))
    first, second = people["items"]
    assert (second["delegated_by"], second["sections"]) == (first["id"], ["CON"])
    revoked = ok(await org.risk.post(f"/v1/questionnaire-respondents/{second['id']}/revocations"))
    assert revoked["revoked_at"] is not None
    again = ok(await org.risk.post(f"/v1/questionnaire-respondents/{second['id']}/revocations"))
    assert again["revoked_at"] == revoked["revoked_at"]
    kinds = [each["type"].removeprefix("risk.questionnaire.") for each in await trail(org, questionnaire)]
    assert kinds == ["prepared", "sent", "opened", "delegated", "opened", "saved", "link_revoked"]
    problem(await lee.ask("GET"), 404, "link-not-valid")
    nobody = f"/v1/questionnaire-respondents/{uuid.uuid4()}/revocations"
    problem(await org.risk.post(nobody), 404, "not-found")
    many = [KIM | {"email": f"kim{n}@example.net"} for n in range(20)]
    more = {"respondents": many, "expires_at": expiry()}
    ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/sendings", json=more))
    ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/sendings", json=more))
    full = await org.risk.post(f"/v1/questionnaires/{questionnaire}/sendings", json=more)
    problem(full, 409, "too-many-respondents")
    for _ in range(8):
        created(await kim.ask("POST", "/delegations", {"respondent": LEE}))
    problem(await kim.ask("POST", "/delegations", {"respondent": LEE}), 409, "too-many-respondents")


async def test_a_question_is_asked_back_and_answers_are_returned(org: Organisation) -> None:
    questionnaire = await prepared(org, await registered_vendor(org), await published(org))
    path = f"/v1/questionnaires/{questionnaire}"
    (kim,) = await sent(org, questionnaire)
    asked = {"code": "ACC-2", "text": "Contractors as well?"}
    problem(await org.risk.post(f"{path}/clarifications", json=asked), 409, "conflict")
    ok(await kim.save(ANSWERS[0]))
    assert (await kim.submit(leave_unanswered=True)).status_code == httpx.codes.NO_CONTENT
    strange = await org.risk.post(f"{path}/clarifications", json=asked | {"code": "NONE"})
    problem(strange, 422, "invalid")
    back = ok(await org.risk.post(f"{path}/clarifications", json=asked))
    assert (back["status"], back["clarifications_open"]) == ("clarification", 1)
    problem(await org.risk.post(f"{path}/decisions", json=ACCEPT), 409, "conflict")
    seen = (await kim.read())["sections"][0]["questions"][1]["answer"]
    assert (seen["clarification"], seen["clarified"]) == ("Contractors as well?", False)
    problem(await kim.save(ANSWERS[2]), 422, "invalid")
    problem(await kim.submit(leave_unanswered=True), 409, "answers-missing")
    ok(await kim.save({"code": "ACC-2", "value": "yes"}))
    assert (await kim.submit(leave_unanswered=True)).status_code == httpx.codes.NO_CONTENT
    returned = await org.risk.post(f"{path}/decisions", json={"decision": "return", "reason": "Half is empty."})
    assert (ok(returned)["status"], returned.json()["status_reason"]) == ("returned", "Half is empty.")
    assert ok(await kim.save(*ANSWERS[2:]))["status"] == "in_progress"
    assert (await kim.submit()).status_code == httpx.codes.NO_CONTENT
    assert ok(await org.risk.post(f"{path}/decisions", json=ACCEPT))["status"] == "accepted"


async def test_the_next_questionnaire_begins_with_the_answers_of_the_last(org: Organisation) -> None:
    vendor, template = await registered_vendor(org), await published(org)
    last = await accepted(org, vendor, template)
    changed: list[dict[str, Any]] = [
        QUESTIONS[0],
        {**QUESTIONS[1], "questions": [{"code": "CON-1", "text": "Another question?"}]},
    ]
    newer = await published(org, title="Next year", sections=changed)
    questionnaire = await prepared(org, vendor, newer)
    (kim,) = await sent(org, questionnaire)
    assert ok(await org.viewer.get(f"/v1/questionnaires/{questionnaire}"))["prefilled_from"] == last
    seen = await kim.read()
    assert seen["answered"] == 2
    first, second = (each["answer"] for each in seen["sections"][0]["questions"])
    assert (first["value"], first["prefilled"], second["prefilled"]) == ("yes", True, True)
    assert seen["sections"][1]["questions"][0]["answer"] is None
    saved = ok(await kim.save(ANSWERS[0]))["sections"][0]["questions"]
    assert [each["answer"]["prefilled"] for each in saved] == [False, True]
    fresh = await prepared(org, vendor, template, prefill=False)
    (kim,) = await sent(org, fresh)
    assert (await kim.read())["answered"] == 0


async def test_what_was_sent_stays_as_it_was(org: Organisation) -> None:
    vendor, template = await registered_vendor(org), await published(org)
    questionnaire = await prepared(org, vendor, template)
    (kim,) = await sent(org, questionnaire)
    ok(await org.risk.post(f"/v1/questionnaire-templates/{template}/retirements"))
    change = {"data_class": "none", "dependence": "unaffected"}
    ok(await org.risk.patch(f"/v1/vendors/{vendor}", json=change, headers={"If-Match": "*"}))
    assert (await kim.read())["questions"] == 4
    critical = [{"code": "X", "title": "X", "questions": [{"code": "X-1", "text": "?", "tiers": ["critical"]}]}]
    nothing = await prepared(org, vendor, await published(org, sections=critical))
    sending = {"respondents": [KIM], "expires_at": expiry()}
    refused = await org.risk.post(f"/v1/questionnaires/{nothing}/sendings", json=sending)
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/template_id"


async def test_a_link_that_is_wrong_opens_nothing_and_says_nothing(org: Organisation, other_org: Organisation) -> None:
    questionnaire = await prepared(org, await registered_vendor(org), await published(org))
    path = f"/v1/questionnaires/{questionnaire}"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"expires_at": expiry(-1)}, "/expires_at"),
        ({"expires_at": expiry(91)}, "/expires_at"),
        ({"respondents": [LEE]}, "/respondents"),
        ({"respondents": [KIM, {**LEE, "sections": ["NONE"]}]}, "/respondents/1/sections"),
    ]
    for changes, pointer in wrong:
        sending: dict[str, Any] = {"respondents": [KIM], "expires_at": expiry(), **changes}
        refused = problem(await org.risk.post(f"{path}/sendings", json=sending), 422, "invalid")
        assert refused["errors"][0]["pointer"] == pointer
    (kim,) = await sent(org, questionnaire)
    for token in ("attest_q_x", kim.token[:-6] + "AAAAAA", "x" * 130):
        stranger = ByLink(kim.url, token)
        refusals = [
            await stranger.ask("GET"),
            await stranger.save(ANSWERS[0]),
            await stranger.submit(),
            await stranger.ask("POST", "/delegations", {"respondent": LEE}),
        ]
        details = {problem(each, 404, "link-not-valid")["detail"] for each in refusals}
        assert details == {"The link is wrong, was revoked or used, or has run out; ask for another."}
        assert all(each.elapsed > timedelta(milliseconds=240) for each in refusals)
    async with httpx.AsyncClient(base_url=kim.url) as client:
        problem(await client.get("/v1/questionnaire-responses"), 422, "invalid")
    problem(await other_org.viewer.get(path), 404, "not-found")
    elsewhere: list[tuple[str, dict[str, Any]]] = [
        ("sendings", {"respondents": [KIM], "expires_at": expiry()}),
        ("clarifications", {"code": "ACC-1", "text": "?"}),
        ("decisions", ACCEPT),
        ("cancellations", REASON),
    ]
    for sub, body in elsewhere:
        problem(await other_org.risk.post(f"{path}/{sub}", json=body), 404, "not-found")
        problem(await org.viewer.post(f"{path}/{sub}", json=body), 403, "forbidden")
    problem(await other_org.viewer.get(f"{path}/score"), 404, "not-found")
    draft = {"template_id": str(uuid.uuid4())}
    problem(await org.risk.post(f"/v1/vendors/{uuid.uuid4()}/questionnaires", json=draft), 404, "not-found")
    ok(await org.risk.post(f"{path}/cancellations", json=REASON))
    problem(await kim.ask("GET"), 404, "link-not-valid")
    problem(await org.risk.post(f"{path}/sendings", json=elsewhere[0][1]), 409, "conflict")
    assert ok(await org.viewer.get("/v1/questionnaires", params={"status": "cancelled"}))["items"][0]["id"] in path


async def test_a_questionnaire_lapses_with_its_links_and_is_sent_again(org: Organisation, database: Database) -> None:
    questionnaire = await prepared(org, await registered_vendor(org), await published(org))
    (kim,) = await sent(org, questionnaire)
    ok(await kim.save(ANSWERS[0]))
    over = datetime.now(UTC) + timedelta(days=31)
    assert await strike(database, let_questionnaires_lapse, org, over - timedelta(days=3)) == 0
    assert await strike(database, let_questionnaires_lapse, org, over) == 1
    assert await strike(database, let_questionnaires_lapse, org, over) == 0
    problem(await kim.ask("GET"), 404, "link-not-valid")
    (again,) = await sent(org, questionnaire)
    assert (await again.read())["answered"] == 1
    assert SIGNED["signed_by"] == "Kim Ono"
