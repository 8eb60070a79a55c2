from uuid import UUID

from fastapi import Response

from services.controls.programmes.interested_parties import actions, queries
from services.controls.programmes.interested_parties.schemas import (
    InterestedPartyDraft,
    InterestedPartyOut,
    InterestedPartyRevision,
    InterestedPartyWithdrawal,
)
from services.controls.programmes.programmes.actions import NotAskedFor
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("interested parties")


routes.list(
    "list_interested_parties",
    "/v1/interested-parties",
    queries.parties,
    InterestedPartyOut,
    permission=P.PROGRAMMES_READ,
    description="The interested parties of ISO/IEC 27001 programmes, withdrawn ones included.",
)


routes.one(
    "get_interested_party",
    "/v1/interested-parties/{party_id}",
    queries.party,
    InterestedPartyOut,
    permission=P.PROGRAMMES_READ,
    description="One interested party.",
)


@routes.post(
    "/v1/programmes/{programme_id}/interested-parties",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=InterestedPartyOut,
    refuses=(NotFound, NotAskedFor),
)
async def record_interested_party(programme_id: UUID, draft: InterestedPartyDraft, write: Write) -> Response:
    """Record a party that is relevant to the management system, what it requires, and what of that is addressed."""
    party = await actions.record(write.session, programme_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.party, party.id, f"/v1/interested-parties/{party.id}")


@routes.patch(
    "/v1/interested-parties/{party_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=InterestedPartyOut,
    refuses=(NotFound,),
)
async def revise_interested_party(
    party_id: UUID, revision: InterestedPartyRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change its name or its requirements; the requirements are given as a whole."""
    await actions.revise(
        write.session, party_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.party, party_id)


@routes.post(
    "/v1/interested-parties/{party_id}/withdrawals",
    permission=P.PROGRAMMES_WRITE,
    response_model=InterestedPartyOut,
    refuses=(NotFound,),
)
async def withdraw_interested_party(party_id: UUID, withdrawal: InterestedPartyWithdrawal, write: Write) -> Response:
    """Say that a party is not relevant any longer, and why. It stays on record."""
    await actions.withdraw(write.session, party_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.party, party_id)
