"""How much a run may do away with, and what its certificate says. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.evidence.keeping.disposals.models import Disposal, DisposalItem

LARGEST_RUN = 10_000
# A run above this share of the organisation's evidence is more often a mistake than not: a wrong class, a wrong date.
GUARD = Fraction(1, 10)
FORMAT = "attest.disposal/1"


def needs_override(selected: int, of: int) -> bool:
    """Whether a run is so large a part of what there is that one approval is not enough."""
    return selected > of * GUARD


def approvals_needed(*, overriding: bool) -> int:
    return 2 if overriding else 1


def certificate(run: Disposal, organisation: UUID, items: Iterable[DisposalItem]) -> dict[str, Any]:
    """What was done away with, when, under which class, who asked for it and who approved it."""
    gone = [_certificate_line(item) for item in items]
    return {
        "format": FORMAT,
        "disposal_id": str(run.id),
        "org_id": str(organisation),
        "reason": run.reason,
        "requested_by": run.requested_by,
        "requested_at": run.created_at.isoformat(),
        "approved_by": list(run.approvers),
        "approved_at": run.approved_at.isoformat() if run.approved_at else None,
        "override_reason": run.override_reason,
        "stopped_because": run.cancelled_reason,
        "items": gone,
        "count": len(gone),
        "size": sum(item["size"] for item in gone),
    }


def _certificate_line(item: DisposalItem) -> dict[str, Any]:
    assert item.disposed_at is not None
    return {
        "item_id": str(item.item_id),
        "title": item.title,
        "kind": item.kind,
        "sha256": item.sha256,
        "size": item.size,
        "bytes": item.bytes,
        "class_id": str(item.class_id),
        "class_name": item.class_name,
        "retained_until": item.retained_until.isoformat(),
        "disposed_at": item.disposed_at.isoformat(),
    }
