"""Missed occurrences: announced once each, and what they say of a control's health."""

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta

from deploy.local.stack import Stack
from services.controls.app import SERVICE
from services.controls.register.missed_occurrences.actions import announce_missed
from shared.data.sessions import Database
from tests.controls.deficient import opened
from tests.controls.given import accepted, earlier, operated, performed, procedure, programme, pushed, shown, told
from tests.support import Organisation, created, ok, problem, settings_of

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


def _begin(months: int) -> date:
    """The first day of the month so many months ago: as many ends of months lie between then and now."""
    month = TODAY.year * 12 + TODAY.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


async def _record(org: Organisation, control: str, due_on: date, performed_on: date | None = None) -> str:
    if performed_on != TODAY:
        return str((await performed(org, control, performed_on or due_on, due_on))["id"])
    body = {"performed_at": f"{performed_on}T00:00:00Z", "due_on": due_on.isoformat()}
    return str(created(await org.owner.post(f"/v1/controls/{control}/occurrences", json=body))["id"])


async def _sweep(org: Organisation) -> None:
    ok(await org.manager.post("/v1/services/controls/sweeps"))


async def _health(org: Organisation, control: str) -> tuple[str, list[str]]:
    health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
    return health["state"], health["reason_codes"]


async def _announced(org: Organisation, control: str) -> list[str]:
    """The due days of the control that were announced as missed, in their order."""
    query = {"type": "controls.occurrence.missed", "limit": "200"}
    events = ok(await org.admin.get("/v1/services/controls/trail", params=query))["items"]
    return sorted(each["data"]["due_on"] for each in events if each["data"]["control_id"] == control)


async def test_six_expected_and_six_missed_is_failing(org: Organisation) -> None:
    control = await operated(org, "AC-01", "monthly", _begin(6))
    await _sweep(org)
    await asyncio.gather(*(_sweep(org) for _ in range(3)))
    period = {"from": _begin(6).isoformat(), "to": (_begin(0) - DAY).isoformat()}
    counts = ok(await org.viewer.get(f"/v1/controls/{control}/occurrences", params=period))["counts"]
    assert (counts["expected"], counts["missed"]) == (6, 6)
    assert await _announced(org, control) == [(_begin(months) - DAY).isoformat() for months in range(5, -1, -1)]
    assert await _health(org, control) == ("failing", ["occurrence_missed"])


async def test_readiness_and_gaps_say_that_occurrences_were_missed(org: Organisation) -> None:
    going, control = await programme(org), await operated(org, "AC-01", "monthly", _begin(1))
    await shown(org, control, await procedure(org, "TP-design"), "design")
    await _sweep(org)

    async def lacks() -> list[str]:
        readiness = ok(await org.viewer.get(f"/v1/programmes/{going}/readiness"))
        (found,) = [each for each in readiness["requirements"] if each["ref"] == "CC6.2"]
        return list(found["lacks"])

    assert await lacks() == ["occurrence_missed"]
    gaps = ok(await org.viewer.get(f"/v1/programmes/{going}/gaps"))["gaps"]
    (gap,) = [each for each in gaps if each["lack"] == "occurrence_missed"]
    assert (gap["control"]["code"], gap["closes"]) == ("AC-01", ["CC6.2"])
    await _record(org, control, _begin(0) - DAY, TODAY)
    assert await lacks() == []


async def test_a_failing_control_is_announced_again_when_it_fails_for_another_reason(org: Organisation) -> None:
    control = await operated(org, "AC-01", "monthly", _begin(1))
    await _sweep(org)
    await opened(org, control, severity="high")
    await pushed(org, "AC-01", outcome="fail")
    query = {"type": "controls.health.failing", "limit": "200"}
    events = ok(await org.admin.get("/v1/services/controls/trail", params=query))["items"]
    told = sorted((each["occurred_at"], each["data"]["before"], set(each["data"]["reason_codes"])) for each in events)
    assert [each[1:] for each in told] == [
        ("healthy", {"occurrence_missed"}),
        ("failing", {"operation_failed", "occurrence_missed", "serious_issue_open"}),
    ]


async def test_performed_late_is_at_risk_and_withdrawn_is_missed_again(org: Organisation) -> None:
    control = await operated(org, "AC-01", "monthly", _begin(1))
    await _sweep(org)
    assert (await _health(org, control))[0] == "failing"
    late = await _record(org, control, _begin(0) - DAY, TODAY)
    assert await _health(org, control) == ("at_risk", ["occurrence_missed_earlier"])
    ok(await org.manager.post(f"/v1/occurrences/{late}/withdrawals", json={"reason": "It was another control."}))
    assert await _health(org, control) == ("failing", ["occurrence_missed"])
    await _record(org, control, _begin(0) - DAY)  # in time, and only recorded late
    assert await _health(org, control) == ("at_risk", ["occurrence_made_good"])
    period = {"from": _begin(1).isoformat(), "to": (_begin(0) - DAY).isoformat()}
    (expected,) = ok(await org.viewer.get(f"/v1/controls/{control}/occurrences", params=period))["expected"]
    assert (expected["standing"], expected["made_good_on"]) == ("in_time", TODAY.isoformat())
    await _sweep(org)
    assert await _announced(org, control) == [(_begin(0) - DAY).isoformat()]


async def test_misses_are_remembered_for_the_period_of_a_programme(org: Organisation) -> None:
    """Until its end, be that before twelve months are over or after; of another framework it says nothing."""
    recent = await operated(org, "AC-01", "monthly", _begin(1))
    since = [_begin(months - 1) - DAY for months in range(13, 0, -1)]
    old = await operated(org, "AC-02", "monthly", _begin(14), performed_on=since)
    await _sweep(org)
    await _record(org, recent, _begin(0) - DAY, TODAY)
    missed = ("at_risk", ["occurrence_missed_earlier"])
    assert await _announced(org, old) == [(_begin(13) - DAY).isoformat()]
    assert (await _health(org, recent), (await _health(org, old))[0]) == (missed, "healthy")
    ended = {"period_start": _begin(14).isoformat(), "period_end": (_begin(0) - DAY).isoformat()}
    iso = {"framework": "iso27001", "report_type": "iso27001_certification", "categories": []}
    await programme(org, **iso, **ended)
    assert await _health(org, recent) == missed
    going = await programme(org, **ended)
    assert ((await _health(org, recent))[0], (await _health(org, old))[0]) == ("healthy", "healthy")
    longer, path = {"period_end": (TODAY + 30 * DAY).isoformat()}, f"/v1/programmes/{going}"
    ok(await org.manager.patch(path, json=longer, headers={"If-Match": "*"}))
    assert (await _health(org, recent), await _health(org, old)) == (missed, missed)
    ok(await org.manager.post(f"{path}/closures", json={"outcome": "withdrawn", "reason": "Not this year."}))
    assert (await _health(org, recent), (await _health(org, old))[0]) == (missed, "healthy")


async def test_what_is_withdrawn_after_its_day_is_missed(org: Organisation) -> None:
    control = await operated(org, "AC-01", "daily", TODAY - DAY)
    done = await _record(org, control, TODAY - DAY)
    await _sweep(org)
    assert (await _health(org, control))[0] == "healthy"
    ok(await org.manager.post(f"/v1/occurrences/{done}/withdrawals", json={"reason": "It was another control."}))
    await _sweep(org)
    assert await _announced(org, control) == [(TODAY - DAY).isoformat()]
    assert await _health(org, control) == ("at_risk", ["occurrence_missed"])


async def test_a_frequent_control_fails_by_two_in_a_row_or_by_their_share(
    org: Organisation, other_org: Organisation
) -> None:
    control = await operated(org, "AC-01", "daily", TODAY - 10 * DAY)
    for days in (10, 9, 8, 7, 6, 5, 4, 3):
        await _record(org, control, TODAY - days * DAY)
    await _sweep(org)
    assert (await _announced(org, control))[-2:] == [(TODAY - days * DAY).isoformat() for days in (2, 1)]
    state, codes = await _health(org, control)
    assert (state, codes[:2]) == ("failing", ["occurrences_missed_in_a_row", "occurrences_missed_too_often"])
    await _record(org, control, TODAY, TODAY)
    assert await _health(org, control) == ("failing", ["occurrences_missed_too_often"])
    default = await org.viewer.get("/v1/health-policy")
    assert (ok(default)["is_default"], default.headers["ETag"]) == (True, '"0"')
    policy = {"tolerated_misses_percent": 20}
    problem(await org.owner.put("/v1/health-policy", json=policy, headers={"If-Match": '"0"'}), 403, "forbidden")
    own = ok(await org.manager.put("/v1/health-policy", json=policy, headers={"If-Match": '"0"'}))
    assert own == ok(await org.viewer.get("/v1/health-policy"))
    problem(await org.manager.put("/v1/health-policy", json=policy, headers={"If-Match": '"0"'}), 412, "stale")
    assert await _health(org, control) == ("at_risk", ["occurrence_missed_earlier"])
    assert ok(await other_org.viewer.get("/v1/health-policy"))["is_default"] is True


async def test_a_control_on_an_event_is_not_judged_by_misses(org: Organisation) -> None:
    control = await operated(org, "HR-01", "ad_hoc", _begin(6))
    await _sweep(org)
    assert await _announced(org, control) == []
    assert (await _health(org, control))[0] == "healthy"


async def test_days_that_a_later_definition_no_longer_expects_do_not_count(org: Organisation) -> None:
    control = await operated(org, "AC-01", "monthly", _begin(2))
    await _sweep(org)
    assert len(await _announced(org, control)) == 2
    ok(await org.manager.patch(f"/v1/controls/{control}", json={"frequency": "ad_hoc"}, headers={"If-Match": "*"}))
    await accepted(org, await told(org, earlier("approval", _begin(2) + 2 * DAY, control_id=control)))
    await _sweep(org)
    assert (await _health(org, control))[0] == "healthy"


async def test_two_workers_announce_a_miss_once(stack: Stack, org: Organisation) -> None:
    control = await operated(org, "AC-01", "daily", TODAY - 5 * DAY)
    database = Database(settings_of(stack, "controls"), SERVICE.recompute)

    async def work() -> None:
        async with database.transaction(uuid.UUID(org.id)) as session:
            await announce_missed(session, as_of=datetime.now(UTC), limit=500)

    await asyncio.gather(*(work() for _ in range(4)))
    await database.close()
    assert await _announced(org, control) == [(TODAY - days * DAY).isoformat() for days in range(5, 0, -1)]
