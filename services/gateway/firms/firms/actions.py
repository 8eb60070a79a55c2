"""The verbs of a firm."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.firms.firms.models import Firm
from services.gateway.firms.firms.schemas import FirmRevision
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.firms import FirmDelisted, FirmEstablished, FirmKind, FirmListed, FirmRevised
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict


class NotAnAuditFirm(Conflict):
    """The organisation is a company, and only audit firms have this."""


def establish(session: AsyncSession, *, name: str, kind: FirmKind, by: Actor, at: datetime) -> Firm:
    """Make the organisation that is set an audit firm, which it stays; it is not listed yet."""
    org_id = organisation_of(session)
    firm = Firm(id=org_id, org_id=org_id, name=name, kind=kind, regions=[], services=[], created_at=at, updated_at=at)
    session.add(firm)
    announce(session, FirmEstablished(firm_name=name, kind=kind), about=firm, by=by, at=at)
    return firm


async def revise(
    session: AsyncSession, firm_id: UUID, *, revision: FirmRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change how the firm describes itself, or list it in the directory or take it out."""
    firm = await locked(session, Firm, firm_id, noun="audit firm", expected=expected)
    was_listed = firm.listed
    for name, value in revision.model_dump(mode="json", exclude_none=True).items():
        setattr(firm, name, value)
    kinds: list[type[FirmRevised | FirmListed | FirmDelisted]] = (
        [FirmRevised] if revision.model_fields_set - {"listed"} else []
    )
    if firm.listed != was_listed:
        kinds.append(FirmListed if firm.listed else FirmDelisted)
    told = [kind(firm_name=firm.name, kind=FirmKind(firm.kind)) for kind in kinds]
    if told:
        announce(session, *told, about=firm, by=by, at=at)


async def own_firm(session: AsyncSession) -> Firm:
    """The firm that the organisation that is set is, locked; `NotAnAuditFirm` when it is a company."""
    org_id = organisation_of(session)
    if await found(session, Firm, org_id) is None:
        raise NotAnAuditFirm("This organisation is no audit firm.")
    return await locked(session, Firm, org_id, noun="audit firm", expected=ANY_VERSION)
