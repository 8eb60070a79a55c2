from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.days import Day, day_of
from services.controls.policies.policy_campaigns import actions, queries
from services.controls.policies.policy_campaigns.models import CampaignStatus
from services.controls.policies.policy_campaigns.schemas import (
    AudienceExtension,
    CampaignClosure,
    PolicyCampaignDraft,
    PolicyCampaignOut,
    PolicyCampaignRevision,
)
from shared.clock import now
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policy campaigns")

AsOf = Annotated[Day | None, Query(description="Overdue as of this day in UTC; today when left out")]


@routes.get("/v1/policy-campaigns", permission=P.POLICIES_READ, response_model=Page[PolicyCampaignOut])
async def list_policy_campaigns(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at",
    policy_id: UUID | None = None,
    version_id: UUID | None = None,
    status: CampaignStatus | None = None,
    overdue: bool | None = None,
    as_of: AsOf = None,
    q: Annotated[Search | None, Query(description="In the title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The campaigns with how many have acknowledged, newest first."""
    return await read.page(
        queries.campaigns,
        PageRequest(limit, cursor, sort),
        as_of=as_of or day_of(now()),
        policy_id=policy_id,
        version_id=version_id,
        status=status,
        overdue=overdue,
        q=q,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/policy-campaigns/{campaign_id}",
    permission=P.POLICIES_READ,
    response_model=PolicyCampaignOut,
    refuses=(NotFound,),
)
async def get_policy_campaign(campaign_id: UUID, read: Read, as_of: AsOf = None) -> Response:
    """One campaign. Who has and who has not are its acknowledgements."""
    return await read.one(queries.campaign, campaign_id, as_of=as_of or day_of(now()))


@routes.post("/v1/policy-campaigns", permission=P.POLICIES_WRITE, status_code=201, response_model=PolicyCampaignOut)
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
    refuses=(NotFound,),
)
async def extend_policy_campaign(campaign_id: UUID, extension: AudienceExtension, write: Write) -> Response:
    """Ask more people."""
    await actions.extend(write.session, campaign_id, people=extension.people, by=write.caller.actor, at=write.at)
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
