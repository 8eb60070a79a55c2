"""What an item says that is not a file, written down. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Any

from services.evidence.collecting.expectations.models import EvidenceKind
from services.evidence.items.evidence.models import Item
from shared.canonical import canonical


@dataclass(frozen=True, slots=True)
class Content:
    """What an item says that is not a file, written down."""

    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def size(self) -> int:
        return len(self.body)


def written(item: Item) -> Content:
    """A link's address, a record or a statement as canonical JSON."""
    return Content(canonical(_said(item)))


def _said(item: Item) -> Any:
    match item.kind:
        case EvidenceKind.LINK:
            return {"url": item.url}
        case EvidenceKind.RECORD:
            return item.record
        case _:
            return {"statement": item.statement, "attested_by": item.submitter, "role": item.attestor_role}
