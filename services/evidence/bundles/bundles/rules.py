"""What a bundle is made of: the same evidence gives the same bytes under the same name. Pure.

An archive holds what the evidence says below `files/`; `contents.ndjson`, a line an item; `trail.ndjson`, a line an
event; `manifest.json`, which names the hashes of these two; and `signature.json` over the manifest's bytes. So whoever
holds the key's fingerprint can check all of it, line by line, in constant memory.
"""

from collections.abc import Mapping
from typing import Any

from services.evidence.bundles.bundles.models import Bundle
from services.evidence.intake.files.models import File
from services.evidence.items.evidence.models import Item
from shared.canonical import canonical

FORMAT = "attest.bundle/1"


def path_of(item: Item, file: File | None) -> str:
    """Where in the archive the item is; names are safe since they were uploaded, and two may be the same."""
    return f"files/{item.id}/{(file.name if file else None) or ('content' if file else f'{item.kind}.json')}"


def line_of(
    item: Item, file: File | None, proves: Any, *, path: str | None, withheld: str | None, sha256: str, size: int
) -> bytes:
    """The item's line of the contents: where it is or why not, what it is, who did what when, and what it proves."""
    told = {
        "path": path,
        "withheld": withheld,
        "sha256": sha256,
        "size": size,
        "item_id": str(item.id),
        "title": item.title,
        "kind": item.kind,
        "media_type": file.media_type if file else "application/json",
        "source": item.source,
        "collected_at": item.collected_at.isoformat(),
        "covers_from": item.covers_from.isoformat(),
        "covers_until": item.covers_until.isoformat(),
        "submitted_by": item.submitter,
        "submitted_at": item.created_at.isoformat(),
        "accepted_by": item.reviewer,
        "accepted_at": item.reviewed_at.isoformat() if item.reviewed_at else None,
        "disposed_at": item.disposed_at.isoformat() if item.disposed_at else None,
        "proves": proves,
    }
    return canonical(told) + b"\n"


def manifest_of(bundle: Bundle, parts: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The manifest: what was asked for, and the hash, size and number of lines of each list."""
    return canonical(
        {
            "format": FORMAT,
            "bundle_id": str(bundle.id),
            "org_id": str(bundle.org_id),
            "title": bundle.title,
            "control_ids": [str(control_id) for control_id in bundle.control_ids],
            "covers_from": bundle.covers_from.isoformat(),
            "covers_until": bundle.covers_until.isoformat(),
            "assembled_by": bundle.assembled_by,
            "assembled_at": bundle.created_at.isoformat(),
            **parts,
        }
    )
