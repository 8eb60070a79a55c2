"""What Schemathesis cannot know: who acts, what they must keep, how two bodies are written, and the edge's refusals."""

import json
import os
import uuid
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qsl

import httpx
import schemathesis
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from shared.identity.permissions import Permission
from shared.identity.roles import GRANTS, Role
from shared.identity.team_roles import TEAM_GRANTS, TeamRole

TOKEN_SECONDS = 120
# Who acts, and what each may do; the engagement partner by a token for one engagement.
ACTORS = {
    "ADMIN": GRANTS[Role.ADMIN],
    "PARTNER": TEAM_GRANTS[TeamRole.ENGAGEMENT_PARTNER],
    "OPERATOR": GRANTS[Role.OPERATOR],
}

# What each of these takes in its path could be what the clients of this run act by: sent with their own ids, no later
# request would be answered. Each gets an id that nothing has instead.
WITHDRAWING = {
    "revoke_api_client": "the client gets no more tokens",
    "revoke_client_secret": "the client gets no more tokens with it",
    "hand_api_client_over": "the client's tokens are withdrawn, and it ends with the person who got it",
    "hand_duties_over": "hands over the clients of the person, too",
    "note_departure": "the person's clients end a few days later, and their membership at once",
    "remove_member": "the clients act for a person who may no longer act",
    "revise_member": "may take away the last administrator's role",
    "withdraw_signing_key": "the tokens that the key has signed are refused",
}

REMEDY = "Name it in WITHDRAWING of tests/fuzz/hooks.py."

# Ids of the acting clients, their secrets, person and membership; the keys that signed their tokens are added.
OWN_IDS = set(os.environ.get("ATTEST_OWN_IDS", "").split(","))

# What could be read as another path further on does not reach a service (deploy/traefik/traefik.yml).
REFUSED_BY_THE_EDGE = ("%2F", "%5C", "%00")


def permission(operation: schemathesis.APIOperation[Any, Any, Any, Any]) -> str | None:
    """The permission that an operation needs, if it needs one."""
    needed: str | None = operation.definition.raw.get("x-permission")
    return needed


def actor(_case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
    """The first who may do this; the admin acts where nobody needs a permission."""
    needed = permission(context.operation)
    return next(name for name, granted in ACTORS.items() if needed is None or Permission(needed) in granted)


@schemathesis.auth(refresh_interval=TOKEN_SECONDS, cache_by_key=actor)
class Token:
    """Sends an access token, fetched again before it expires."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        name = f"ATTEST_{actor(case, context)}"
        form = dict(parse_qsl(os.environ.get(f"{name}_FORM", "")))
        if not form:
            credentials = {"client_id": os.environ[f"{name}_CLIENT_ID"], "client_secret": os.environ[f"{name}_SECRET"]}
            form = {"grant_type": "client_credentials", **credentials}
        answer = httpx.post(f"{os.environ['ATTEST_URL']}/v1/oauth/token", data=form)
        assert answer.is_success, f"{name} gets no token any more: {answer.text} Which operation took it away? {REMEDY}"
        token = str(answer.json()["access_token"])
        header = token.partition(".")[0]
        OWN_IDS.add(json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])
        return token

    def set(self, case: schemathesis.Case[Any], data: str, _context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Let no request withdraw what the run itself acts by."""
    named = context.operation.definition.raw.get("operationId") if context.operation else None
    if named in WITHDRAWING:
        case.path_parameters = {
            name: str(uuid.uuid4()) if str(value).lower() in OWN_IDS else value
            for name, value in (case.path_parameters or {}).items()
        }


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
        assert response.status_code != httpx.codes.UNAUTHORIZED, (
            f"the token was refused, so nothing was tested. {REMEDY}"
        )
    status_code_conformance(ctx, response, case)
    content_type_conformance(ctx, response, case)
