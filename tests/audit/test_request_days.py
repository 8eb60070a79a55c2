"""What follows from the day on which a request is due, and from a leaver's requests."""

import uuid
from datetime import UTC, datetime, timedelta

from deploy.firm import Firm
from services.audit.requests.request_releases.actions import announce_overdue
from services.audit.requests.requests.queries import overdue
from shared.data.sessions import Database
from tests.audit.given import day
from tests.audit.requested import answered, in_planning, released, told
from tests.support import Organisation, created, eventually, ok, person, problem

WHY = {"reason": "The migration has not ended."}


async def swept(database: Database, firm: Firm, as_of: datetime) -> int:
    """How many requests of the firm the sweep announces as overdue, when the clock says so."""
    async with database.across_organisations() as connection:
        due = (await connection.execute(overdue(as_of))).scalars().all()
    if uuid.UUID(firm.id) not in due:
        return 0
    async with database.transaction(uuid.UUID(firm.id)) as session:
        return await announce_overdue(session, as_of=as_of, limit=1000)


async def test_overdue_is_announced_once_to_both(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    async with firm.acting("staff", engagement["id"]) as staff:
        late, answer_this = await released(staff, due_on=day(1)), await released(staff, due_on=day(1), code="X-1")
        await answered(org, answer_this)
        today = datetime.now(UTC)
        await swept(database, firm, today + timedelta(days=1))
        assert "request.overdue" not in await told(org.manager, late["id"])
        after = today + timedelta(days=2)
        assert await swept(database, firm, after) >= 1
        assert await swept(database, firm, after) == 0
        for reader in (org.manager, firm.admin):
            assert (await told(reader, late["id"]))[-1] == "request.overdue"
            assert "request.overdue" not in await told(reader, answer_this["id"])
        path = f"/v1/requests/{late['id']}"
        seen = ok(await org.viewer.get(path, params={"as_of": after.isoformat()}))
        assert (seen["overdue"], ok(await org.viewer.get(path))["overdue"]) == (True, False)
        moved = ok(await staff.post(f"{path}/reschedulings", json={"due_on": day(5), **WHY}))
        assert moved["due_on"] == day(5)
        assert await swept(database, firm, after) == 0
        assert await swept(database, firm, today + timedelta(days=6)) >= 1
        problem(await staff.post(f"{path}/reschedulings", json={"due_on": day(-1), **WHY}), 422, "invalid")
        await answered(org, late)
        problem(await staff.post(f"{path}/reschedulings", json={"due_on": day(9), **WHY}), 409, "conflict")


async def test_a_leavers_requests_go_to_who_takes_over(org: Organisation, database: Database, firm: Firm) -> None:
    engagement = await in_planning(org, database, firm)
    lee = await person(org, "lee")
    leaver = created(
        await org.admin.post(
            "/v1/members",
            json={"new_person": {"name": "Lou", "emails": ["lou@example.com"]}, "roles": ["control-owner"]},
        )
    )["person"]
    async with firm.acting("staff", engagement["id"]) as staff:
        request = await released(staff)
        path = f"/v1/requests/{request['id']}"

        async def assigned() -> bool:
            answer = await org.manager.post(f"{path}/assignments", json={"owner": leaver["id"]})
            return answer.status_code == 200

        await eventually(assigned)
        handover = {"reason": "On leave.", "to": "lee@example.com"}
        ok(await org.admin.post(f"/v1/people/{leaver['id']}/handovers", json=handover))

        async def handed_over() -> bool:
            return bool(ok(await staff.get(path))["owner"] == lee)

        await eventually(handed_over)
    assert (await told(org.manager, request["id"]))[-1] == "request.assigned"
