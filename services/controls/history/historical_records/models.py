from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant
from shared.events.catalogue.history import RecordStatus


class RecordKind(StrEnum):
    """What was done, in the order in which records have their effect; those of one kind by their days.

    A version of a policy was put in force; a control was approved, put into operation, performed, tested; a version was
    acknowledged.
    """

    PUBLICATION = "publication"
    APPROVAL = "approval"
    IMPLEMENTATION = "implementation"
    OCCURRENCE = "occurrence"
    TEST = "test"
    ACKNOWLEDGEMENT = "acknowledgement"


class HistoricalRecord(Base, table=True):
    """What was done outside Attest on the day `effective_on`; `created_at` is when it came into Attest.

    It is about a control or about a policy; which further columns it has is the kind's. `performed_by` is who did it
    then, without an id where the directory never had them. `evidence` lists what was made then: items of the evidence
    service, or documents kept elsewhere by their SHA-256. `result_id` is what came of an accepted one: the definition,
    the control that was put into operation, the occurrence, the test result, the policy version, the acknowledgement.
    """

    __tablename__ = "historical_records"

    import_id: UUID | None = None
    kind: str
    status: str = RecordStatus.RECORDED
    control_id: UUID | None = None
    policy_id: UUID | None = None
    version_id: UUID | None = None
    campaign_id: UUID | None = None
    procedure_id: UUID | None = None
    test_kind: str | None = None
    outcome: str | None = None
    effective_on: date
    performed_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    due_on: date | None = None
    notes: str | None = None
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)
    decision_reason: str | None = None
    result_id: UUID | None = None
