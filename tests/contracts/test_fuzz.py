"""Schemathesis on every operation: nothing that is sent makes a 5xx, and every answer is one that is promised.

ATTEST_FUZZ_EXAMPLES=500 looks longer, and elsewhere each time; the ordinary run looks at the same places.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from deploy.client import ClientCredentials, Organisation
from deploy.local.stack import Stack

ROOT = Path(__file__).parents[2]
MERGED: dict[str, Any] = json.loads((ROOT / "services/gateway/contract/openapi.json").read_text(encoding="utf-8"))
EXAMPLES = int(os.environ.get("ATTEST_FUZZ_EXAMPLES", "10"))
OPERATORS = ("/v1/signing-keys", "/v1/organisations")

# What could be read as another path further on does not reach a service (deploy/traefik/traefik.yml).
REFUSED_BY_THE_EDGE = ("%2F", "%5C", "%00")


@schemathesis.serializer(
    "application/offset+octet-stream", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
def as_bytes(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Bodies of these kinds are any bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


schema = schemathesis.openapi.from_dict(MERGED)


def _token(acting: httpx.AsyncClient) -> str:
    assert isinstance(acting.auth, ClientCredentials)
    return acting.auth.token


@pytest.fixture(scope="module")
async def tokens(operator: httpx.AsyncClient) -> AsyncIterator[dict[str, str]]:
    """One token that may do all that an organisation's admin may, and the operator's."""
    org = await Organisation.found(operator, "Fuzz")
    await org.admin.get("/v1/controls")
    yield {"admin": _token(org.admin), "operator": _token(operator)}
    await org.close()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize="ATTEST_FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_it(case: schemathesis.Case[Any], stack: Stack, tokens: dict[str, str]) -> None:
    token = tokens["operator" if case.path.startswith(OPERATORS) else "admin"]
    answer = case.call(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    if answer.status_code == 400 and any(each in str(answer.request.url) for each in REFUSED_BY_THE_EDGE):
        return
    case.validate_response(answer, checks=[not_a_server_error, status_code_conformance, content_type_conformance])
