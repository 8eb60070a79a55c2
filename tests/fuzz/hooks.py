"""What Schemathesis cannot know: who acts, how two kinds of body are written, and what the edge refuses."""

import os
from typing import Any

import httpx
import schemathesis
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from shared.identity.permissions import GRANTS, Permission, Role

TOKEN_SECONDS = 120
ACTORS = (Role.ADMIN, Role.AUDITOR, Role.OPERATOR)

# What could be read as another path further on does not reach a service (deploy/traefik/traefik.yml).
REFUSED_BY_THE_EDGE = ("%2F", "%5C", "%00")


def permission(operation: schemathesis.APIOperation[Any, Any, Any, Any]) -> str | None:
    """The permission that an operation needs, if it needs one."""
    needed: str | None = operation.definition.raw.get("x-permission")
    return needed


def actor(_case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> Role:
    """The first role that may do this; the admin acts where nobody needs a permission."""
    needed = permission(context.operation)
    return next(role for role in ACTORS if needed is None or Permission(needed) in GRANTS[role])


@schemathesis.auth(refresh_interval=TOKEN_SECONDS, cache_by_key=actor)
class Token:
    """Sends an access token, fetched again before it expires."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        name = f"ATTEST_{actor(case, context).name}"
        credentials = {"client_id": os.environ[f"{name}_CLIENT_ID"], "client_secret": os.environ[f"{name}_SECRET"]}
        form = {"grant_type": "client_credentials", **credentials}
        answer = httpx.post(f"{os.environ['ATTEST_URL']}/v1/oauth/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])

    def set(self, case: schemathesis.Case[Any], data: str, _context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.serializer(
    "application/offset+octet-stream", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
def as_bytes(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Write a body of these kinds, which is any bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.check
def promised(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
    """Fail on an answer whose status or content type the contract does not promise, unless it is the edge's."""
    address = str(response.request.url)
    if response.status_code == httpx.codes.BAD_REQUEST and any(sign in address for sign in REFUSED_BY_THE_EDGE):
        return
    sent = str(response.request.headers.get("Authorization", ""))
    if permission(case.operation) and sent.startswith("Bearer ey"):
        assert response.status_code != httpx.codes.UNAUTHORIZED, "the token was refused, so nothing was tested"
    status_code_conformance(ctx, response, case)
    content_type_conformance(ctx, response, case)
