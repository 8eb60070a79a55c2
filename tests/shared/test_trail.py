"""The trail: what every change leaves, and what verification says when somebody has been at the rows."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.support import Organisation, eventually, ok, problem

TRAIL = "/v1/services/controls/trail"


@pytest.fixture
async def superuser(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    """Someone who can get at the rows past every fence."""
    address = stack.environment("controls")["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + "/controls"
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


async def _sealed(org: Organisation) -> dict[str, object]:
    async def sealed() -> dict[str, object] | None:
        result = ok(await org.admin.get(f"{TRAIL}/verification"))
        return result if result["sealed"] and not result["unsealed"] else None

    return await eventually(sealed)


async def _verification(org: Organisation) -> tuple[str | None, int | None]:
    result = ok(await org.admin.get(f"{TRAIL}/verification"))
    assert result["verified"] is (result["broken"] is None)
    return result["broken"], result["position"]


async def test_each_change_says_who_what_when_and_why(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    reason = "Replaced by AC-02"
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": reason}))
    events = ok(await org.admin.get(TRAIL, params={"subject": control}))["items"]
    told = [(each["type"].rpartition(".")[2], each["before"], each["reason"]) for each in events]
    assert told[0][:2] == ("defined", None)
    assert events[0]["after"]["code"] == "AC-01"
    assert ("approved", {"status": "draft"}, None) in told
    assert ("retired", {"status": "implemented"}, reason) in told
    assert [each["version"] for each in events if each["type"].startswith("controls.control")] == [1, 2, 3, 4]
    assert len({each["actor"] for each in events}) > 1
    assert ok(await org.admin.get(f"{TRAIL}/{events[0]['id']}"))["id"] == events[0]["id"]


async def test_an_untouched_chain_verifies(org: Organisation) -> None:
    await implemented_control(org, "AC-01")
    assert (await _sealed(org))["verified"] is True


async def test_a_changed_row_is_named(org: Organisation, superuser: asyncpg.Connection) -> None:
    await implemented_control(org, "AC-01")
    await _sealed(org)
    await superuser.execute("update events set actor = 'somebody' where org_id = $1 and position = 2", org.id)
    assert await _verification(org) == ("changed", 2)


async def test_a_missing_row_is_named(org: Organisation, superuser: asyncpg.Connection) -> None:
    await implemented_control(org, "AC-01")
    await _sealed(org)
    await superuser.execute("delete from events where org_id = $1 and position = 2", org.id)
    assert await _verification(org) == ("missing", 2)


async def test_a_cut_tail_is_named(org: Organisation, superuser: asyncpg.Connection) -> None:
    await implemented_control(org, "AC-01")
    last = (await _sealed(org))["sealed"]
    await superuser.execute("delete from events where org_id = $1 and position = $2", org.id, last)
    assert await _verification(org) == ("missing", last)


async def test_swapped_rows_are_named(org: Organisation, superuser: asyncpg.Connection) -> None:
    await implemented_control(org, "AC-01")
    await _sealed(org)
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        statement = "update events set position = $3 where org_id = $1 and position = $2"
        await superuser.execute(statement, org.id, old, new)
    assert await _verification(org) == ("reordered", 1)


async def test_a_duplicated_row_is_named(org: Organisation, superuser: asyncpg.Connection) -> None:
    await implemented_control(org, "AC-01")
    await _sealed(org)
    columns = "org_id, type, subject, version, actor, reason, occurred_at, data, before, after, published_at, digest"
    async with superuser.transaction():
        # A copy needs a place of its own, so the rest of the chain is moved up by one.
        await superuser.execute("update events set position = -position - 1 where org_id = $1 and position > 1", org.id)
        await superuser.execute("update events set position = -position where org_id = $1 and position < 0", org.id)
        await superuser.execute(
            f"insert into events (id, position, {columns}) select uuidv7(), 2, {columns} from events"  # noqa: S608
            " where org_id = $1 and position = 1",
            org.id,
        )
    broken, position = await _verification(org)
    assert (broken, position) == ("duplicated", 2)


async def test_the_trail_of_another_is_not_there(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    event = ok(await org.admin.get(TRAIL, params={"subject": control}))["items"][0]["id"]
    problem(await other_org.admin.get(f"{TRAIL}/{event}"), 404, "not-found")
    assert ok(await other_org.admin.get(TRAIL))["items"] == []


async def test_the_trail_needs_its_permission(org: Organisation) -> None:
    problem(await org.viewer.get(TRAIL), 403, "forbidden")
    problem(await org.owner.get(f"{TRAIL}/verification"), 403, "forbidden")
