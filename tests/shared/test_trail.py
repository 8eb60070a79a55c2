"""The trail: what every change leaves, and what verification says when somebody has been at the rows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.shared.given import SERVICES, sealed, some_events, superuser, verification
from tests.support import Organisation, ok, problem

TRAIL = "/v1/services/controls/trail"


@dataclass(frozen=True, slots=True)
class Trail:
    """A service's trail of an organisation, as somebody sees it who means it harm."""

    org: Organisation
    service: str
    connection: asyncpg.Connection
    last: int

    async def spoil(self, statement: str, *values: int) -> None:
        await self.connection.execute(statement, self.org.id, *values)

    async def found(self) -> tuple[str | None, int | None]:
        result = await verification(self.org, self.service)
        return result["broken"], result["position"]


async def test_each_change_says_who_what_when_and_why(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    reason = "Replaced by AC-02"
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": reason}))
    events = ok(await org.admin.get(TRAIL, params={"subject": control}))["items"]
    told = [(each["type"].rpartition(".")[2], (each["before"] or {}).get("status"), each["reason"]) for each in events]
    assert told[0][:2] == ("defined", None)
    assert events[0]["after"]["code"] == "AC-01"
    assert ("approved", "draft", None) in told
    assert ("retired", "implemented", reason) in told
    versions = [each["version"] for each in events if each["type"].startswith("controls.control.")]
    assert versions == sorted(set(versions))
    assert versions[0] == 1
    assert len({(each["person"] or {}).get("id") for each in events}) > 1
    assert ok(await org.admin.get(f"{TRAIL}/{events[0]['id']}"))["id"] == events[0]["id"]


@pytest.fixture(params=SERVICES)
async def trail(org: Organisation, stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[Trail]:
    """A service's trail of the organisation, sealed, and someone who can get at its rows past every fence."""
    await some_events(org, request.param)
    last = (await sealed(org, request.param))["sealed"]
    async with superuser(stack, request.param) as connection:
        yield Trail(org, request.param, connection, last)


async def test_an_untouched_chain_verifies(trail: Trail) -> None:
    assert await trail.found() == (None, None)


async def test_a_changed_row_is_named(trail: Trail) -> None:
    await trail.spoil("update events set person_name = 'somebody' where org_id = $1 and position = 2")
    assert await trail.found() == ("changed", 2)


@pytest.mark.parametrize(
    "change",
    [
        'data = data || \'{"title": "Another"}\'',
        "after = '{\"a\": 1}'",
        "reason = 'Because'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "version = version + 1",
        "type = type || 'x'",
        "cause = uuidv7()",
        "subject = uuidv7()",
    ],
)
async def test_any_part_of_a_row_that_was_changed_is_named(org: Organisation, stack: Stack, change: str) -> None:
    last = (await sealed(org, "gateway"))["sealed"]
    async with superuser(stack, "gateway") as connection:
        trail = Trail(org, "gateway", connection, last)
        await trail.spoil(f"update events set {change} where org_id = $1 and position = 3")  # noqa: S608
        assert await trail.found() == ("changed", 3)


async def test_a_missing_row_is_named(trail: Trail) -> None:
    await trail.spoil("delete from events where org_id = $1 and position = 2")
    assert await trail.found() == ("missing", 2)


async def test_a_cut_tail_is_named(trail: Trail) -> None:
    await trail.spoil("delete from events where org_id = $1 and position = $2", trail.last)
    assert await trail.found() == ("missing", trail.last)


async def test_swapped_rows_are_named(trail: Trail) -> None:
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        await trail.spoil("update events set position = $3 where org_id = $1 and position = $2", old, new)
    assert await trail.found() == ("reordered", 1)


async def test_a_duplicated_row_is_named(trail: Trail) -> None:
    columns = (
        "org_id, type, subject, version, actor, person, person_name, client, client_name, firm, reason, occurred_at,"
        " data, before, after, published_at, digest"
    )
    async with trail.connection.transaction():
        # A copy needs a place of its own, so the rest of the chain is moved up by one.
        await trail.spoil("update events set position = -position - 1 where org_id = $1 and position > 1")
        await trail.spoil("update events set position = -position where org_id = $1 and position < 0")
        await trail.spoil(
            f"insert into events (id, position, {columns}) select uuidv7(), 2, {columns} from events"  # noqa: S608
            " where org_id = $1 and position = 1"
        )
    assert await trail.found() == ("duplicated", 2)


async def test_the_trail_is_filtered_by_who_what_and_when(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    everything = ok(await org.admin.get(TRAIL))["items"]
    mine = [each for each in everything if each["subject"] == control]
    person, client = mine[0]["person"]["id"], mine[0]["client"]["id"]

    async def ids(**params: str) -> list[str]:
        return [event["id"] for event in ok(await org.admin.get(TRAIL, params=params))["items"]]

    hers = [event["id"] for event in everything if event["person"] and event["person"]["id"] == person]
    assert await ids(person=person) == await ids(client=client) == hers
    assert await ids(actor="system") == [event["id"] for event in everything if event["actor"] == "system"]
    of_controls = ok(await org.admin.get(TRAIL, params={"noun": "control"}))["items"]
    assert {each["type"].split(".")[1] for each in of_controls} == {"control"}
    second = mine[1]["occurred_at"]
    window = {"since": second, "until": mine[2]["occurred_at"], "subject": control}
    assert [each["id"] for each in ok(await org.admin.get(TRAIL, params=window))["items"]] == [mine[1]["id"]]
    led_to = ok(await org.admin.get(TRAIL, params={"cause": mine[0]["id"]}))["items"]
    assert [each["id"] for each in led_to] == [each["id"] for each in everything if each["cause"] == mine[0]["id"]]


async def test_the_trail_of_another_is_not_there(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    event = ok(await org.admin.get(TRAIL, params={"subject": control}))["items"][0]["id"]
    problem(await other_org.admin.get(f"{TRAIL}/{event}"), 404, "not-found")
    assert ok(await other_org.admin.get(TRAIL))["items"] == []


async def test_the_trail_needs_its_permission(org: Organisation) -> None:
    problem(await org.viewer.get(TRAIL), 403, "forbidden")
    problem(await org.owner.get(f"{TRAIL}/verification"), 403, "forbidden")
