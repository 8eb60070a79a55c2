"""Bridge letters: what management states of the days after its last report, and nobody else."""

import uuid
from typing import Any

import pypdfium2
import pytest

from deploy.local.stack import Stack
from tests.audit.examined import Examined
from tests.audit.given import TODAY, day, planned
from tests.shared.given import superuser
from tests.support import Organisation, created, ok, problem

_ANY = {"If-Match": "*"}
_SIGNATURE = {"signatory": {"name": "Dana Duarte", "position": "Chief Executive Officer"}, "signed_on": day(0)}
_NONE = {"no_changes": True, "no_incidents": True}


async def _letter(examined: Examined, **changes: Any) -> dict[str, Any]:
    draft = {"report_id": changes.pop("report_id"), "covers_until": day(0), **_NONE, **changes}
    return created(await examined.org.manager.post("/v1/bridge-letters", json=draft))


async def test_a_letter_is_drafted_signed_sent_and_withdrawn(examined: Examined, other_org: Organisation) -> None:
    report = await examined.issued()
    letter = await _letter(examined, report_id=report["id"])
    path = f"/v1/bridge-letters/{letter['id']}"
    assert (letter["covers_from"], letter["covers_until"], letter["lapsed"]) == (day(0), day(0), False)
    problem(await other_org.admin.get(path), 404, "not-found")
    problem(await examined.partner.get(path), 403, "forbidden")
    problem(await examined.org.manager.post(f"{path}/sendings", json={"sent_to": "A bank"}), 409, "conflict")
    problem(await examined.org.manager.post(f"{path}/signatures", json=_SIGNATURE), 403, "forbidden")
    signed = ok(await examined.org.admin.post(f"{path}/signatures", json=_SIGNATURE))
    assert (signed["status"], signed["signatory"]) == ("signed", _SIGNATURE["signatory"])
    problem(await examined.org.manager.patch(path, json={"changes": "One."}, headers=_ANY), 409, "conflict")
    for bank in ("A bank", "Another bank"):
        sent = ok(await examined.org.manager.post(f"{path}/sendings", json={"sent_to": bank}))
    assert [each["sent_to"] for each in sent["sendings"]] == ["A bank", "Another bank"]
    assert ok(await examined.org.viewer.get(path, params={"as_of": f"{day(1)}T00:00:00Z"}))["lapsed"] is True
    listed = ok(await examined.org.viewer.get("/v1/bridge-letters", params={"covers": day(0), "lapsed": "false"}))
    assert [each["id"] for each in listed["items"]] == [letter["id"]]
    gone = ok(await examined.org.manager.post(f"{path}/withdrawals", json={"reason": "A change was left out."}))
    assert gone["status"] == "withdrawn"
    trail = ok(await examined.org.admin.get("/v1/services/audit/trail", params={"subject": letter["id"]}))["items"]
    told = [event["type"].rpartition(".")[2] for event in trail]
    assert told == ["drafted", "signed", "sent", "sent", "withdrawn"]


async def test_a_letter_is_neither_signed_nor_sent_once_its_report_was_withdrawn(examined: Examined) -> None:
    report = await examined.issued()
    draft, letter = [await _letter(examined, report_id=report["id"]) for _ in range(2)]
    ok(await examined.org.admin.post(f"/v1/bridge-letters/{letter['id']}/signatures", json=_SIGNATURE))
    withdrawal = {"reason": "Facts became known."}
    ok(await examined.partner.post(f"/v1/audit-reports/{report['id']}/withdrawals", json=withdrawal))
    for answer in (
        await examined.org.admin.post(f"/v1/bridge-letters/{draft['id']}/signatures", json=_SIGNATURE),
        await examined.org.manager.post(f"/v1/bridge-letters/{letter['id']}/sendings", json={"sent_to": "A bank"}),
    ):
        problem(answer, 409, "nothing-to-bridge")


async def test_the_document_says_what_management_states_and_that_nobody_examined_it(examined: Examined) -> None:
    report = await examined.issued()
    changes = {"changes": "Backups moved to another region.", "no_changes": False}
    letter = await _letter(examined, report_id=report["id"], **changes)
    path = f"/v1/bridge-letters/{letter['id']}/document"
    content = ok(await examined.org.viewer.get(path))["content"]
    assert (content["incidents"], content["changes"]) == (None, "Backups moved to another region.")
    page = (await examined.org.viewer.get(path, params={"as": "html"})).text
    assert "Backups moved to another region." in page
    assert "gives no assurance" in page
    assert "DRAFT" in page
    ok(await examined.org.admin.post(f"/v1/bridge-letters/{letter['id']}/signatures", json=_SIGNATURE))
    answer = await examined.org.viewer.get(path, params={"as": "pdf"})
    with pypdfium2.PdfDocument(answer.content) as pdf:
        text = pdf[0].get_textpage().get_text_bounded()
    assert "DRAFT" not in text
    assert "Dana Duarte" in text


async def test_a_letter_with_a_character_that_no_font_has_is_no_pdf(examined: Examined) -> None:
    report = await examined.issued()
    letter = await _letter(examined, report_id=report["id"], addressee="銀行")
    path = f"/v1/bridge-letters/{letter['id']}/document"
    problem(await examined.org.viewer.get(path, params={"as": "pdf"}), 422, "cannot-be-printed")
    assert "銀行" in (await examined.org.viewer.get(path, params={"as": "html"})).text


async def test_a_letter_follows_an_issued_report_of_a_period(examined: Examined, org: Organisation) -> None:
    draft = await examined.drafted()
    wanted = {"report_id": draft["id"], "covers_until": day(0), **_NONE}
    problem(await org.manager.post("/v1/bridge-letters", json=wanted), 422, "invalid")
    ok(await examined.manager.post(f"/v1/audit-reports/{draft['id']}/management-reviews"))
    problem(await org.manager.post("/v1/bridge-letters", json=wanted), 409, "nothing-to-bridge")
    problem(await examined.partner.post("/v1/bridge-letters", json=wanted), 403, "forbidden")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"covers_until": day(-3)}, "/covers_until"),
        ({"covers_until": day(95)}, "/override_reason"),
    ],
)
async def test_a_letter_covers_about_three_months(examined: Examined, changes: dict[str, Any], pointer: str) -> None:
    report = await examined.issued()
    draft = {"report_id": report["id"], "covers_until": day(0), **_NONE} | changes
    answer = problem(await examined.org.manager.post("/v1/bridge-letters", json=draft), 422, "invalid")
    assert [error["pointer"] for error in answer["errors"]] == [pointer]
    longer = draft | {"covers_until": day(95), "override_reason": "The next report is delayed."}
    letter = created(await examined.org.manager.post("/v1/bridge-letters", json=longer))
    path = f"/v1/bridge-letters/{letter['id']}/signatures"
    answer = problem(await examined.org.admin.post(path, json=_SIGNATURE), 422, "invalid")
    assert [error["detail"] for error in answer["errors"]] == ["the letter would speak of days to come"]


async def test_silence_about_changes_or_incidents_is_not_signed(examined: Examined) -> None:
    report = await examined.issued()
    letter = await _letter(examined, report_id=report["id"], no_changes=False, incidents="One.")
    path = f"/v1/bridge-letters/{letter['id']}"
    answer = problem(await examined.org.admin.post(f"{path}/signatures", json=_SIGNATURE), 422, "invalid")
    assert [error["pointer"] for error in answer["errors"]] == ["/changes", "/no_incidents"]
    words = {"no_changes": True, "no_incidents": False}
    problem(await examined.org.manager.patch(path, json=words), 428, "precondition-required")
    ok(await examined.org.manager.patch(path, json=words, headers=_ANY))
    assert ok(await examined.org.admin.post(f"{path}/signatures", json=_SIGNATURE))["status"] == "signed"


_LATER = """
    insert into audit_reports
    select (jsonb_populate_record(r, jsonb_build_object(
        'id', gen_random_uuid(), 'engagement_id', $2::uuid, 'covers_until', $3::date
    ))).* from audit_reports r where id = $1
"""


async def test_a_letter_lapses_with_the_next_report(examined: Examined, stack: Stack) -> None:
    report = await examined.issued()
    letter = await _letter(examined, report_id=report["id"])
    assert letter["lapsed"] is False
    following = await planned(examined.org)
    async with superuser(stack, "audit") as connection:
        await connection.execute(_LATER, uuid.UUID(report["id"]), uuid.UUID(following["id"]), TODAY)
    assert ok(await examined.org.viewer.get(f"/v1/bridge-letters/{letter['id']}"))["lapsed"] is True
