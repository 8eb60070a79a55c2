"""Keeping an administrator."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.administrators.queries import has_lasting_administrator
from shared.data.records import one_at_a_time
from shared.data.sessions import organisation_of
from shared.identity.roles import Role
from shared.problems import Conflict


class LastAdministrator(Conflict):
    """The organisation would have no administrator left."""


async def require_administrator(session: AsyncSession, roles_before: Collection[str]) -> None:
    """Refuse what has just been changed if it took the organisation's last administrator away.

    `roles_before` are those that the member or client had. Two administrators who take each other away at the same
    time do it one after the other.
    """
    if Role.ADMIN not in roles_before:
        return
    await one_at_a_time(session, organisation_of(session))
    await session.flush()
    if not await has_lasting_administrator(session):
        raise LastAdministrator("No administrator would be left; appoint another one without an end date first.")
