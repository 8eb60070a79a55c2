"""The verbs of a proposal. Its row and that of the engagement are the client's, whoever decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.proposals.models import Proposal, ProposalStatus
from services.audit.conduct.proposals.queries import open_proposal_id
from services.audit.engagements.engagements.actions import announce_revised, enter, scope_of
from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OWN_TEAM
from services.audit.engagements.known_firms.queries import known_firm
from services.audit.engagements.parties.queries import at_client
from services.audit.engagements.team_members.actions import release_all
from shared.data.records import ANY_VERSION, found, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.engagement_proposals import (
    AboutProposal,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_PROPOSABLE = frozenset({EngagementPhase.PROPOSED, EngagementPhase.DECLINED})
_SETTLED: dict[ProposalStatus, type[AboutProposal]] = {
    ProposalStatus.ACCEPTED: ProposalAccepted,
    ProposalStatus.DECLINED: ProposalDeclined,
    ProposalStatus.WITHDRAWN: ProposalWithdrawn,
}


class ProposalOpen(Conflict):
    """A firm has been asked and has not decided; the proposal to it is withdrawn first."""


async def propose(session: AsyncSession, engagement_id: UUID, *, firm_id: UUID, by: Actor, at: datetime) -> Proposal:
    """Propose an engagement that nobody has accepted to a firm; again, where another firm declined it.

    `ProposalOpen` while another firm may still accept it.
    """
    scope = await scope_of(session, engagement_id)
    await one_at_a_time(session, engagement_id, *scope)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement")
    if engagement.phase not in _PROPOSABLE:
        raise not_allowed("propose", engagement.phase, [])
    if await open_proposal_id(session, engagement_id) is not None:
        raise ProposalOpen("A firm has been asked already; withdraw that proposal first.")
    await _check_firm(session, engagement, firm_id)
    engagement.firm_id = firm_id
    proposal = Proposal(
        engagement_id=engagement_id,
        firm_id=firm_id,
        title=engagement.title,
        kind=engagement.kind,
        proposed_by=by.recorded,
        org_id=engagement.org_id,
        created_at=at,
        updated_at=at,
    )
    session.add(proposal)
    announce(session, ProposalMade(**_event_fields(proposal)), about=proposal, by=by, at=at)
    if engagement.phase == EngagementPhase.PROPOSED:
        announce_revised(session, engagement, by=by, at=at)
    else:
        enter(session, engagement, EngagementPhase.PROPOSED, reason=None, by=by, at=at)
        touched(session, *scope, at=at)
    return proposal


async def accept(session: AsyncSession, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Open → accepted, by the firm, as its engagement partner moves the engagement. The transaction is the client's."""
    proposal = await _open(session, engagement.id)
    if proposal is not None:
        _settle(session, proposal, ProposalStatus.ACCEPTED, reason=None, by=by, at=at)


async def decline(session: AsyncSession, proposal_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Open → declined, by the firm; its team is released, and the client may propose the engagement to another."""
    seen = await found(session, Proposal, proposal_id)
    if seen is None or seen.firm_id != organisation_of(session):
        raise NotFound(f"There is no proposal {proposal_id} to this organisation.")
    if seen.status != ProposalStatus.OPEN:
        raise not_allowed("decline", seen.status, [])
    await one_at_a_time(session, seen.engagement_id)
    async with at_client(session, seen.engagement_id):
        await one_at_a_time(session, seen.engagement_id)
        engagement = await locked(session, Engagement, seen.engagement_id, noun="engagement")
        proposal = await locked(session, Proposal, proposal_id, noun="proposal", expected=ANY_VERSION)
        if proposal.status != ProposalStatus.OPEN:
            raise not_allowed("decline", proposal.status, [])
        _settle(session, proposal, ProposalStatus.DECLINED, reason=reason, by=by, at=at)
        await _ask_nobody(session, engagement, reason=reason, by=by, at=at)


async def withdraw(session: AsyncSession, engagement_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Propose an engagement no longer, by the client, as long as nobody has accepted it: the open proposal ends."""
    await one_at_a_time(session, engagement_id)
    engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=ANY_VERSION)
    if engagement.phase != EngagementPhase.PROPOSED:
        raise not_allowed("withdraw the proposal", engagement.phase, [])
    proposal = await _open(session, engagement_id)
    if proposal is not None:
        _settle(session, proposal, ProposalStatus.WITHDRAWN, reason=reason, by=by, at=at)
    await _ask_nobody(session, engagement, reason=reason, by=by, at=at)


async def _open(session: AsyncSession, engagement_id: UUID) -> Proposal | None:
    key = await open_proposal_id(session, engagement_id)
    return await locked(session, Proposal, key, noun="proposal", expected=ANY_VERSION) if key else None


async def _ask_nobody(session: AsyncSession, engagement: Engagement, *, reason: str, by: Actor, at: datetime) -> None:
    """Proposed → declined: no firm is asked any longer, and the people of the one that was act in it no more."""
    asked, engagement.firm_id = engagement.firm_id, None
    enter(session, engagement, EngagementPhase.DECLINED, reason=reason, by=by, at=at)
    if asked is not None:
        await release_all(session, engagement.id, firm_id=asked, at=at)


def _settle(
    session: AsyncSession, proposal: Proposal, status: ProposalStatus, *, reason: str | None, by: Actor, at: datetime
) -> None:
    proposal.status, proposal.reason = status, reason
    proposal.settled_by, proposal.settled_at = by.recorded, at
    event = _SETTLED[status](**_event_fields(proposal))
    announce(session, event, about=proposal, by=by, at=at, reason=reason)


def _event_fields(proposal: Proposal) -> dict[str, UUID | str]:
    names = ("engagement_id", "firm_id", "title", "kind")
    return {name: getattr(proposal, name) for name in names}


async def _check_firm(session: AsyncSession, engagement: Engagement, firm_id: UUID) -> None:
    """`Invalid` when it is proposed to a firm that is unknown, or to oneself where a firm has to be another.

    News of a firm may be on its way: the request waits a second for it.
    """
    wrong = None
    if firm_id == engagement.org_id:
        if engagement.kind not in OWN_TEAM:
            wrong = f"{engagement.kind} is done by another organisation"
    elif await known_firm(session, firm_id) is None:
        wrong = f"unknown: {firm_id}"
    if wrong is not None:
        faults = [Fault("/firm_id", wrong)]
        raise Invalid("The engagement cannot be proposed to this firm.", faults=faults, may_be_late=True)
