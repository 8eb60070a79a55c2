"""A certificate of disposal: its signature, its key, and whether its sums are those of its items."""

from collections.abc import Mapping
from typing import Any

from attest.findings import Broken, Holds, Trust
from shared.trail.seal import SealBroken, check_document

FORMAT = "attest.disposal/1"
_PART = "certificate"


def verify_certificate(document: Mapping[str, Any], trust: Trust) -> Holds:
    """What holds of the certificate, or `Broken` with the first thing that does not."""
    try:
        key_id = check_document(document)
    except SealBroken as error:
        raise Broken(_PART, f"{error}; it was altered, or signed by another") from error
    trust.vouches_for(key_id, _PART)
    items = document["items"]
    if document["count"] != len(items) or document["size"] != sum(item["size"] for item in items):
        raise Broken(_PART, "its sums are not those of its items")
    holds = Holds()
    holds.add(f"Signed with the key {key_id}: {len(items)} pieces of evidence were disposed of")
    approvers = ", ".join(map(_name, document["approved_by"]))
    holds.add(f"Requested by {_name(document['requested_by'])}, approved by {approvers}")
    return holds


def _name(actor: Mapping[str, Any]) -> str:
    """The name that the person had then, or the client of nobody."""
    return str((actor["person"] or actor["client"] or {}).get("name") or actor["kind"])
