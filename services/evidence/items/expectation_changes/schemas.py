from typing import Any

from pydantic import Field

from services.evidence.collecting.expectations.schemas import (
    OWNERS,
    BackupOwner,
    CadenceDraft,
    ExpiringDays,
    FreshnessDays,
    Kind,
    RecordSchemaId,
    ResultSource,
)
from shared.http.fields import Input, PersonRef, Prose, Title

_MAY_BE_NONE = frozenset({"record_schema_id", "result_source"})


class ExpectationRevision(Input):
    """What to change; members left out stay as they are. New days apply to the evidence accepted before, too."""

    title: Title | None = None
    description: Prose | None = None
    kind: Kind | None = None
    freshness_days: FreshnessDays | None = None
    expiring_days: ExpiringDays | None = None
    owner: PersonRef | None = None
    backup_owner: BackupOwner = None
    record_schema_id: RecordSchemaId = None
    result_source: ResultSource = None
    cadence: CadenceDraft | None = Field(
        default=None, description="Null ends the collecting; what is open stays. Another goes on from the last date"
    )

    def changes(self) -> dict[str, Any]:
        """What to change besides the cadence and people. A null takes away what need not be there."""
        given = self.model_dump(exclude_unset=True, exclude={"cadence", *OWNERS})
        return {name: value for name, value in given.items() if value is not None or name in _MAY_BE_NONE}


class ExpectationWithdrawal(Input):
    """Why evidence of this kind is no longer expected."""

    reason: Prose
