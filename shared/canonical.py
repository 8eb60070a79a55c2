"""The one way to write a document as bytes, for whoever hashes or signs it."""

import json
from typing import Any


def canonical(document: Any) -> bytes:
    """A document of texts, whole numbers, lists and objects as JSON: sorted, compact, in ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
