"""An addition as it is signed. Pure functions."""

import base64
from datetime import datetime
from typing import Any

from services.audit.filing.file_additions.models import FileAddition

FORMAT = "attest.file-addition/1"


def document_of(addition: FileAddition, *, file_sha256: str | None, at: datetime) -> dict[str, Any]:
    """The addition with who, when and why, and the digest of the archive that it adds to."""
    attached = None
    if addition.attachment is not None and addition.content is not None:
        attached = {**addition.attachment, "content": base64.b64encode(addition.content).decode()}
    return {
        "format": FORMAT,
        "addition_id": str(addition.id),
        "engagement_id": str(addition.engagement_id),
        "file_id": str(addition.file_id),
        "file_sha256": file_sha256,
        "firm_id": str(addition.org_id),
        "number": addition.number,
        "title": addition.title,
        "text": addition.text,
        "reason": addition.reason,
        "attachment": attached,
        "added_by": addition.added_by,
        "added_at": at.isoformat(),
    }
