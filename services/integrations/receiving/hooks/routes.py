from typing import Annotated

from fastapi import Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from services.integrations.receiving.amazon import Amazon
from services.integrations.receiving.deliveries.models import KEPT, TallyCode
from services.integrations.receiving.hooks import actions
from services.integrations.receiving.hooks.rules import Sent
from services.integrations.receiving.sources.models import SourceKind
from services.integrations.receiving.sources.rules import LONGEST_ADDRESS, Address
from shared.clock import now
from shared.http.doors import platform_of
from shared.http.operations import Routes
from shared.problems import Gone, NotFound, TooLarge, Unavailable
from shared.telemetry import hooks_received

routes = Routes("hooks")

HookAddress = Annotated[str, Path(max_length=LONGEST_ADDRESS, description="As `path` of the source has it")]
Token = Annotated[
    str | None,
    Query(alias="validationToken", max_length=2000, description="Microsoft Graph's question when it subscribes"),
]


@routes.post(
    "/v1/hooks/{address}",
    permission=None,
    status_code=202,
    response_class=Response,
    responses={
        200: {"description": "Microsoft Graph's `validationToken`, again", "content": {"text/plain": {}}},
        202: {"description": "Kept, or known already; it is looked into later"},
    },
    refuses=(actions.Unproven, NotFound, Gone, TooLarge, Unavailable),
)
async def take_delivery(address: HookAddress, request: Request, validation_token: Token = None) -> Response:
    """Take what a source sends, as its own documentation has it. 401 when it does not prove who it is.

    Whatever proves it is answered 202: what was sent before, what is empty or no JSON is counted and dropped.
    """
    known = _read(address)
    at, platform = now(), platform_of(request)
    if validation_token is not None:
        async with platform.database.transaction(known.org_id) as session:
            source = await actions.source_at(session, known)
        if source.kind != SourceKind.MICROSOFT_GRAPH:
            raise actions.Unproven("This is no delivery of the source.")
        return Response(validation_token, 200, media_type="text/plain")
    sent = Sent({name.lower(): value for name, value in request.headers.items()}, await request.body())
    async with platform.database.transaction(known.org_id) as session:
        taken = await actions.take(session, known, sent, _amazon(request), at=at)
    hooks_received.add(1, {"scheme": taken.scheme, "outcome": taken.code or KEPT})
    if taken.code in {TallyCode.UNPROVEN, TallyCode.OTHER_TOPIC}:
        raise actions.Unproven("This is no delivery of the source.")
    if taken.code is None:
        platform.bell.ring()
    return Response(status_code=202)


@routes.get(
    "/v1/hooks/{address}",
    permission=None,
    response_model=dict[str, str],
    refuses=(actions.Unproven, NotFound, Gone),
)
async def answer_okta(
    address: HookAddress,
    request: Request,
    challenge: Annotated[str | None, Header(alias="x-okta-verification-challenge", max_length=500)] = None,
) -> Response:
    """Answer Okta's question, which it asks once, when an event hook is verified."""
    known = _read(address)
    async with platform_of(request).database.transaction(known.org_id) as session:
        source = await actions.source_at(session, known)
    if source.kind != SourceKind.OKTA or challenge is None:
        raise actions.Unproven("This is no question of the source.")
    return JSONResponse({"verification": challenge})


@routes.options(
    "/v1/hooks/{address}",
    permission=None,
    status_code=200,
    response_class=Response,
    refuses=(actions.Unproven, NotFound, Gone),
)
async def answer_cloudevents(
    address: HookAddress,
    request: Request,
    origin: Annotated[str | None, Header(alias="webhook-request-origin", max_length=253)] = None,
) -> Response:
    """Say whether an origin may deliver CloudEvents here (HTTP 1.1 Web Hooks for Event Delivery, section 4)."""
    known = _read(address)
    async with platform_of(request).database.transaction(known.org_id) as session:
        source = await actions.source_at(session, known)
    may = not source.origins or origin in source.origins
    if source.kind != SourceKind.CLOUDEVENTS or origin is None or not may:
        raise actions.Unproven("This is no question of the source.")
    headers = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST"}
    return Response(status_code=200, headers=headers)


def _read(address: str) -> Address:
    known = Address.read(address)
    if known is None:
        raise NotFound("Nothing is delivered here.")
    return known


def _amazon(request: Request) -> Amazon:
    amazon: Amazon = request.app.state.amazon
    return amazon
