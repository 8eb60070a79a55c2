"""What the firm sees of what was told of earlier days: everything about the controls in scope, with the freeze."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.data.sessions import Database
from tests.audit.given import moved, planned, type2
from tests.controls.given import accepted, control, earlier, told
from tests.support import Organisation, eventually, ok, problem

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


async def _history(org: Organisation, engagement: str, **query: Any) -> list[dict[str, Any]]:
    path = f"/v1/engagements/{engagement}/historical-records"
    return list(ok(await org.viewer.get(path, params=query))["items"])


async def _until(org: Organisation, engagement: str, many: int, **query: Any) -> list[dict[str, Any]]:
    async def heard() -> list[dict[str, Any]] | None:
        found = await _history(org, engagement, **query)
        return found if len(found) == many else None

    return await eventually(heard)


def _ends_of_months(many: int) -> list[date]:
    """The last days of the last months that are over, the earliest first."""
    this = TODAY.year * 12 + TODAY.month - 1
    return [date(month // 12, month % 12 + 1, 1) - DAY for month in range(this - many + 1, this + 1)]


async def test_what_comes_after_the_freeze_is_marked(
    org: Organisation, database: Database, other_org: Organisation
) -> None:
    in_scope, outside = [await control(org, code, [], until="draft") for code in ("AC-01", "AC-02")]
    engagement = (await planned(org, type2(-200, 30), UUID(in_scope)))["id"]
    before = [earlier(kind, TODAY - 210 * DAY, control_id=in_scope) for kind in ("approval", "implementation")]
    await told(org, earlier("approval", TODAY - 210 * DAY, control_id=outside))
    records = await told(org, *before)
    waiting = await _until(org, engagement, 2)
    assert {(each["status"], each["decided_at"], each["after_freeze"]) for each in waiting} == {
        ("recorded", None, False)
    }
    await accepted(org, records)
    await moved(database, org, {"id": engagement}, "fieldwork")

    late = await told(org, earlier("occurrence", TODAY - 100 * DAY, control_id=in_scope))
    (pending,) = await _until(org, engagement, 1, after_freeze="true")
    assert (pending["id"], pending["status"], pending["in_period"]) == (late[0], "recorded", True)
    await accepted(org, late)
    (marked,) = await _until(org, engagement, 1, after_freeze="true", status="accepted")
    record = ok(await org.viewer.get(f"/v1/historical-records/{late[0]}"))
    assert (marked["effective_on"], marked["recorded_at"], marked["decided_at"]) == (
        record["effective_on"],
        record["recorded_at"],
        record["decided_at"],
    )
    assert (marked["kind"], marked["code"], marked["control_ids"]) == ("occurrence", "AC-01", [in_scope])
    assert {each["id"] for each in await _history(org, engagement, after_freeze="false")} == {*records}
    assert {each["in_period"] for each in await _history(org, engagement, kind="approval")} == {False}
    assert await _history(org, engagement, control_id=outside) == []
    since = await _history(org, engagement, recorded_since=marked["recorded_at"])
    assert [each["id"] for each in since] == late
    problem(await org.owner.get(f"/v1/engagements/{engagement}/historical-records"), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/engagements/{engagement}/historical-records"), 404, "not-found")


async def test_no_candidate_lapses_by_what_is_told_later(org: Organisation) -> None:
    """A month was missed, as announced; a record says later that it was not. Health is better, the candidate stands."""
    days = _ends_of_months(3)
    first = days[0].replace(day=1)
    operated = await control(org, "AC-01", [], until="draft")
    monthly = {"frequency": "monthly"}
    ok(await org.manager.patch(f"/v1/controls/{operated}", json=monthly, headers={"If-Match": "*"}))
    both = [earlier(kind, first, control_id=operated) for kind in ("approval", "implementation")]
    done = [earlier("occurrence", day, control_id=operated) for day in days[:2]]
    await accepted(org, await told(org, *both, *done))
    period = type2(period_start=str(first), period_end=str(TODAY + 30 * DAY))
    engagement = (await planned(org, period, UUID(operated)))["id"]
    ok(await org.manager.post("/v1/services/controls/sweeps"))

    async def candidate() -> dict[str, Any] | None:
        query = {"engagement_id": engagement}
        found = ok(await org.viewer.get("/v1/candidates", params=query))["items"]
        misses = [each for each in found if each["due_on"] == str(days[2])]
        return misses[0] if misses else None

    raised = await eventually(candidate)
    assert ok(await org.viewer.get(f"/v1/controls/{operated}/health"))["state"] == "failing"
    await accepted(org, await told(org, earlier("occurrence", days[2] - 2 * DAY, control_id=operated)))

    async def told_of() -> dict[str, Any] | None:
        now = await candidate()
        return now if now and now["version"] > raised["version"] else None

    now = await eventually(told_of)
    assert (now["status"], now["due_on"]) == ("raised", str(days[2]))
    health = ok(await org.viewer.get(f"/v1/controls/{operated}/health"))
    assert health["state"] != "failing"
    expected = {"from": str(days[2].replace(day=1)), "to": str(days[2])}
    (day,) = ok(await org.viewer.get(f"/v1/controls/{operated}/occurrences", params=expected))["expected"]
    assert (day["standing"], day["made_good_on"]) == ("in_time", str(TODAY))
