"""Which texts of controls are tested in an engagement: those in force in its time, and which came after the freeze."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.audit.engagements.known_definitions.actions import DEFINITIONS
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.definitions import DefinitionApproved, DefinitionBegunEarlier, DefinitionWithdrawn
from shared.events.event import Event, Heard
from shared.identity.callers import SYSTEM
from tests.audit.given import NOW, moved, planned, type2
from tests.support import Organisation, ok, problem

DAY = timedelta(days=1)
MIDNIGHT = datetime.combine(NOW.date(), datetime.min.time(), UTC)


def definition(control: UUID, number: int, begins: int, **changes: Any) -> Heard[Event]:
    """A text in force from so many days from today; `subject` and `approved` (days from today) can be given."""
    event = DefinitionApproved(
        control_id=control,
        control_code="AC-01",
        title="Access review",
        number=number,
        statement=f"Text {number}",
        kind="detective",
        nature="manual",
        frequency="quarterly",
        requirements=["soc2:CC6.2"],
        effective_from=MIDNIGHT + begins * DAY,
        supersedes=number - 1 or None,
        changed=["statement"],
    )
    subject, approved = changes.get("subject", uuid4()), changes.get("approved", begins)
    return Heard(new_id(), UUID(int=0), subject, 2, NOW + approved * DAY, SYSTEM, event)


async def noted(database: Database, org: Organisation, *heard: Heard[Event]) -> None:
    async with database.transaction(UUID(org.id)) as session:
        await DEFINITIONS.note(session, heard)


async def numbers(org: Organisation, engagement: dict[str, Any], **query: str) -> list[int]:
    path = f"/v1/engagements/{engagement['id']}/control-definitions"
    found = ok(await org.viewer.get(path, params={"sort": "effective_from", **query}))["items"]
    return [each["number"] for each in found]


async def test_the_texts_of_the_period_are_tested(org: Organisation, database: Database) -> None:
    control, other = uuid4(), uuid4()
    engagement = await planned(org, type2(-30, 30), control)
    texts = [definition(control, 1, -400), definition(control, 2, -200), definition(control, 3, -10)]
    withdrawn = definition(control, 4, 20, approved=-5)
    await noted(database, org, *texts, definition(control, 5, 31, approved=-1), withdrawn, definition(other, 1, -20))
    assert await numbers(org, engagement) == [2, 3, 4]
    gone = DefinitionWithdrawn(control_id=control, control_code="AC-01", title="Access review", number=4)
    await noted(database, org, Heard(new_id(), UUID(int=0), withdrawn.subject, 3, NOW, SYSTEM, gone))
    assert await numbers(org, engagement) == [2, 3]
    path = f"/v1/engagements/{engagement['id']}/control-definitions"
    second, third = ok(await org.viewer.get(path, params={"sort": "effective_from"}))["items"]
    assert second["effective_until"] == third["effective_from"]
    assert (third["statement"], third["requirements"], third["after_freeze"]) == ("Text 3", ["soc2:CC6.2"], False)


async def test_what_a_record_shows_to_have_begun_earlier_was_in_force_then(
    org: Organisation, database: Database
) -> None:
    control, subject = uuid4(), uuid4()
    engagement = await planned(org, type2(-60, -30), control)
    await noted(database, org, definition(control, 1, -10, subject=subject))
    assert await numbers(org, engagement) == []
    earlier = DefinitionBegunEarlier(
        control_id=control,
        control_code="AC-01",
        title="Access review",
        number=1,
        effective_from=MIDNIGHT - 45 * DAY,
        effective_from_before=MIDNIGHT - 10 * DAY,
        historical_record_id=uuid4(),
    )
    await noted(database, org, Heard(new_id(), UUID(int=0), subject, 3, NOW, SYSTEM, earlier))
    assert await numbers(org, engagement) == [1]


async def test_what_was_approved_after_the_freeze_is_marked(
    org: Organisation, other_org: Organisation, database: Database
) -> None:
    control = uuid4()
    engagement = await moved(database, org, await planned(org, type2(-30, 30), control), "fieldwork")
    await noted(database, org, definition(control, 1, -60), definition(control, 2, 10, approved=1))
    assert await numbers(org, engagement, after_freeze="true") == [2]
    assert await numbers(org, engagement, control_id=str(control)) == [1, 2]
    path = f"/v1/engagements/{engagement['id']}/control-definitions"
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await org.risk.get(path), 403, "forbidden")
