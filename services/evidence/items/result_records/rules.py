"""What a result file is as evidence. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.evidence.collecting.expectations.models import EvidenceKind
from services.evidence.items.evidence.schemas import EvidenceDraft
from shared.events.catalogue.integrations import ResultFileReceived

_LONGEST = 200  # characters of a title or a source
# A run shows a moment, and a period is half-open: it covers the second in which it was observed.
_MOMENT = timedelta(seconds=1)


def draft_of(
    event: ResultFileReceived, *, file_id: UUID, expectation_ids: Sequence[UUID], received_at: datetime
) -> EvidenceDraft:
    """The record: which file it is, by its SHA-256, and what it came to. Its results are read at integrations."""
    observed_at = min(event.observed_at or received_at, received_at)
    record = {
        "result_file_id": str(file_id),
        "sha256": event.sha256,
        "source": event.source,
        "run": event.run,
        "format": event.format,
        "tool": event.tool,
        "observed_at": observed_at.isoformat(),
        "results": event.results,
        "verdicts": event.verdicts,
        "vulnerabilities": event.vulnerabilities,
    }
    return EvidenceDraft(
        title=f"{event.tool}: {event.source}, run {event.run}"[:_LONGEST],
        kind=EvidenceKind.RECORD,
        record=record,
        source=event.source[:_LONGEST],
        collected_at=observed_at,
        covers_from=observed_at,
        covers_until=observed_at + _MOMENT,
        expectation_ids=list(expectation_ids),
    )
