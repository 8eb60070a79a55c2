"""`python -m services.gateway.appoint ORGANISATION --reason TEXT`: an administrator for an organisation that has none.

For the operator, on the machine itself, when an identity provider or an end date took the last administrator away. It
registers an API client with the role admin, writes so into the organisation's trail, and prints the credentials once.
"""

import argparse
import asyncio
import json
import sys
from uuid import UUID

from services.gateway.access.api_clients.actions import register
from services.gateway.organisations.organisations.models import Organisation
from services.gateway.settings import GatewaySettings
from shared.clock import now
from shared.data.records import found
from shared.data.sessions import Database
from shared.identity.callers import SYSTEM
from shared.identity.permissions import Role


def main() -> int:
    """Appoint, and print client id and secret as JSON; 1 and the reason on standard error when that is refused."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway.appoint", description=__doc__)
    parser.add_argument("organisation", type=UUID)
    parser.add_argument("--reason", required=True, help="why, for the organisation's trail")
    asked = parser.parse_args()
    credentials = asyncio.run(appoint(asked.organisation, asked.reason))
    if credentials is None:
        sys.stderr.write(f"There is no organisation {asked.organisation}.\n")
        return 1
    sys.stdout.write(json.dumps(credentials) + "\n")
    return 0


async def appoint(organisation_id: UUID, reason: str) -> dict[str, str] | None:
    """Register an API client that administers the organisation; None when there is no such organisation."""
    database = Database(GatewaySettings())
    try:
        async with database.transaction(organisation_id) as session:
            if await found(session, Organisation, organisation_id) is None:
                return None
            title = "Administrator appointed by the operator"
            new = await register(session, title=title, roles=[Role.ADMIN], by=SYSTEM, at=now(), reason=reason)
            return {"client_id": str(new.client.id), "client_secret": new.secret}
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
