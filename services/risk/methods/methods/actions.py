"""The verbs of a version that is not in force yet: draft, revise, discard. Whoever changes it is its author."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.methods.methods.queries import next_number
from services.risk.terms.colours.rules import warnings_about
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.models import Method, MethodStatus
from services.risk.terms.method_terms.rules import faults_in
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PresetName
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.risk import RiskMethodDiscarded, RiskMethodDrafted, RiskMethodRevised
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid, not_allowed

_ALLOWED = {
    MethodStatus.DRAFT: ["revise", "preview", "discard"],
    MethodStatus.PREVIEWED: ["revise", "preview", "put in force", "discard"],
}


async def draft(
    session: AsyncSession, *, terms: MethodTerms, preset: PresetName | None, at_pointer: str, by: Actor, at: datetime
) -> Method:
    """Draft a version of the method, by which nothing is rated yet."""
    require_sound(terms, at_pointer)
    await lock_register(session)
    method = Method(
        number=await next_number(session),
        preset=preset,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
        **_columns(terms, by),
    )
    session.add(method)
    announce(session, RiskMethodDrafted(**told_of(method)), about=method, by=by, at=at)
    return method


async def revise(
    session: AsyncSession, method_id: UUID, *, terms: MethodTerms, expected: int, by: Actor, at: datetime
) -> None:
    """Change a version that is not in force; it has to be previewed again."""
    require_sound(terms, "")
    method = await locked_draft(session, method_id, "revise", expected=expected)
    for name, value in _columns(terms, by).items():
        setattr(method, name, value)
    method.status, method.preset = MethodStatus.DRAFT, None
    method.preview = method.preview_digest = method.previewed_at = None
    announce(session, RiskMethodRevised(**told_of(method)), about=method, by=by, at=at)


async def discard(session: AsyncSession, method_id: UUID, *, by: Actor, at: datetime) -> None:
    """Discard a version that was never in force; it stays in the list as discarded."""
    method = await locked_draft(session, method_id, "discard")
    method.status = MethodStatus.DISCARDED
    announce(session, RiskMethodDiscarded(**told_of(method)), about=method, by=by, at=at)


def require_sound(terms: MethodTerms, at_pointer: str) -> None:
    """`Invalid` names what keeps a method from being sound."""
    if faults := faults_in(terms, at=at_pointer):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


async def locked_draft(session: AsyncSession, method_id: UUID, verb: str, *, expected: int = ANY_VERSION) -> Method:
    """A version that is not in force, locked; another state refuses the verb."""
    method = await locked(session, Method, method_id, noun="risk method", expected=expected)
    if method.status not in _ALLOWED:
        raise not_allowed(verb, method.status, [])
    return method


def told_of(method: Method) -> dict[str, Any]:
    """What every event about a version says."""
    return {"title": method.title, "number": method.number}


def _columns(terms: MethodTerms, by: Actor) -> dict[str, Any]:
    levels = terms.levels
    return {
        "title": terms.title,
        "terms": terms.model_dump(mode="json"),
        "warnings": warnings_about([level.colour for level in levels], [level.word for level in levels]),
        "authored_by": by.recorded,
    }
