"""The verb of a test outside Attest. Its control is locked by then."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import Earlier
from services.controls.register.controls.models import Control
from services.controls.register.definitions.queries import definition_in_force
from services.controls.testing.control_tests.actions import refuse_inquiry_alone, refuse_owner, version_in_force
from services.controls.testing.earlier_tests.schemas import EarlierTest
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_results.queries import counting
from services.controls.testing.test_standings.actions import restate, standing_of_procedure
from shared.data.transactions import touched
from shared.events.catalogue.testing import Outcome, TestRecorded
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid


async def record_earlier(
    session: AsyncSession, control: Control, *, test: EarlierTest, earlier: Earlier, by: Actor, at: datetime
) -> UUID:
    """Record what a test outside Attest came to, signed off by whoever accepts it; the id of the result.

    It is held to what tests in Attest are: an approved procedure, no conclusion by inquiry alone, no owner who tests
    their own control, and a definition that was in force on that day.
    """
    refuse_owner(control, earlier.by)
    if (version := await version_in_force(session, test.procedure_id)) is None:
        raise Invalid("The procedure is retired, or not approved yet.")
    refuse_inquiry_alone(version, test.outcome)
    if (tested := await definition_in_force(session, control.id, earlier.at)) is None:
        raise Invalid(f"No definition of the control was in force on {earlier.on}.")
    standing = await standing_of_procedure(
        session, control.id, procedure_id=test.procedure_id, kind=test.kind, title=version.title, at=at
    )
    result = Result(
        **test.model_dump(exclude={"procedure_id"}),
        org_id=control.org_id,
        control_id=control.id,
        standing_id=standing.id,
        definition_id=tested.id,
        observed_at=earlier.at,
        tester=dict(earlier.by),
        review=Review.SIGNED_OFF,
        reviewer=by.recorded,
        reviewed_at=at,
        historical_record_id=earlier.record_id,
        created_at=at,
        updated_at=at,
    )
    session.add(result)
    restate(standing, await counting(session, standing.id))
    event = TestRecorded(
        control_id=control.id,
        control_code=control.code,
        title=version.title,
        kind=test.kind,
        standing_id=standing.id,
        automated=False,
        outcome=test.outcome,
        concluded=Outcome(standing.concluded) if standing.concluded else None,
        observed_at=earlier.at,
        historical_record_id=earlier.record_id,
    )
    announce(session, event, about=result, by=by, at=at, reason=earlier.reason)
    touched(session, control.id, at=at)
    return result.id
