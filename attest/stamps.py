"""RFC 3161 timestamps of heads: what an authority that is none of ours has seen, and when."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from attest.findings import Broken


def check_stamp(line: Mapping[str, Any], roots: Sequence[Path]) -> str:
    """In words what the token says; `Broken` when it is of another head, or not signed below one of these roots."""
    where = f"timestamp of position {line['position']}"
    try:
        response = decode_timestamp_response(base64.b64decode(line["token"]))
        time = response.tst_info.gen_time
        if not roots:
            return f"Position {line['position']} stamped at {time.isoformat()}: unchecked, pass --tsa-root"
        builder = VerifierBuilder()
        for root in roots:
            for certificate in load_pem_x509_certificates(root.read_bytes()):
                builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(response, bytes.fromhex(line["digest"]))
    except (VerificationError, ValueError) as error:
        raise Broken(where, f"does not hold: {error}") from error
    return f"Position {line['position']} was there at {time.isoformat()}, says an authority you trust"
