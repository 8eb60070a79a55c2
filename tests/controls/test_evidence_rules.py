"""What readiness finds of evidence in SQL is what health finds in Python."""

from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement

from sqlalchemy import select

from services.controls.health.health.rules import LIVE, ExpectationFacts, Facts, ProofFacts, assess
from services.controls.health.known_evidence.models import KnownExpectation, KnownProof, ProofState
from services.controls.programmes.mapped_controls.queries import expected
from shared.clock import new_id
from shared.data.sessions import Database
from shared.data.transactions import transaction_of
from shared.events.catalogue.controls import HealthState

_NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)
# As the evidence service announces them: what has run out is announced as expired.
_PROOFS = [
    *(ProofFacts("Review", state, end) for state in sorted(LIVE) for end in (None, _NOW + _MOMENT)),
    *(ProofFacts("Review", ProofState.EXPIRED, end) for end in (_NOW - _MOMENT, _NOW)),
    *(ProofFacts("Review", ProofState.SUPERSEDED, end) for end in (None, _NOW, _NOW + _MOMENT)),
]


async def test_readiness_and_health_find_the_same_of_evidence(database: Database) -> None:
    """For every combination of up to three items that were accepted for an expectation."""
    org_id = new_id()
    of_control = {new_id(): found for size in range(4) for found in combinations_with_replacement(_PROOFS, size)}
    async with database.transaction(org_id) as session:
        for control, proofs in of_control.items():
            expectation = new_id()
            session.add(
                KnownExpectation(
                    org_id=org_id,
                    id=expectation,
                    control_id=control,
                    title="Access review",
                    freshness_days=90,
                    expected_since=_NOW,
                    version=1,
                )
            )
            session.add_all(
                KnownProof(
                    org_id=org_id,
                    item_id=new_id(),
                    expectation_id=expectation,
                    control_id=control,
                    title=proof.title,
                    state=proof.state,
                    valid_until=proof.valid_until,
                    covers_from=_NOW - _MOMENT,
                    covers_until=_NOW,
                    accepted_at=_NOW - timedelta(days=1),  # while it was fresh
                    version=1,
                )
                for proof in proofs
            )
        await session.flush()
        query = expected(_NOW)
        unproven = {row.control_id for row in await session.execute(select(query)) if row.titles is not None}
        await session.rollback()
        transaction_of(session).to_be_touched.clear()  # nothing is kept, so that nothing is recomputed
    shown = {HealthState.HEALTHY, HealthState.AT_RISK}
    for control, proofs in of_control.items():
        health = assess(Facts(True, [ExpectationFacts("Access review", proofs)]), as_of=_NOW)
        assert (control not in unproven) == (health.state in shown), proofs
