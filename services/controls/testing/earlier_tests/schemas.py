from uuid import UUID

from pydantic import BaseModel

from shared.events.catalogue.testing import Outcome, TestKind


class EarlierTest(BaseModel):
    """What a test outside Attest came to."""

    procedure_id: UUID
    kind: TestKind
    outcome: Outcome
    notes: str | None
    evidence_ids: list[UUID]
