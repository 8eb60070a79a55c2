from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.roles import Role
from shared.people.references import people_with_ids


async def roles_of(session: AsyncSession, person_id: UUID | None) -> frozenset[Role]:
    """The roles that a person has in the organisation, as far as this service has heard of them."""
    if person_id is None:
        return frozenset()
    person = (await people_with_ids(session, [person_id])).get(person_id)
    return frozenset(map(Role, person.roles)) if person else frozenset()
