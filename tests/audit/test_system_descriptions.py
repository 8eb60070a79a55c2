"""System descriptions: versions that management writes, and others of management approve."""

import random
from typing import Any

import asyncpg
import pytest

from deploy.local.stack import Stack
from shared.data.sessions import Database
from tests.audit.described import (
    CARVED_OUT,
    CHANGE,
    CUEC,
    NONE,
    TEXTS,
    approved,
    complete,
    document,
    incident,
    recorded,
    soc2,
    told_of,
)
from tests.audit.given import day, moved, planned, type1, type2
from tests.controls.given import commitment
from tests.support import Organisation, created, ok, problem

_ANY = {"If-Match": "*"}
_READ = {"sha256": "0" * 64}


async def test_a_version_is_drafted_revised_approved_and_superseded(org: Organisation, other_org: Organisation) -> None:
    engagement, first = await complete(org)
    path = f"/v1/system-descriptions/{first['id']}"
    assert (first["number"], first["status"], first["none_of"], first["sha256"]) == (1, "draft", NONE, None)
    assert ok(await org.viewer.get(path)) == first
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.viewer.get(f"{path}/document"), 404, "not-found")
    again = await org.manager.post(f"/v1/engagements/{engagement['id']}/system-descriptions", json={})
    problem(again, 409, "description-on-its-way")
    words = {"parts": {"services": "It keeps documents.", "incidents": "None was reported."}}
    problem(await org.manager.patch(path, json=words), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=words, headers={"If-Match": '"1"'}))
    assert (revised["version"], len(revised["authors"])) == (2, 1)
    problem(await org.manager.patch(path, json=words, headers={"If-Match": '"1"'}), 412, "stale")
    done = await approved(org, first)
    assert (done["status"], done["approver"]["kind"]) == ("approved", "client")
    problem(await org.manager.patch(path, json=words, headers=_ANY), 409, "conflict")
    problem(await org.second_manager.post(f"{path}/approvals", json=_READ), 409, "conflict")
    second = created(await org.manager.post(f"/v1/engagements/{engagement['id']}/system-descriptions", json={}))
    texts = {part["part"]: part["text"] for part in (await document(org, second))["content"]["parts"]}
    assert texts == dict.fromkeys(texts) | TEXTS | words["parts"]
    ok(
        await org.manager.patch(
            f"/v1/system-descriptions/{second['id']}", json={"parts": {"data": "Files."}}, headers=_ANY
        )
    )
    ok_second = await approved(org, second)
    superseded = ok(await org.viewer.get(path))
    assert (superseded["status"], superseded["sha256"]) == ("superseded", done["sha256"])
    query = {"engagement_id": engagement["id"], "status": "superseded", "updated_since": superseded["updated_at"]}
    assert ok(await org.viewer.get("/v1/system-descriptions", params=query))["items"] == [superseded]
    assert ok_second["number"] == 2
    unknown = f"/v1/system-descriptions/{engagement['id']}"
    problem(await org.manager.patch(unknown, json={}, headers=_ANY), 404, "not-found")
    problem(await org.second_manager.post(f"{unknown}/approvals", json=_READ), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/system-descriptions"))["items"] == []
    told = [each["type"].rsplit(".", 1)[1] for each in await told_of(org, first["id"])]
    assert told == ["drafted", "revised", "approved", "superseded"]


async def test_an_author_cannot_approve_and_what_was_read_is_approved(org: Organisation) -> None:
    engagement, draft = await complete(org)
    path = f"/v1/system-descriptions/{draft['id']}"
    read = {"sha256": (await document(org, draft))["sha256"]}
    problem(await org.manager.post(f"{path}/approvals", json=read), 403, "separation-of-duties")
    problem(await org.second_manager.post(f"{path}/approvals", json=_READ), 409, "description-changed")
    revised = ok(await org.second_manager.patch(path, json={"parts": {"data": "Files."}}, headers=_ANY))
    assert len(revised["authors"]) == 2
    problem(await org.second_manager.post(f"{path}/approvals", json=read), 403, "separation-of-duties")
    for caller in (org.owner, org.viewer):
        problem(await caller.post(f"{path}/approvals", json=_READ), 403, "forbidden")
        problem(await caller.patch(path, json={}, headers=_ANY), 403, "forbidden")
        parent = f"/v1/engagements/{engagement['id']}/system-descriptions"
        problem(await caller.post(parent, json={}), 403, "forbidden")
    for read_only in ("/v1/system-descriptions", path, f"{path}/document"):
        problem(await org.monitor.get(read_only), 403, "forbidden")


async def test_all_that_is_missing_is_said_at_once(org: Organisation, other_org: Organisation) -> None:
    engagement, control, _ = await soc2(org)
    lacks = f"/v1/engagements/{engagement['id']}/description-lacks"
    problem(await other_org.viewer.get(lacks), 404, "not-found")
    problem(await org.monitor.get(lacks), 403, "forbidden")
    none_yet = ok(await org.viewer.get(lacks))
    assert (none_yet["description_id"], none_yet["approved"]) == (None, False)
    await recorded(org, engagement, "subservice-organisations", CARVED_OUT | {"controls": []})
    late = incident(control_ids=[control], began_at=f"{day(90)}T00:00:00Z", ended_at=None)
    await recorded(org, engagement, "system-incidents", late)
    draft = await recorded(
        org, engagement, "system-descriptions", {"parts": {"services": "Storage."}, "none_of": ["incidents"]}
    )
    refused = await org.second_manager.post(f"/v1/system-descriptions/{draft['id']}/approvals", json=_READ)
    pointers = [
        each["pointer"].removeprefix("/parts/") for each in problem(refused, 422, "description-incomplete")["errors"]
    ]
    assert pointers == [
        *("commitments", "boundaries", "infrastructure", "software", "people", "procedures", "data"),
        *("incidents", "incidents", "user_entity_controls", "subservice_organisations", "criteria_not_relevant"),
        "changes",
    ]
    told = ok(await org.viewer.get(lacks))
    assert (told["number"], told["approved"], len(told["lacks"])) == (1, False, len(pointers) + 1)
    assert {(each["criterion"], each["code"]) for each in told["lacks"]} >= {
        ("DC2", "no_system_requirement"),
        ("DC4", "outside_the_time"),
        ("DC4", "recorded_and_none"),
        ("DC7", "no_subservice_control"),
        ("DC9", "neither_recorded_nor_none"),
        (None, "not_approved"),
    }


async def test_a_change_after_the_approval_is_told(org: Organisation) -> None:
    engagement, draft = await complete(org)
    await approved(org, draft)
    lacks = f"/v1/engagements/{engagement['id']}/description-lacks"
    answer = ok(await org.viewer.get(lacks))
    assert (answer["approved"], answer["lacks"]) == (True, [])
    await recorded(org, engagement, "user-entity-controls", CUEC)
    (lack,) = ok(await org.viewer.get(lacks))["lacks"]
    assert (lack["part"], lack["criterion"], lack["code"]) == ("user_entity_controls", "DC6", "changed_since")


@pytest.mark.parametrize(
    ("kind", "words", "pointer"),
    [
        ("soc2_type1", {"parts": {"changes": "None."}}, "/parts/changes"),
        ("soc2_type1", {"none_of": ["changes"]}, "/none_of/0"),
        ("soc2_type1", {"none_of": ["services"]}, "/none_of/0"),
        ("soc1_type1", {"parts": {"commitments": "Many."}}, "/parts/commitments"),
        ("soc1_type1", {"criteria_not_relevant": [{"criterion": "CC6.4", "reason": "No."}]}, "/criteria_not_relevant"),
        (
            "soc2_type1",
            {"criteria_not_relevant": [{"criterion": "CC6.4", "reason": "No."}] * 2},
            "/criteria_not_relevant",
        ),
        ("soc2_type1", {"parts": {"weather": "Fine."}}, "/parts/weather/[key]"),
        ("soc2_type1", {"parts": {"data": "x" * 40_001}}, "/parts/data"),
    ],
)
async def test_each_kind_has_parts_of_its_own(
    org: Organisation, kind: str, words: dict[str, Any], pointer: str
) -> None:
    engagement = await planned(org, type1(kind=kind))
    path = f"/v1/engagements/{engagement['id']}/system-descriptions"
    refused = problem(await org.manager.post(path, json=words), 422, "invalid")
    assert refused["errors"][0]["pointer"] == pointer


async def test_an_audit_against_iso_27001_has_no_description(org: Organisation, other_org: Organisation) -> None:
    stage = await planned(org, type2(kind="iso27001_stage2"))
    path = f"/v1/engagements/{stage['id']}"
    problem(await org.manager.post(f"{path}/system-descriptions", json={}), 409, "not-described")
    problem(await org.manager.get(f"{path}/description-lacks"), 409, "not-described")
    problem(await other_org.manager.post(f"{path}/system-descriptions", json={}), 404, "not-found")


async def test_a_soc_1_speaks_of_control_objectives(org: Organisation) -> None:
    engagement = await planned(org, type1(kind="soc1_type1"))
    draft = await recorded(org, engagement, "system-descriptions", {"parts": TEXTS, "none_of": NONE[:3]})
    parts = (await document(org, draft))["content"]["parts"]
    assert {part["criterion"] for part in parts} == {None}
    assert "Control objectives and related controls" in [part["title"] for part in parts]
    lacks = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/description-lacks"))["lacks"]
    assert [(each["part"], each["code"]) for each in lacks] == [
        ("controls", "not_written"),
        ("controls", "no_control"),
        (None, "not_approved"),
    ]


async def test_an_approved_version_never_changes(org: Organisation, database: Database, stack: Stack) -> None:
    """Whatever is done afterwards in any order, and for ever in the database."""
    engagement, draft = await complete(org)
    done = await approved(org, draft)
    before = await document(org, done)
    assert before["sha256"] == done["sha256"]
    control = before["content"]["controls"][0]["id"]
    parent, dice = f"/v1/engagements/{engagement['id']}", random.Random(13)
    verbs: list[tuple[str, dict[str, Any]]] = [
        (f"{parent}/user-entity-controls", CUEC),
        (f"{parent}/subservice-organisations", CARVED_OUT),
        (f"{parent}/significant-changes", CHANGE),
        (f"{parent}/system-incidents", incident(control_ids=[control])),
        (f"{parent}/system-descriptions", {"parts": {"services": "Others."}, "none_of": []}),
    ]
    for path, body in dice.sample(verbs, len(verbs)):
        created(await org.manager.post(path, json=body))
        assert await document(org, done) == before
    for promised in before["content"]["commitments"]:
        reason = {"reason": "It was promised no longer."}
        ok(await org.manager.post(f"/v1/commitments/{promised['id']}/withdrawals", json=reason))
    await commitment(org, engagement["programme_id"], "CC8")
    change = {"title": "Another title", "period_end": day(60)}
    ok(await org.manager.patch(parent, json=change, headers=_ANY))
    await moved(database, org, engagement, "fieldwork")
    assert await document(org, done) == before
    application = await asyncpg.connect(stack.environment("audit")["ATTEST_DATABASE_URL"])
    try:
        await application.execute("select set_config('app.org_id', $1, false)", org.id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(
                "update approved_contents set content = '{}' where description_id = $1", done["id"]
            )
    finally:
        await application.close()


async def test_a_version_is_a_page_to_read(org: Organisation) -> None:
    engagement, draft = await complete(org)
    path = f"/v1/system-descriptions/{draft['id']}"
    await recorded(org, engagement, "user-entity-controls", CUEC | {"text": "<script>alert(1)</script> & more"})
    await recorded(org, engagement, "subservice-organisations", CARVED_OUT)
    words = {"none_of": ["incidents", "criteria_not_relevant", "changes"], "parts": {"data": "Files.\n\nIndexes."}}
    ok(await org.manager.patch(path, json=words, headers=_ANY))
    answer = await org.viewer.get(f"{path}/document", params={"as": "html"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "sandbox" in answer.headers["content-security-policy"]
    page = answer.text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert "Draft: not approved by management." in page
    assert "Types of services provided (DC1)" in page
    assert "<p>Files.</p><p>Indexes.</p>" in page
    assert "Example Hosting Ltd (carve-out method)" in page
    assert "Trust services categories in scope: security." in page
    assert page.count("Management states that there is nothing to describe here.") == 3
    await approved(org, draft)
    page = (await org.viewer.get(f"{path}/document", params={"as": "html"})).text
    assert "Approved by" in page
    problem(await org.viewer.get(f"{path}/document", params={"as": "pdf"}), 422, "invalid")
