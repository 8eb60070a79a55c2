"""The calendar as a calendar program reads it: without a token, from an address that is a secret."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from deploy.local.stack import Stack
from services.evidence.collecting.calendar_feeds.rules import DueDate
from shared.calendars.tokens import FeedToken
from tests.evidence.given import a_cadence, an_expectation, collections_of, told_of
from tests.support import Organisation, created, eventually, ok, person, problem

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


def an_entry(**changes: Any) -> DueDate:
    given = {
        "expectation_id": UUID(int=1),
        "intended_on": date(2026, 4, 1),
        "title": "Access review",
        "owner": "dana",
        "state": "open",
        "covers_from": AT - timedelta(days=30),
        "covers_until": AT,
        "due_at": AT,
        "sequence": 1,
        "changed_at": AT,
    }
    return DueDate(**given | changes)  # type: ignore[arg-type]


def test_an_entry_keeps_its_identity_when_it_is_due_at_another_time() -> None:
    one, put_off = an_entry().in_calendar, an_entry(due_at=AT + timedelta(days=3), sequence=2).in_calendar
    assert one.uid == put_off.uid != an_entry(intended_on=date(2026, 5, 1)).in_calendar.uid


@pytest.fixture
async def program(stack: Stack) -> Any:
    """A calendar program: no token, no cookie."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def events(program: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await program.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(each["UID"]): each for each in Calendar.from_ical(answer.content).walk("VEVENT")}


async def a_feed(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    return created(await client.post("/v1/calendar-feeds", json={"title": "Mine"} | changes))


async def test_what_is_collected_is_in_the_calendar(org: Organisation, program: httpx.AsyncClient) -> None:
    ahead = a_cadence(ago=1, rule="FREQ=WEEKLY;COUNT=3", lead_days=3)
    expectation = await an_expectation(org, cadence=ahead)
    await an_expectation(org, cadence=ahead, owner="kim@example.com")
    feed = await a_feed(org.owner, owner="dana@example.com")
    dana = await person(org, "dana")
    assert feed["owner"] == dana
    before = await events(program, feed["path"])
    assert len(before) == 3
    assert {str(each["DESCRIPTION"]).partition("\n")[2] for each in before.values()} == {f"Asked of {dana['name']}."}
    # The first is due already: the clock may have opened it by now.
    assert [(each["STATUS"], each["SEQUENCE"]) for each in before.values()].count(("TENTATIVE", 0)) >= 2
    [first] = await collections_of(org, expectation)
    after = await events(program, feed["path"])
    assert after.keys() == before.keys(), "a UID stays the same when the collection is opened"
    opened = after[f"{expectation['id']}.{first['intended_on']}@attest"]
    assert str(opened["SUMMARY"]) == "Access review (overdue)"
    assert opened["SEQUENCE"] >= 1
    assert opened.decoded("DTSTART") == datetime.fromisoformat(first["due_at"])
    assert [str(alarm["ACTION"]) for alarm in opened.walk("VALARM")] == ["DISPLAY"]
    ok(await org.manager.post(f"/v1/collections/{first['id']}/skips", json={"reason": "R"}))
    skipped = (await events(program, feed["path"]))[str(opened["UID"])]
    assert (str(skipped["STATUS"]), skipped.walk("VALARM")) == ("CANCELLED", [])
    assert skipped["SEQUENCE"] > opened["SEQUENCE"]
    assert len(await events(program, (await a_feed(org.owner))["path"])) == 6


async def test_a_program_that_has_it_is_told_so(org: Organisation, program: httpx.AsyncClient) -> None:
    await an_expectation(org, cadence=a_cadence(ago=-5))
    feed = await a_feed(org.viewer)
    answer = await program.get(feed["path"])
    again = await program.get(feed["path"], headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "max-age" in again.headers["cache-control"]


async def test_the_address_is_shown_once_and_stands_nowhere(org: Organisation, program: httpx.AsyncClient) -> None:
    feed = await a_feed(org.owner)
    [listed] = ok(await org.owner.get("/v1/calendar-feeds"))["items"]
    assert listed.keys() == feed.keys() - {"path"}
    [issued] = await told_of(org, feed)
    assert issued["type"] == "evidence.calendar_feed.issued"
    token = FeedToken.read(feed["path"].removeprefix("/v1/calendars/").removesuffix(".ics"))
    assert token is not None
    assert str(token) not in str(issued)
    for other in (
        FeedToken.new(token.org_id, token.thing_id),
        FeedToken.new(UUID(int=0), token.thing_id),
        f"{FeedToken.PREFIX}x",
    ):
        problem(await program.get(f"/v1/calendars/{other}.ics"), 404, "not-found")


async def test_a_revoked_feed_shows_nothing(org: Organisation, program: httpx.AsyncClient) -> None:
    feed = await a_feed(org.owner)
    path = f"/v1/calendar-feeds/{feed['id']}"
    problem(await org.owner.delete(path), 428, "precondition-required")
    problem(await org.viewer.delete(path, headers={"If-Match": '"1"'}), 403, "not-your-feed")
    problem(await org.owner.delete(path, headers={"If-Match": '"7"'}), 412, "stale")
    revoked = ok(await org.owner.delete(path, headers={"If-Match": '"1"'}))
    assert revoked["revoked_at"]
    problem(await program.get(feed["path"]), 404, "not-found")
    problem(await org.owner.delete(path, headers={"If-Match": "*"}), 409, "conflict")
    others = await a_feed(org.viewer)
    assert [each["id"] for each in ok(await org.owner.get("/v1/calendar-feeds"))["items"]] == [feed["id"]]
    assert len(ok(await org.admin.get("/v1/calendar-feeds"))["items"]) == 2
    assert len(ok(await org.admin.get("/v1/calendar-feeds", params={"revoked": False}))["items"]) == 1
    ok(await org.admin.delete(f"/v1/calendar-feeds/{others['id']}", headers={"If-Match": "*"}))


async def test_a_feed_ends_when_its_holder_leaves(org: Organisation, program: httpx.AsyncClient) -> None:
    feed = await a_feed(org.viewer)
    await events(program, feed["path"])
    holder = feed["holder"]["person"]["id"]
    ok(await org.admin.post(f"/v1/people/{holder}/departures", json={"reason": "Left."}))

    async def gone() -> bool:
        return (await program.get(feed["path"])).status_code == 404

    await eventually(gone)


async def test_a_feed_shows_one_organisation_and_is_for_who_may_read(
    org: Organisation, other_org: Organisation, program: httpx.AsyncClient
) -> None:
    await an_expectation(org, cadence=a_cadence(ago=-5))
    feed, theirs = await a_feed(org.owner), await a_feed(other_org.owner)
    assert len(await events(program, feed["path"])) == 2
    assert await events(program, theirs["path"]) == {}
    problem(await org.monitor.post("/v1/calendar-feeds", json={"title": "T"}), 403, "forbidden")
    refused = await other_org.admin.delete(f"/v1/calendar-feeds/{feed['id']}", headers={"If-Match": "*"})
    problem(refused, 404, "not-found")
    assert [each["id"] for each in ok(await other_org.admin.get("/v1/calendar-feeds"))["items"]] == [theirs["id"]]
