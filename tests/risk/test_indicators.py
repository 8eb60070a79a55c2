"""Indicators: pushed or counted, breaching and recovering once, silent by the clock, with a history that is kept."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.risk import handlers
from services.risk.app import SERVICE
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState, Severity
from shared.events.catalogue.evidence_collections import (
    CollectionAccepted,
    CollectionOpened,
    CollectionOverdue,
    CollectionRescheduled,
)
from shared.events.catalogue.findings import FindingCommunicated, FindingWithdrawn
from shared.events.catalogue.issues import IssueClosed, IssueOpened
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.risk.conftest import Controls
from tests.risk.given import identified, trail
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem, settings_of

DRAFT: dict[str, Any] = {
    "code": "KRI-01",
    "title": "Old critical vulnerabilities",
    "description": "Counted by the scanner every night.",
    "unit": "vulnerabilities",
    "owner": "riley@example.com",
    "amber": 5,
    "red": 10,
    "period_hours": 24,
}
COMPUTED = {name: value for name, value in DRAFT.items() if name != "period_hours"}
NOW = datetime.now(UTC)


async def defined(org: Organisation, **changes: Any) -> str:
    return str(created(await org.risk.post("/v1/indicators", json=DRAFT | changes))["id"])


async def read(org: Organisation, indicator: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/indicators/{indicator}"))


def measured(value: float, *, minutes_ago: float = 0, **changes: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    return {"indicator": "KRI-01", "source": "scanner", "reading": at, "measured_at": at, "value": value} | changes


async def pushed(org: Organisation, *values: dict[str, Any]) -> list[str]:
    """What became of each value."""
    answer = ok(await org.monitor.post("/v1/indicator-values", json={"values": values}))
    return [each["status"] for each in answer["values"]]


async def told(org: Organisation, indicator: str) -> list[str]:
    """What was announced of an indicator, but for its measurements, the oldest first."""
    kinds = [event["type"].removeprefix("risk.indicator.") for event in await trail(org, indicator)]
    return [kind for kind in kinds if kind != "measured"]


async def test_a_breach_and_the_recovery_are_announced_once_each(org: Organisation) -> None:
    risk = await identified(org)
    indicator = await defined(org, risk_ids=[risk])
    fresh = await read(org, indicator)
    assert (fresh["state"], fresh["value"], fresh["trend"]) == ("unknown", None, None)
    for minutes, value in enumerate((4, 6, 7, 11, 12, 6, 3, 2)):
        assert await pushed(org, measured(value, minutes_ago=60 - minutes)) == ["recorded"]
    assert await told(org, indicator) == ["defined", "breached", "breached", "recovered", "recovered"]
    events = [event for event in await trail(org, indicator) if event["type"].endswith(("breached", "recovered"))]
    assert [(event["data"]["before"], event["data"]["state"]) for event in events] == [
        ("within", "amber"),
        ("amber", "red"),
        ("red", "amber"),
        ("amber", "within"),
    ]
    assert events[1]["reason"] == "1 of the last 1 values is at or above 10 (red): 11."
    assert events[1]["data"]["risk_ids"] == [risk]
    now = await read(org, indicator)
    assert (now["state"], now["value"], now["trend"]) == ("within", 2, "falling")
    listed = ok(await org.viewer.get("/v1/indicators", params={"risk_id": risk, "state": "within"}))["items"]
    assert [each["id"] for each in listed] == [indicator]


async def test_a_value_that_stands_alone_does_not_breach(org: Organisation) -> None:
    indicator = await defined(org, breaching_values=2, of_last=3)
    for minutes, value in enumerate((11, 2, 12, 1, 1)):
        await pushed(org, measured(value, minutes_ago=60 - minutes))
    assert await told(org, indicator) == ["defined", "breached", "recovered"]


async def test_the_same_value_again_is_recorded_once_and_another_of_it_refused(org: Organisation) -> None:
    indicator = await defined(org)
    value = measured(11, minutes_ago=5)
    assert await pushed(org, value, value) == ["recorded", "already_known"]
    assert await pushed(org, value | {"indicator": indicator}) == ["already_known"]
    again = ok(await org.monitor.post("/v1/indicator-values", json={"values": [value | {"value": 1}]}))
    assert again["values"][0]["problem"]["type"] == "/problems/measured-otherwise"
    assert await told(org, indicator) == ["defined", "breached"]
    assert len(ok(await org.viewer.get(f"/v1/indicators/{indicator}/values"))["items"]) == 1


async def test_a_late_value_changes_the_history_and_not_the_present(org: Organisation) -> None:
    indicator = await defined(org)
    await pushed(org, measured(1, minutes_ago=10))
    assert await pushed(org, measured(50, minutes_ago=20)) == ["recorded_late"]
    now = await read(org, indicator)
    assert (now["state"], now["value"]) == ("within", 1)
    history = ok(await org.viewer.get(f"/v1/indicators/{indicator}/values"))["items"]
    assert [(each["value"], each["late"]) for each in history] == [(1, False), (50, True)]
    since = {"updated_since": history[1]["recorded_at"], "sort": "recorded_at"}
    changed = ok(await org.viewer.get(f"/v1/indicators/{indicator}/values", params=since))["items"]
    assert [each["id"] for each in changed] == [history[1]["id"]]
    assert await told(org, indicator) == ["defined"]


async def test_many_values_at_once_are_judged_by_the_newest(org: Organisation) -> None:
    indicator = await defined(org)
    assert (
        await pushed(org, measured(3, minutes_ago=1), measured(60, minutes_ago=2), measured(2, minutes_ago=3))
        == ["recorded"] * 3
    )
    now = await read(org, indicator)
    assert (now["state"], now["value"], now["trend"]) == ("within", 3, "falling")
    assert await told(org, indicator) == ["defined"]


async def test_silence_is_unknown_and_announced_once(org: Organisation) -> None:
    indicator = await defined(org, period_hours=1)
    await pushed(org, measured(11, minutes_ago=30))
    await pushed(org, measured(12, minutes_ago=29))
    quiet = await defined(org, code="KRI-02", period_hours=1)
    await pushed(org, measured(11, minutes_ago=200, indicator="KRI-02"))
    assert (await read(org, quiet))["state"] == "unknown"  # it was too old when it came
    for _ in range(2):
        ok(await org.admin.post("/v1/services/risk/sweeps"))

    async def silent() -> bool:
        return await told(org, quiet) == ["defined", "silent"]

    await eventually(silent)
    assert (await read(org, indicator))["state"] == "red"
    await pushed(org, measured(11, indicator="KRI-02"))
    ok(await org.admin.post("/v1/services/risk/sweeps"))
    assert await told(org, quiet) == ["defined", "silent", "breached"]
    assert (await read(org, quiet))["reason"] == "1 of the last 1 values is at or above 10 (red): 11."


async def test_other_thresholds_judge_the_values_again(org: Organisation) -> None:
    indicator = await defined(org)
    await pushed(org, measured(7, minutes_ago=5))
    path = f"/v1/indicators/{indicator}"
    revised = ok(await org.risk.patch(path, json={"red": 7}, headers={"If-Match": "*"}))
    assert revised["state"] == "red"
    assert await told(org, indicator) == ["defined", "breached", "revised", "breached"]
    refused = problem(await org.risk.patch(path, json={"amber": 8}, headers={"If-Match": "*"}), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/red"
    ok(await org.risk.post(f"{path}/retirements", json={"reason": "The scanner is gone."}))
    problem(await org.risk.patch(path, json={"red": 9}, headers={"If-Match": "*"}), 409, "conflict")
    problem(await org.risk.post(f"{path}/retirements", json={"reason": "Again."}), 409, "conflict")


async def test_what_is_wrong_with_a_draft_is_refused(org: Organisation) -> None:
    await defined(org)
    problem(await org.risk.post("/v1/indicators", json=DRAFT), 409, "code-taken")
    other = DRAFT | {"code": "KRI-02"}
    unknown = problem(
        await org.risk.post("/v1/indicators", json=other | {"risk_ids": [str(uuid.uuid4())]}), 422, "unknown-risk"
    )
    assert unknown["errors"][0]["pointer"] == "/risk_ids/0"
    problem(await org.risk.post("/v1/indicators", json=other | {"owner": "nobody@example.com"}), 422, "unknown-person")
    problem(await org.risk.post("/v1/indicators", json=other | {"metric": "open_issues"}), 422, "invalid")


async def test_what_is_wrong_with_a_value_is_refused_by_itself(org: Organisation) -> None:
    await defined(org)
    await defined(org, code="KRI-09")
    ok(
        await org.risk.post(
            "/v1/indicators/" + await defined(org, code="KRI-08") + "/retirements", json={"reason": "x"}
        )
    )
    created(await org.risk.post("/v1/indicators", json=COMPUTED | {"code": "KRI-07", "metric": "open_issues"}))
    values = [
        measured(1, minutes_ago=1),
        measured(1, indicator="KRI-99"),
        measured(1, indicator="KRI-08"),
        measured(1, indicator="KRI-07"),
        measured(1, minutes_ago=-60),
        measured(1) | {"value": "many"},
    ]
    answer = ok(await org.monitor.post("/v1/indicator-values", json={"values": values}))
    assert (answer["recorded"], answer["refused"]) == (1, 5)
    slugs = [each["problem"] and each["problem"]["type"].rpartition("/")[2] for each in answer["values"]]
    assert slugs == [
        None,
        "unknown-indicator",
        "indicator-not-pushed",
        "indicator-not-pushed",
        "not-yet-measured",
        "invalid",
    ]
    atomic = await org.monitor.post(
        "/v1/indicator-values?atomic=true", json={"values": [measured(1, indicator="KRI-09"), values[1]]}
    )
    refused = problem(atomic, 422, "values-refused")
    assert [fault["pointer"] for fault in refused["errors"]] == ["/values/1/indicator"]
    listed = ok(await org.viewer.get("/v1/indicators", params={"q": "kri-09"}))["items"]
    assert listed[0]["value"] is None


async def test_failing_controls_are_counted_as_they_are_heard_of(org: Organisation, control: Controls) -> None:
    review, backup = control(), control(code="BC-01")
    draft = COMPUTED | {"metric": "failing_controls", "amber": 1, "red": 2}
    of_all = created(await org.risk.post("/v1/indicators", json=draft))["id"]
    of_one = created(
        await org.risk.post("/v1/indicators", json=draft | {"code": "KRI-02", "control_ids": [backup.id]})
    )["id"]
    assert (await read(org, of_all))["value"] == 0
    failing = await review.is_(HealthState.FAILING)

    async def counted(number: int) -> dict[str, Any] | None:
        now = await read(org, of_all)
        return now if now["value"] == number else None

    first = await eventually(lambda: counted(1))
    assert (first["state"], (await read(org, of_one))["value"]) == ("amber", 0)
    breached = next(event for event in await trail(org, of_all) if event["type"].endswith("breached"))
    assert (breached["actor"], breached["cause"]) == ("system", failing)
    await backup.is_(HealthState.FAILING)
    assert (await eventually(lambda: counted(2)))["state"] == "red"
    assert (await read(org, of_one))["value"] == 1
    await review.is_(HealthState.HEALTHY)
    await eventually(lambda: counted(1))
    await backup.was("retired", version=9)
    assert (await eventually(lambda: counted(0)))["state"] == "within"
    assert await told(org, of_all) == ["defined", "breached", "breached", "recovered", "recovered"]
    ok(await org.risk.patch(f"/v1/indicators/{of_one}", json={"control_ids": []}, headers={"If-Match": "*"}))


CONTROL = uuid.uuid4()
_COLLECTION = {
    "expectation_id": None,
    "control_id": CONTROL,
    "intended_on": NOW.date(),
    "due_at": NOW,
    "owner_id": None,
}
_ISSUE = {
    "title": "Leavers kept access",
    "control_ids": [CONTROL],
    "severity": Severity.HIGH,
    "owner_id": uuid.uuid4(),
    "due_on": NOW.date(),
}
_FINDING = {"engagement_id": uuid.uuid4(), "control_id": CONTROL, "control_code": "AC-01", "title": "Late removals"}
_COUNTED = [
    (
        "overdue_collections",
        [
            (CollectionOpened(**_COLLECTION), 0),
            (CollectionOverdue(**_COLLECTION), 1),
            (CollectionRescheduled(**_COLLECTION), 0),
            (CollectionOverdue(**_COLLECTION), 1),
            (CollectionAccepted(**_COLLECTION), 0),
        ],
    ),
    (
        "open_issues",
        [
            (IssueOpened(**_ISSUE, status="open", source="audit", source_reference=None), 1),
            (IssueClosed(**_ISSUE, status="closed", outcome="verified"), 0),
        ],
    ),
    (
        "open_findings",
        [
            (FindingCommunicated(**_FINDING, status="communicated"), 1),
            (FindingWithdrawn(**_FINDING, status="withdrawn"), 0),
        ],
    ),
]


@pytest.mark.parametrize(("metric", "news"), _COUNTED, ids=[metric for metric, _ in _COUNTED])
async def test_what_other_services_announce_is_counted(
    org: Organisation, stack: Stack, metric: str, news: Sequence[tuple[Event, int]]
) -> None:
    draft = COMPUTED | {"metric": metric, "amber": 1, "red": 2}
    of_all = created(await org.risk.post("/v1/indicators", json=draft))["id"]
    of_one = created(
        await org.risk.post("/v1/indicators", json=draft | {"code": "KRI-02", "control_ids": [str(CONTROL)]})
    )["id"]
    of_none = created(
        await org.risk.post("/v1/indicators", json=draft | {"code": "KRI-03", "control_ids": [str(uuid.uuid4())]})
    )["id"]
    database = Database(settings_of(stack, "risk"), SERVICE.recompute)
    subject, org_id = new_id(), uuid.UUID(org.id)
    for version, (event, number) in enumerate(news, 1):
        heard = Heard(new_id(), org_id, subject, version, datetime.now(UTC), SYSTEM, event)
        for _ in range(2):  # a redelivery counts once
            async with database.transaction(org_id) as session:
                await handle_once(session, handlers_in(handlers), [heard])
        assert [(await read(org, each))["value"] for each in (of_all, of_one, of_none)] == [number, number, 0]
    await database.close()


async def test_a_leavers_indicators_are_handed_over(org: Organisation) -> None:
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    indicator = await defined(org, owner=nora["id"])
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return bool((await read(org, indicator))["owner"] == lee)

    await eventually(handed_over)
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def gone() -> bool:
        answer = await org.risk.post("/v1/indicators", json=DRAFT | {"code": "KRI-02", "owner": nora["id"]})
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(gone)
    patched = await org.risk.patch(f"/v1/indicators/{indicator}", json={"owner": nora["id"]}, headers={"If-Match": "*"})
    problem(patched, 422, "person-gone")
    for revision, slug in (
        ({"owner": "nobody@example.com"}, "unknown-person"),
        ({"risk_ids": [str(uuid.uuid4())]}, "unknown-risk"),
    ):
        answer = await org.risk.patch(f"/v1/indicators/{indicator}", json=revision, headers={"If-Match": "*"})
        problem(answer, 422, slug)


async def test_who_may_and_what_another_organisation_sees(org: Organisation, other_org: Organisation) -> None:
    indicator = await defined(org)
    await pushed(org, measured(1, minutes_ago=1))
    path = f"/v1/indicators/{indicator}"
    problem(await org.viewer.post("/v1/indicators", json=DRAFT), 403, "forbidden")
    problem(await org.viewer.patch(path, json={"red": 9}, headers={"If-Match": "*"}), 403, "forbidden")
    problem(await org.viewer.post(f"{path}/retirements", json={"reason": "x"}), 403, "forbidden")
    problem(await org.viewer.post("/v1/indicator-values", json={"values": [measured(1)]}), 403, "forbidden")
    problem(await org.monitor.get("/v1/indicators"), 403, "forbidden")
    assert ok(await other_org.viewer.get("/v1/indicators"))["items"] == []
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.viewer.get(f"{path}/values"), 404, "not-found")
    problem(await other_org.risk.patch(path, json={"red": 9}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.risk.post(f"{path}/retirements", json={"reason": "x"}), 404, "not-found")
    theirs = ok(
        await other_org.monitor.post("/v1/indicator-values", json={"values": [measured(1, indicator=indicator)]})
    )
    assert theirs["values"][0]["problem"]["type"] == "/problems/unknown-indicator"
