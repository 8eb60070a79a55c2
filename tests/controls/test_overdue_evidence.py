"""Evidence that is overdue counts in a control's health, until it is accepted, skipped or due on another day."""

from datetime import UTC, datetime, timedelta

from deploy.story import implemented_control
from tests.controls.deficient import health, until_health
from tests.evidence.given import a_cadence, accepted, an_expectation, collections_of
from tests.support import Organisation, eventually, ok


async def test_evidence_is_missing_then_overdue_then_partly_there(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    assert (await health(org, control))["reason_codes"] == ["no_evidence_expected", "no_test"]
    tomorrow = a_cadence(ago=-1)
    later = await an_expectation(org, control_id=control, title="Tomorrow's review", cadence=tomorrow)

    async def missing() -> bool:
        found = await health(org, control)
        return (found["state"], found["reason_codes"]) == ("unknown", ["evidence_missing"])

    await eventually(missing)
    expectation = await an_expectation(org, control_id=control, cadence=a_cadence(ago=3))
    first, second = await collections_of(org, expectation)
    assert (await until_health(org, control, "failing"))["reason_codes"] == ["evidence_overdue"]
    await accepted(org, later, covers_until=datetime.now(UTC) + timedelta(days=9))
    until = datetime.fromisoformat(second["covers_until"])
    await accepted(org, expectation, covers_from=second["covers_from"], covers_until=until)
    assert (await until_health(org, control, "at_risk"))["reason_codes"] == ["evidence_overdue"]
    skipped = {"reason": "The system was not there yet."}
    ok(await org.manager.post(f"/v1/collections/{first['id']}/skips", json=skipped))
    await until_health(org, control, "healthy")
