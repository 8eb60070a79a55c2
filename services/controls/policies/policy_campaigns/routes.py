from uuid import UUID

from fastapi import Response

from services.controls.days import day_of
from services.controls.policies.policy_campaigns import actions, queries
from services.controls.policies.policy_campaigns.schemas import (
    Audience,
    CampaignClosure,
    PolicyCampaignDraft,
    PolicyCampaignOut,
    PolicyCampaignRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("policy campaigns")


routes.list(
    "list_policy_campaigns",
    "/v1/policy-campaigns",
    queries.campaigns,
    PolicyCampaignOut,
    permission=P.POLICIES_READ,
    description="The campaigns with how many have acknowledged, newest first.",
)


routes.one(
    "get_policy_campaign",
    "/v1/policy-campaigns/{campaign_id}",
    queries.campaign,
    PolicyCampaignOut,
    permission=P.POLICIES_READ,
    description="One campaign. Who has and who has not are its acknowledgements.",
)


@routes.post(
    "/v1/policy-campaigns",
    permission=P.POLICIES_WRITE,
    status_code=201,
    response_model=PolicyCampaignOut,
    refuses=PERSON_REFUSALS,
)
async def start_policy_campaign(draft: PolicyCampaignDraft, write: Write) -> Response:
    """Ask people to acknowledge a published version."""
    campaign = await actions.start(write.session, draft=draft, by=write.caller.actor, at=write.at)
    location = f"/v1/policy-campaigns/{campaign.id}"
    return await write.created(queries.campaign, campaign.id, location, as_of=day_of(write.at))


@routes.patch(
    "/v1/policy-campaigns/{campaign_id}",
    permission=P.POLICIES_WRITE,
    response_model=PolicyCampaignOut,
    refuses=(NotFound,),
)
async def revise_policy_campaign(
    campaign_id: UUID, revision: PolicyCampaignRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change its title, due date or reminders."""
    await actions.revise(
        write.session, campaign_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.campaign, campaign_id, as_of=day_of(write.at))


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/people",
    permission=P.POLICIES_WRITE,
    response_model=PolicyCampaignOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def extend_policy_campaign(campaign_id: UUID, audience: Audience, write: Write) -> Response:
    """Ask more people."""
    await actions.extend(write.session, campaign_id, audience=audience, by=write.caller.actor, at=write.at)
    return await write.changed(queries.campaign, campaign_id, as_of=day_of(write.at))


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/closures",
    permission=P.POLICIES_WRITE,
    response_model=PolicyCampaignOut,
    refuses=(NotFound,),
)
async def close_policy_campaign(campaign_id: UUID, closure: CampaignClosure, write: Write) -> Response:
    """End it with people outstanding. It completes by itself when nobody is."""
    await actions.close(write.session, campaign_id, reason=closure.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.campaign, campaign_id, as_of=day_of(write.at))
