from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.days import day_of
from services.controls.people.known_members.queries import member_id_of
from services.controls.policies.acknowledgements import actions, queries
from services.controls.policies.acknowledgements.models import AcknowledgementStatus
from services.controls.policies.acknowledgements.schemas import AcknowledgementOut, Excusal, RecordedAcknowledgements
from services.controls.policies.policy_campaigns import queries as campaigns
from services.controls.policies.policy_campaigns.schemas import PolicyCampaignOut
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("policy acknowledgements")


@routes.get("/v1/policy-acknowledgements", permission=P.POLICIES_READ, response_model=Page[AcknowledgementOut])
async def list_policy_acknowledgements(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["person", "-person", "updated_at", "-updated_at"] = "person",
    campaign_id: UUID | None = None,
    status: Annotated[AcknowledgementStatus | None, Query(description="`outstanding`: who has not")] = None,
    person: Annotated[Owner | None, Query()] = None,
    mine: Annotated[bool, Query(description="Only what the caller is asked, by any of their names")] = False,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """Who is asked to acknowledge, who has and who has not."""
    actor = read.caller.actor
    return await read.page(
        queries.acknowledgements,
        PageRequest(limit, cursor, sort),
        campaign_id=campaign_id,
        status=status,
        person=person,
        mine=actor.lower() if mine else None,
        member_id=member_id_of(actor),
        updated_since=updated_since,
    )


@routes.get(
    "/v1/policy-acknowledgements/{acknowledgement_id}",
    permission=P.POLICIES_READ,
    response_model=AcknowledgementOut,
    refuses=(NotFound,),
)
async def get_policy_acknowledgement(acknowledgement_id: UUID, read: Read) -> Response:
    """One person of a campaign."""
    return await read.one(queries.acknowledgement, acknowledgement_id)


@routes.post(
    "/v1/policy-campaigns/{campaign_id}/acknowledgements",
    permission=P.POLICIES_ACKNOWLEDGE,
    response_model=AcknowledgementOut,
    refuses=(NotFound, actions.NotAsked),
)
async def acknowledge_policy(campaign_id: UUID, write: Write) -> Response:
    """Acknowledge for yourself, listed by your e-mail address as a member or as the trail names you."""
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
