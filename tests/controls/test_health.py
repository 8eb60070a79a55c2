"""Health over time: its history without gaps, and what changes by the clock alone."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.stack import Stack
from deploy.story import expect_evidence, implemented_control
from services.controls import handlers
from services.controls.app import SERVICE
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceExpired
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.support import Organisation, eventually, ok, problem, settings_of


async def _pushed(org: Organisation, outcome: str, *, run: int, **more: Any) -> None:
    result = {
        "control": "CM-01",
        "source": "scanner",
        "run_id": f"run {run}",
        "check": "ports",
        "outcome": outcome,
        "observed_at": datetime.now(UTC).isoformat(),
        **more,
    }
    answer = ok(await org.monitor.post("/v1/test-results", json={"results": [result]}))
    assert answer["recorded"] == 1, answer


async def _timeline(org: Organisation, control: str, **query: str) -> list[dict[str, Any]]:
    asked = {"control_id": control, "sort": "since", **query}
    return list(ok(await org.viewer.get("/v1/control-health-changes", params=asked))["items"])


async def test_the_history_has_neither_gap_nor_overlap(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    for run, outcome in enumerate(["pass", "fail", "error", "pass"]):
        await _pushed(org, outcome, run=run)
    results = ok(await org.viewer.get("/v1/test-results", params={"control_id": control}))["items"]
    (definition,) = ok(await org.viewer.get(f"/v1/controls/{control}/definitions"))["items"]
    assert {each["definition_id"] for each in results} == {definition["id"]}
    changes = await _timeline(org, control)
    assert [(each["before"], each["state"]) for each in changes] == [
        (None, "unknown"),
        ("unknown", "healthy"),
        ("healthy", "failing"),
        ("failing", "healthy"),
    ]
    assert [each["until"] for each in changes] == [*(each["since"] for each in changes[1:]), None]
    assert changes[2]["reason_codes"] == ["operation_failed"]
    assert changes[-1] == ok(await org.viewer.get(f"/v1/control-health-changes/{changes[-1]['id']}"))
    for each in changes:
        (held,) = await _timeline(org, control, as_of=each["since"])
        assert held == each
    assert await _timeline(org, control, as_of="2020-01-01T00:00:00Z") == []
    assert [each["state"] for each in await _timeline(org, control, state="failing")] == ["failing"]
    synced = await _timeline(org, control, sort="updated_at", updated_since=changes[-1]["updated_at"])
    assert {each["id"] for each in synced} == {changes[-2]["id"], changes[-1]["id"]}


async def test_a_check_that_falls_silent_is_noticed_by_the_clock_once(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    due = datetime.now(UTC) + timedelta(seconds=1)
    await _pushed(org, "pass", run=1, next_due_at=due.isoformat())
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["state"] == "healthy"
    await asyncio.sleep(1)

    async def swept() -> bool:
        ok(await org.manager.post("/v1/services/controls/sweeps"))
        return bool(ok(await org.viewer.get(f"/v1/controls/{control}/health"))["state"] == "at_risk")

    await eventually(swept, every=0.1)
    await asyncio.gather(*(org.manager.post("/v1/services/controls/sweeps") for _ in range(5)))
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["reason_codes"] == ["test_overdue"]
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": control, "limit": "200"}))["items"]
    assert [each["type"] for each in trail].count("controls.health.at_risk") == 1
    await _pushed(org, "pass", run=2)
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["state"] == "healthy"


async def test_another_organisation_has_no_part_in_it(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    (change,) = await _timeline(org, control)
    problem(await other_org.viewer.get(f"/v1/control-health-changes/{change['id']}"), 404, "not-found")
    assert await _timeline(other_org, control) == []
    problem(await org.monitor.get("/v1/control-health-changes"), 403, "forbidden")


async def test_evidence_of_one_instant_is_taken_in_at_once(stack: Stack, org: Organisation) -> None:
    """Two items of one control, two versions of one item in either order, and a control that is not known here."""
    controls = [await implemented_control(org, code) for code in ("CM-01", "CM-02")]
    expectations = [await expect_evidence(org, control) for control in controls]

    async def all_expect_evidence() -> bool:
        healths = [ok(await org.viewer.get(f"/v1/controls/{control}/health")) for control in controls]
        return all("has been accepted" in each["reasons"][0] for each in healths)

    await eventually(all_expect_evidence)
    at, org_id = datetime.now(UTC), uuid.UUID(org.id)
    first, second, third, fourth = (uuid.uuid4() for _ in range(4))

    def told(
        kind: type[EvidenceAccepted] | type[EvidenceExpired], item: uuid.UUID, version: int, place: int | None
    ) -> Heard[Event]:
        control, expectation = (uuid.uuid4(), uuid.uuid4()) if place is None else (controls[place], expectations[place])
        proof = {"expectation_id": expectation, "control_id": control, "valid_until": None}
        covered = dict.fromkeys(("covers_from", "covers_until", "accepted_at"), datetime.now(UTC))
        event = kind.model_validate({"title": "Ports", **covered, "proves": [proof]})
        return Heard(new_id(), org_id, item, version, at, SYSTEM, event)

    heard = [
        told(EvidenceExpired, first, 2, 0),
        told(EvidenceAccepted, second, 2, 0),
        told(EvidenceExpired, third, 3, 1),
        told(EvidenceAccepted, third, 2, 1),
        told(EvidenceAccepted, fourth, 2, None),
    ]
    database = Database(settings_of(stack, "controls"), SERVICE.recompute)
    async with database.transaction(org_id) as session:
        assert await handle_once(session, handlers_in(handlers), heard) == heard
    async with database.transaction(org_id) as session:
        assert await handle_once(session, handlers_in(handlers), heard) == []
    await database.close()
    for control, state, cause in ((controls[0], "healthy", heard[1].id), (controls[1], "failing", heard[2].id)):
        change = (await _timeline(org, control))[-1]
        assert (change["state"], change["cause"]) == (state, str(cause))
