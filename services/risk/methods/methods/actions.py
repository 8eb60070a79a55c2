"""The verbs of a method. A change rates every risk anew, in the same transaction: nobody sees a register half rated."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.register.risks.models import Risk
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.models import Method
from services.risk.terms.method_terms.rules import beyond_scale, faults_in
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PresetName
from shared.data.records import ANY_VERSION, found, lock_rows
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskMethodSet
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Invalid, Stale

_NAMED = 10


class MethodSet(Conflict):
    """The organisation already has a risk method."""


class RatedBeyondScale(Conflict):
    """Some risks have ratings that are not on the new scales."""


async def set_first(
    session: AsyncSession, *, terms: MethodTerms, preset: PresetName | None, at_pointer: str, by: Actor, at: datetime
) -> Method:
    """Set the organisation's method. `MethodSet` when it has one: that is replaced, knowing its version."""
    await lock_register(session)
    if await found(session, Method, organisation_of(session)) is not None:
        raise MethodSet("The organisation has a method; replace it with PUT.")
    return await _set(session, None, terms, preset=preset, at_pointer=at_pointer, by=by, at=at)


async def replace(session: AsyncSession, *, terms: MethodTerms, expected: int, by: Actor, at: datetime) -> None:
    """Put another method in force. The default preset, in force while none is set, has the version 0."""
    in_force = await lock_register(session)
    if expected not in {ANY_VERSION, in_force.version}:
        raise Stale(f"The method is at version {in_force.version}; you expected {expected}.")
    method = await found(session, Method, organisation_of(session))
    await _set(session, method, terms, preset=None, at_pointer="", by=by, at=at)


async def _set(
    session: AsyncSession,
    method: Method | None,
    terms: MethodTerms,
    *,
    preset: PresetName | None,
    at_pointer: str,
    by: Actor,
    at: datetime,
) -> Method:
    if faults := faults_in(terms, at=at_pointer):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    risks = await lock_rows(session, select(Risk).order_by(col(Risk.id)))
    _require_steps(terms, risks)
    values = terms.model_dump(mode="json") | {"preset": preset}
    if method is None:
        org_id = organisation_of(session)
        method = Method(id=org_id, org_id=org_id, **values, created_at=at, updated_at=at)
        session.add(method)
    for name, value in values.items():
        setattr(method, name, value)
    announce(session, RiskMethodSet(title=terms.title), about=method, by=by, at=at)
    await session.flush()  # the risks are rated by it
    reason = f"The risk method '{terms.title}' was set."
    touched(session, *(risk.id for risk in risks), at=at, by=by, reason=reason)
    return method


def _require_steps(terms: MethodTerms, risks: Sequence[Risk]) -> None:
    """A step keeps its number when the scale changes, and none is taken for another without a person saying so."""
    outside = [
        risk.code
        for risk in risks
        if beyond_scale(terms, risk.inherent_likelihood, risk.inherent_impact, at="/inherent")
    ]
    if outside:
        more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
        raise RatedBeyondScale(
            f"First rate these risks with steps of the new scales: {', '.join(outside[:_NAMED])}{more}."
        )
