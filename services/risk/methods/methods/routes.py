from uuid import UUID

from fastapi import Request, Response

from services.risk.methods.methods import actions, queries
from services.risk.methods.methods.schemas import MethodDraft, MethodOut, PresetOut
from services.risk.terms.method_terms.models import MethodStatus
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PRESETS, SOURCES
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.pages import Page
from shared.http.preconditions import ExpectedVersion, representation
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("risk methods")


@routes.get("/v1/risk-methods/presets", permission=P.RISKS_READ, response_model=Page[PresetOut])
async def list_risk_method_presets() -> Page[PresetOut]:
    """The methods that Attest ships."""
    items = [PresetOut(terms=terms, name=name, source=SOURCES[name]) for name, terms in PRESETS.items()]
    return Page(items=items, next_cursor=None)


@routes.get("/v1/risk-methods/current", permission=P.RISKS_READ, response_model=MethodOut)
async def get_risk_method_in_force(request: Request, read: Read) -> Response:
    """The method in force: the organisation's own, or the default preset while it has put none in force."""
    try:
        return await read.one(queries.in_force, MethodStatus.IN_FORCE)
    except NotFound:
        return representation(request, queries.default_method, 0)


routes.list(
    "list_risk_methods",
    "/v1/risk-methods",
    queries.methods,
    MethodOut,
    permission=P.RISKS_READ,
    description="The organisation's versions of its risk method, the newest first.",
)


routes.one(
    "get_risk_method",
    "/v1/risk-methods/{method_id}",
    queries.method,
    MethodOut,
    permission=P.RISKS_READ,
    description="One version of the risk method.",
)


@routes.post(
    "/v1/risk-methods",
    permission=P.RISK_METHODS_WRITE,
    status_code=201,
    response_model=MethodOut,
)
async def draft_risk_method(draft: MethodDraft, write: Write) -> Response:
    """Draft a version of the method. Nothing is rated by it until it is previewed and put in force."""
    method = await actions.draft(
        write.session,
        terms=draft.terms,
        preset=draft.preset,
        at_pointer="/method",
        by=write.caller.actor,
        at=write.at,
    )
    return await write.created(queries.method, method.id, f"/v1/risk-methods/{method.id}")


@routes.put(
    "/v1/risk-methods/{method_id}",
    permission=P.RISK_METHODS_WRITE,
    response_model=MethodOut,
    refuses=(NotFound,),
)
async def revise_risk_method(method_id: UUID, terms: MethodTerms, expected: ExpectedVersion, write: Write) -> Response:
    """Change a version that is not in force. It has to be previewed again."""
    await actions.revise(write.session, method_id, terms=terms, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.method, method_id)


@routes.post(
    "/v1/risk-methods/{method_id}/discards",
    permission=P.RISK_METHODS_WRITE,
    response_model=MethodOut,
    refuses=(NotFound,),
)
async def discard_risk_method(method_id: UUID, write: Write) -> Response:
    """Discard a version that was never in force. It stays in the list."""
    await actions.discard(write.session, method_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.method, method_id)
