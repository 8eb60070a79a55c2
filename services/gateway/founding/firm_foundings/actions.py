"""The verb of a founding by invitation. Wrong secrets are counted by address and slowed, as failed sign-ins are."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.firms.firm_invitations.actions import accept, locked_open
from services.gateway.firms.firm_invitations.queries import invitation_with_secret
from services.gateway.founding.firm_foundings.schemas import FirmFounding
from services.gateway.organisations.organisations.actions import Founded
from services.gateway.organisations.organisations.actions import found as found_organisation
from services.gateway.organisations.organisations.schemas import OrganisationDraft
from services.gateway.people.people.queries import holders_of
from services.gateway.sign_in.failed_sign_ins.actions import count_failure, forget_failures, wait_before
from shared.data.sessions import Database
from shared.identity.callers import ANONYMOUS, PLATFORM
from shared.problems import Fault, Forbidden, SeparationOfDuties, TooManyRequests

# Whatever is wrong with a secret: to count by the secret would let every guess begin anew.
COUNTED_AS = "firm-foundings"


class InvitationNotValid(Forbidden):
    """The secret is not that of an open invitation."""


async def found_by_invitation(database: Database, founding: FirmFounding, *, origin: str, at: datetime) -> Founded:
    """Found an audit firm with its first administrator; `origin` is the address that it is asked from.

    `InvitationNotValid` says the same of a secret that is wrong, expired, revoked or used. `SeparationOfDuties` when
    the administrator belongs to the client: who is examined would examine.
    """
    async with database.transaction(PLATFORM) as session:
        wait = await wait_before(session, origin=origin, client=COUNTED_AS, at=at)
        if wait > timedelta(0):
            seconds = str(math.ceil(wait.total_seconds()))
            raise TooManyRequests("Too many attempts have failed; wait.", headers={"Retry-After": seconds})
        named = await invitation_with_secret(session, founding.secret)
    founded = None
    if named is not None:
        async with database.transaction(named.org_id) as session:
            founded = await _found(session, named.invitation_id, founding, at=at)
    async with database.transaction(PLATFORM) as session:
        if founded is not None:
            await forget_failures(session, origin=origin, client=COUNTED_AS)
            return founded
        await count_failure(session, origin=origin, client=COUNTED_AS, at=at)
    raise InvitationNotValid("The secret is wrong, was used or works no longer; ask the client for another.")


async def _found(session: AsyncSession, invitation_id: UUID, founding: FirmFounding, *, at: datetime) -> Founded | None:
    """Found the firm in a transaction of the client, whose invitation is locked before; None when it is not open."""
    invitation = await locked_open(session, invitation_id, at=at)
    if invitation is None:
        return None
    administrator = founding.administrator
    if any(held.current for held in await holders_of(session, [administrator.email])):
        raise SeparationOfDuties(
            "This person belongs to the organisation that invited the firm; the firm needs people of its own.",
            faults=[Fault("/administrator/email", "belongs to the client")],
        )
    draft = OrganisationDraft(title=founding.title, audit_firm=founding.kind, administrator=administrator)
    founded = await found_organisation(session, draft=draft, by=ANONYMOUS, at=at)
    accept(session, invitation, firm_id=founded.organisation.id, by=ANONYMOUS, at=at)
    return founded
