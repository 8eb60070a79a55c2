"""An addition to an engagement file: its signature, its key, and whether its attachment is the one that it names."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from attest.findings import Broken, Holds, Trust
from shared.trail.seal import SealBroken, check_document

FORMAT = "attest.file-addition/1"
_PART = "addition"


def verify_addition(document: Mapping[str, Any], trust: Trust) -> Holds:
    """What holds of the addition, or `Broken` with the first thing that does not."""
    try:
        key_id = check_document(document)
    except SealBroken as error:
        raise Broken(_PART, f"{error}; it was altered, or signed by another") from error
    trust.vouches_for(key_id, _PART)
    holds = Holds()
    person = (document["added_by"]["person"] or {}).get("name", "a program")
    holds.add(f"Signed with the key {key_id}: addition {document['number']} to the file {document['file_sha256']}")
    holds.add(f"Added by {person} on {document['added_at']}: {document['title']}")
    if (attached := document["attachment"]) is not None:
        content = base64.b64decode(attached["content"])
        if (hashlib.sha256(content).hexdigest(), len(content)) != (attached["sha256"], attached["size"]):
            raise Broken(_PART, f"the attachment {attached['name']} is another than it names")
        holds.add(f"With {attached['name']}, {len(content)} bytes")
    return holds
