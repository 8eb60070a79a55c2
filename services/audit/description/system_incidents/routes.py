from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.described_engagements.schemas import DescribedWithdrawal
from services.audit.description.system_incidents import actions, queries
from services.audit.description.system_incidents.schemas import (
    SystemIncidentDraft,
    SystemIncidentOut,
    SystemIncidentRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("system incidents")


routes.list(
    "list_system_incidents",
    "/v1/system-incidents",
    queries.incidents,
    SystemIncidentOut,
    permission=P.DESCRIPTIONS_READ,
    description="The system incidents that system descriptions name, withdrawn ones included.",
    auditors=True,
)


routes.one(
    "get_system_incident",
    "/v1/system-incidents/{incident_id}",
    queries.incident,
    SystemIncidentOut,
    permission=P.DESCRIPTIONS_READ,
    description="One system incident.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/system-incidents",
    permission=P.DESCRIPTIONS_WRITE,
    status_code=201,
    response_model=SystemIncidentOut,
    refuses=(NotFound, NotDescribed),
)
async def record_system_incident(engagement_id: UUID, draft: SystemIncidentDraft, write: Write) -> Response:
    """Record a system incident, with the controls it came from or the commitments that were not met."""
    incident = await actions.record(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.incident, incident.id, f"/v1/system-incidents/{incident.id}")


@routes.patch(
    "/v1/system-incidents/{incident_id}",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SystemIncidentOut,
    refuses=(NotFound,),
)
async def revise_system_incident(
    incident_id: UUID, revision: SystemIncidentRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is said of it, as when it is resolved. Approved descriptions stay as they are."""
    await actions.revise(
        write.session, incident_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.incident, incident_id)


@routes.post(
    "/v1/system-incidents/{incident_id}/withdrawals",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SystemIncidentOut,
    refuses=(NotFound,),
)
async def withdraw_system_incident(incident_id: UUID, withdrawal: DescribedWithdrawal, write: Write) -> Response:
    """Say that it does not belong into the system description. It stays on record."""
    await actions.withdraw(write.session, incident_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.incident, incident_id)
