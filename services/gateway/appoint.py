"""`python -m services.gateway.appoint ORGANISATION --email … --name … --reason …`: appoint an administrator.

For the operator, on the machine itself, when an identity provider or an end date took the last administrator away. It
registers an API client with the role admin for a person of the organisation, who is put into the directory if they are
not there, writes so into the organisation's trail, and prints the credentials once.
"""

import argparse
import asyncio
import json
import sys
from uuid import UUID

from services.gateway.access.api_clients.actions import register
from services.gateway.organisations.organisations.models import Organisation
from services.gateway.people.people.actions import add as put_into_directory
from services.gateway.people.people.queries import people_by_reference
from services.gateway.people.people.schemas import PersonDraft
from services.gateway.settings import GatewaySettings
from shared.clock import now
from shared.data.records import found
from shared.data.sessions import Database
from shared.identity.callers import SYSTEM
from shared.identity.roles import Role


def main() -> int:
    """Appoint, and print client id and secret as JSON; 1 and the reason on standard error when that is refused."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway.appoint", description=__doc__)
    parser.add_argument("organisation", type=UUID)
    parser.add_argument("--email", required=True, type=str.lower, help="of the person who is to administer it")
    parser.add_argument("--name", required=True, help="their name, if they are not in the directory yet")
    parser.add_argument("--reason", required=True, help="why, for the organisation's trail")
    asked = parser.parse_args()
    credentials = asyncio.run(appoint(asked.organisation, asked.email, asked.name, asked.reason))
    if credentials is None:
        sys.stderr.write(f"There is no organisation {asked.organisation}.\n")
        return 1
    sys.stdout.write(json.dumps(credentials) + "\n")
    return 0


async def appoint(organisation_id: UUID, email: str, name: str, reason: str) -> dict[str, str] | None:
    """Register an API client that administers the organisation; None when there is no such organisation."""
    database = Database(GatewaySettings())
    try:
        async with database.transaction(organisation_id) as session:
            if await found(session, Organisation, organisation_id) is None:
                return None
            person = (await people_by_reference(session, [email])).get(email)
            if person is None:
                draft = PersonDraft(name=name, emails=[email])
                person = await put_into_directory(session, draft=draft, by=SYSTEM, at=now())
            new = await register(
                session,
                title="Administrator appointed by the operator",
                roles=[Role.ADMIN],
                responsible=person,
                by=SYSTEM,
                at=now(),
                reason=reason,
            )
            return {"client_id": str(new.client.id), "client_secret": new.secret}
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
