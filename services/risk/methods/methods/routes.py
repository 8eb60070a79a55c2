from typing import Self

from fastapi import Request, Response
from pydantic import Field, model_validator

from services.risk.methods.methods import actions, queries
from services.risk.methods.methods.schemas import MethodOut, PresetOut
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PRESETS, SOURCES, PresetName
from shared.http.doors import Read, Write
from shared.http.fields import Input
from shared.http.operations import Routes
from shared.http.pages import Page
from shared.http.preconditions import ExpectedVersion, representation
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("risk methods")

CURRENT = "/v1/risk-methods/current"


class FirstMethod(Input):
    """Either the name of a preset or a method of the organisation's own."""

    preset: PresetName | None = Field(default=None, examples=[PresetName.NIST_800_30])
    method: MethodTerms | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.preset is None) == (self.method is None):
            raise ValueError("give either a preset or a method")
        return self

    @property
    def terms(self) -> MethodTerms:
        """The method meant, in full."""
        if self.method is not None:
            return self.method
        assert self.preset is not None
        return PRESETS[self.preset]


@routes.get("/v1/risk-methods/presets", permission=P.RISKS_READ, response_model=Page[PresetOut])
async def list_risk_method_presets() -> Page[PresetOut]:
    """The methods that Attest ships."""
    items = [PresetOut(**terms.model_dump(), name=name, source=SOURCES[name]) for name, terms in PRESETS.items()]
    return Page(items=items, next_cursor=None)


@routes.get(CURRENT, permission=P.RISKS_READ, response_model=MethodOut)
async def get_risk_method(request: Request, read: Read) -> Response:
    """The method in force: the organisation's own, or the default preset while it has set none."""
    try:
        return await read.one(queries.method, read.caller.org_id)
    except NotFound:
        return representation(request, queries.default_method, 0)


@routes.post(
    "/v1/risk-methods",
    permission=P.RISK_METHODS_WRITE,
    status_code=201,
    response_model=MethodOut,
    refuses=(actions.MethodSet, actions.RatedBeyondScale),
)
async def set_risk_method(first: FirstMethod, write: Write) -> Response:
    """Set the organisation's method for the first time. Every risk is rated anew."""
    method = await actions.set_first(
        write.session,
        terms=first.terms,
        preset=first.preset,
        at_pointer="/method",
        by=write.caller.actor,
        at=write.at,
    )
    return await write.created(queries.method, method.id, CURRENT)


@routes.put(
    CURRENT,
    permission=P.RISK_METHODS_WRITE,
    response_model=MethodOut,
    refuses=(actions.RatedBeyondScale,),
)
async def replace_risk_method(terms: MethodTerms, expected: ExpectedVersion, write: Write) -> Response:
    """Put another method in force. Every risk is rated anew."""
    await actions.replace(write.session, terms=terms, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.method, write.caller.org_id)
