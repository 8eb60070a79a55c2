"""The verb of an activation. It rates every risk anew, in the same transaction: nobody sees a register half rated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.methods.method_previews.actions import moves_by
from services.risk.methods.method_previews.rules import digest_of
from services.risk.methods.method_previews.schemas import PreviewInput
from services.risk.methods.methods.actions import locked_draft, told_of
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.models import Method, MethodStatus
from shared.data.records import lock_rows
from shared.data.sessions import instant_of
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskMethodPutInForce, RiskMethodReplaced
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import Conflict


class NotPreviewed(Conflict):
    """The method has not been previewed since it was last changed."""


class PreviewOutdated(Conflict):
    """The register has changed since the preview."""


async def put_in_force(session: AsyncSession, method_id: UUID, *, by: Actor, at: datetime) -> None:
    """Put a previewed version in force in the place of the one that is.

    `NotPreviewed` and `PreviewOutdated` ask for another preview; `SeparationOfDuties` where either method asks for
    four eyes and the author would do it; `RatedBeyondScale` where a risk was rated by a step that vanishes.
    """
    in_force = await lock_register(session)
    method = await locked_draft(session, method_id, "put in force")
    if method.status != MethodStatus.PREVIEWED:
        raise NotPreviewed("Preview the method first, to see what it changes.")
    _require_four_eyes(method, in_force, by)
    found = await moves_by(session, method, in_force)
    if digest_of(found) != method.preview_digest:
        raise PreviewOutdated("Risks have changed since the preview: preview the method again.")
    former = select(Method).where(col(Method.status) == MethodStatus.IN_FORCE).order_by(col(Method.id))
    for replaced in await lock_rows(session, former):
        replaced.status, replaced.replaced_at = MethodStatus.REPLACED, at
        announce(session, RiskMethodReplaced(**told_of(replaced)), about=replaced, by=by, at=at)
    await session.flush()  # at most one is in force
    method.status, method.put_in_force_by, method.put_in_force_at = MethodStatus.IN_FORCE, by.recorded, at
    announce(session, RiskMethodPutInForce(**told_of(method)), about=method, by=by, at=at)
    await session.flush()  # the risks are rated by it
    reason = f"The risk method '{method.title}' was put in force."
    touched(session, *(move.risk.id for move in found), at=at, by=by, reason=reason)


async def activate_as_job(work: Work[PreviewInput]) -> Concluded:
    """The activation as a job."""

    async def activated(session: AsyncSession) -> Outcome:
        await put_in_force(session, work.input.method_id, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/risk-methods/{work.input.method_id}")

    return await work.conclude(activated)


METHOD_ACTIVATION = Job("risk-method-activation", PreviewInput, P.RISK_METHODS_WRITE, activate_as_job)


def _require_four_eyes(method: Method, in_force: InForce, by: Actor) -> None:
    if in_force.terms.four_eyes or method.terms["four_eyes"]:
        keep_apart("The author of a risk method cannot put it in force", first=method.authored_by, second=by)
