from typing import Any
from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.policies.acknowledgements import actions, queries
from services.controls.policies.acknowledgements.schemas import AcknowledgementOut, Excusal, RecordedAcknowledgements
from services.controls.policies.policy_campaigns import queries as campaigns
from services.controls.policies.policy_campaigns.schemas import PolicyCampaignOut
from shared.http.doors import Reader, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policy acknowledgements")


_NOBODY = UUID(int=0)  # a caller who is no person is asked nothing


async def _of_caller(read: Reader, query: queries.AcknowledgementQuery) -> dict[str, Any]:
    return {"caller": (read.caller.person or _NOBODY) if query.mine else None}


routes.list(
    "list_policy_acknowledgements",
    "/v1/policy-acknowledgements",
    queries.acknowledgements,
    AcknowledgementOut,
    permission=P.POLICIES_READ,
    description="Who is asked to acknowledge, who has and who has not.",
    given=_of_caller,
)


routes.one(
    "get_policy_acknowledgement",
    "/v1/policy-acknowledgements/{acknowledgement_id}",
    queries.acknowledgement,
    AcknowledgementOut,
    permission=P.POLICIES_READ,
    description="One person of a campaign.",
)


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/acknowledgements",
    permission=P.POLICIES_ACKNOWLEDGE,
    response_model=AcknowledgementOut,
    refuses=(NotFound, actions.NotAsked),
)
async def acknowledge_policy(campaign_id: UUID, write: Write) -> Response:
    """Acknowledge for yourself."""
    mine = await actions.acknowledge(write.session, campaign_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.acknowledgement, mine)


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/recorded-acknowledgements",
    permission=P.POLICIES_WRITE,
    response_model=PolicyCampaignOut,
    refuses=(NotFound,),
)
async def record_policy_acknowledgements(campaign_id: UUID, draft: RecordedAcknowledgements, write: Write) -> Response:
    """Record that others have acknowledged, with what shows it; it is marked as recorded on their behalf."""
    await actions.record(write.session, campaign_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(campaigns.campaign, campaign_id, as_of=day_of(write.at))


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/excusals",
    permission=P.POLICIES_WRITE,
    response_model=PolicyCampaignOut,
    refuses=(NotFound,),
)
async def excuse_from_policy_campaign(campaign_id: UUID, draft: Excusal, write: Write) -> Response:
    """Let people not acknowledge, as those who have left."""
    await actions.excuse(write.session, campaign_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(campaigns.campaign, campaign_id, as_of=day_of(write.at))
