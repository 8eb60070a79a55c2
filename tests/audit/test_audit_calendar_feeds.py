"""Milestones and the due days of requests, as a calendar program reads them from a secret address."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from deploy.firm import Firm
from deploy.local.stack import Stack
from services.audit.planning.audit_calendar_feeds.rules import DueDay
from shared.calendars.tokens import FeedToken
from shared.calendars.writing import EntryStatus
from shared.data.sessions import Database
from tests.audit.described import told_of
from tests.audit.given import day, moved, planned
from tests.audit.requested import drafted, in_planning, released
from tests.support import Organisation, created, eventually, ok, person, problem

_PATH = "/v1/audit-calendar-feeds"
_AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def program(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A calendar program: no token, no cookie."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def _events(program: httpx.AsyncClient, feed: dict[str, Any]) -> dict[str, Any]:
    answer = await program.get(feed["path"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(each["UID"]): each for each in Calendar.from_ical(answer.content).walk("VEVENT")}


async def _feed(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    return created(await client.post(_PATH, json={"title": "Audit"} | changes))


@pytest.mark.parametrize(
    ("status", "due_on", "state", "settled"),
    [
        ("open", "2026-03-31", "overdue", False),
        ("open", "2026-04-01", "open", False),
        ("done", "2026-03-31", "done", True),
        ("returned", "2026-03-31", "overdue", False),
        ("declared_unavailable", "2026-03-31", "declared unavailable", True),
        ("withdrawn", "2026-03-31", "withdrawn", True),
    ],
)
def test_what_is_due_and_not_settled_is_overdue_the_day_after(
    status: str, due_on: str, state: str, settled: bool
) -> None:
    of = date.fromisoformat(due_on)
    entry = DueDay(UUID(int=1), "Kickoff", "SOC 2", None, status, of, 1, _AT).in_calendar(today=date(2026, 4, 1))
    assert (entry.state, entry.settled) == (state, settled)
    assert (entry.status == EntryStatus.CANCELLED) == (status == "withdrawn")


async def test_milestones_and_what_the_firm_asked_for_are_in_the_calendar(
    org: Organisation, database: Database, firm: Firm, program: httpx.AsyncClient
) -> None:
    engagement = await in_planning(org, database, firm)
    dana = await person(org, "dana")
    milestones = f"/v1/engagements/{engagement['id']}/milestones"
    plan = {"kind": "draft_report", "owner": dana["id"], "planned_on": day(20)}
    milestone = created(await org.manager.post(milestones, json=plan))
    async with firm.acting("staff", engagement["id"]) as staff:
        asked = await released(staff, due_on=day(0))
        draft = await drafted(staff)
    feed = await _feed(org.viewer)
    shown = await _events(program, feed)
    assert shown.keys() == {f"{milestone['id']}@attest", f"{asked['id']}@attest"}, "no draft of the firm"
    assert draft["title"] not in {str(each["SUMMARY"]) for each in shown.values()} - {
        str(shown[f"{asked['id']}@attest"]["SUMMARY"])
    }
    due = shown[f"{milestone['id']}@attest"]
    assert str(due["SUMMARY"]) == "Draft report received (open)"
    assert due.decoded("DTSTART") == date.fromisoformat(day(20))
    assert str(due["DESCRIPTION"]) == f"{engagement['title']}.\nOwner: {dana['name']}."
    late = shown[f"{asked['id']}@attest"]
    assert str(late["SUMMARY"]) == f"{asked['code']} {asked['title']} (open)"
    theirs = await _events(program, await _feed(org.viewer, owner=dana["id"]))
    assert theirs.keys() == {f"{milestone['id']}@attest"}
    revision = {"due_on": day(25), "reason": "The firm needs a week more."}
    ok(await org.manager.post(f"/v1/milestones/{milestone['id']}/plan-revisions", json=revision))
    put_off = (await _events(program, feed))[f"{milestone['id']}@attest"]
    assert (put_off.decoded("DTSTART"), put_off["SEQUENCE"]) == (date.fromisoformat(day(25)), due["SEQUENCE"] + 1)
    await moved(database, org, engagement, "withdrawn")
    over = await _events(program, feed)
    assert {str(each["STATUS"]) for each in over.values()} == {"CANCELLED"}


async def test_the_address_is_shown_once_and_shows_nothing_once_it_is_revoked(
    org: Organisation, other_org: Organisation, program: httpx.AsyncClient
) -> None:
    await planned(org)
    feed = await _feed(org.viewer)
    answer = await program.get(feed["path"])
    again = await program.get(feed["path"], headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    (listed,) = ok(await org.viewer.get(_PATH))["items"]
    assert listed.keys() == feed.keys() - {"path"}
    assert ok(await org.owner.get(_PATH))["items"] == []
    assert ok(await other_org.admin.get(_PATH))["items"] == []
    (issued,) = await told_of(org, feed["id"])
    assert issued["type"] == "audit.audit_calendar_feed.issued"
    token = FeedToken.read(feed["path"].split("/")[3].removesuffix(".ics"))
    assert token is not None
    assert str(token) not in str(issued)
    for other in (FeedToken.new(token.org_id, token.thing_id), FeedToken.new(UUID(other_org.id), token.thing_id), "x"):
        problem(await program.get(f"/v1/audit-calendars/{other}.ics"), 404, "not-found")
    own, tag = f"{_PATH}/{feed['id']}", {"If-Match": '"1"'}
    problem(await org.viewer.delete(own), 428, "precondition-required")
    problem(await org.owner.delete(own, headers=tag), 403, "not-your-feed")
    problem(await other_org.admin.delete(own, headers=tag), 404, "not-found")
    assert ok(await org.viewer.delete(own, headers=tag))["revoked_at"]
    problem(await program.get(feed["path"]), 404, "not-found")
    problem(await org.viewer.delete(own, headers={"If-Match": "*"}), 409, "conflict")


async def test_a_feed_ends_when_its_holder_leaves(org: Organisation, program: httpx.AsyncClient) -> None:
    feed = await _feed(org.viewer)
    await _events(program, feed)
    holder = feed["holder"]["person"]["id"]
    ok(await org.admin.post(f"/v1/people/{holder}/departures", json={"reason": "Left."}))

    async def gone() -> bool:
        return (await program.get(feed["path"])).status_code == 404

    await eventually(gone)


async def test_only_known_people_of_the_organisation_are_shown_and_only_who_may_read_the_plan_has_a_feed(
    org: Organisation, firm: Firm, database: Database
) -> None:
    nobody = await org.viewer.post(_PATH, json={"title": "T", "owner": str(UUID(int=7))})
    assert problem(nobody, 422, "unknown-person")["errors"][0]["pointer"] == "/owner"
    problem(await org.monitor.post(_PATH, json={"title": "T"}), 403, "forbidden")
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        problem(await staff.post(_PATH, json={"title": "T"}), 403, "forbidden")
