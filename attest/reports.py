"""An issued report: that the PDF is the one that was signed, by whom, and whether the signature's key is trusted."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attest.findings import Broken, Holds, Trust
from shared.trail.seal import SealBroken, check_document

FORMAT = "attest.report/1"
SUFFIX = ".sig.json"
_PART = "signature"
_CHUNK = 256 * 1024
_LARGEST_SIGNATURE = 64 * 1024


def verify_report(pdf: Path, trust: Trust, signature: Path | None = None) -> Holds:
    """What holds of a PDF with its detached signature, or `Broken` with the first thing that does not.

    The signature lies beside the PDF, under its name with `.sig.json`, unless another file is named.
    """
    document = _read(signature or pdf.with_name(pdf.name + SUFFIX))
    try:
        key_id = check_document(document)
    except SealBroken as error:
        raise Broken(_PART, f"{error}; it was altered, or signed by another") from error
    trust.vouches_for(key_id, _PART)
    digest, size = _digest(pdf)
    if (digest, size) != (document["sha256"], document["size"]):
        raise Broken("report", "the PDF is another than the one that was signed")
    holds = Holds()
    holds.add(f"Signed with the key {key_id}: {document['title']}, {document['kind']}")
    holds.add(
        f"Dated {document['report_date']} and signed as {document['signed_as']}, issued on {document['released_on']}"
    )
    holds.add(f"Whether it still stands, the installation says: GET /v1/reports/{digest}")
    return holds


def _read(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        raise Broken(_PART, f"there is no file {file}; name it with --signature")
    if file.stat().st_size > _LARGEST_SIGNATURE:
        raise Broken(_PART, "it is too large for one")
    try:
        document = json.loads(file.read_bytes())
    except ValueError as error:
        raise Broken(_PART, "it is no JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Broken(_PART, f"it is not of the format {FORMAT}")
    return document


def _digest(file: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
