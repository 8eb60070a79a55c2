from uuid import UUID

from fastapi import Response

from services.integrations.ticketing.ticket_rules import actions, queries
from services.integrations.ticketing.ticket_rules.actions import TooManyTicketRules
from services.integrations.ticketing.ticket_rules.schemas import (
    TicketRuleDraft,
    TicketRuleOut,
    TicketRuleReason,
    TicketRuleRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("ticket rules")


routes.list(
    "list_ticket_rules",
    "/v1/ticket-rules",
    queries.rules,
    TicketRuleOut,
    permission=P.TICKET_CONNECTIONS_READ,
    description="Which events have a ticket opened for what they are about.",
)


routes.one(
    "get_ticket_rule",
    "/v1/ticket-rules/{rule_id}",
    queries.rule,
    TicketRuleOut,
    permission=P.TICKET_CONNECTIONS_READ,
    description="One rule: for which events, through which connection, and how many tickets it has opened.",
)


@routes.post(
    "/v1/ticket-rules",
    permission=P.TICKET_CONNECTIONS_WRITE,
    status_code=201,
    response_model=TicketRuleOut,
    refuses=(TooManyTicketRules,),
)
async def set_up_ticket_rule(draft: TicketRuleDraft, write: Write) -> Response:
    """Have a ticket opened for whatever such an event is about, once, if you and the connection's owner may read it."""
    rule_id = await actions.set_up(write.session, draft=draft, by=write.caller, at=write.at)
    return await write.created(queries.rule, rule_id, f"/v1/ticket-rules/{rule_id}")


@routes.patch(
    "/v1/ticket-rules/{rule_id}",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketRuleOut,
    refuses=(NotFound,),
)
async def revise_ticket_rule(
    rule_id: UUID, revision: TicketRuleRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a rule. From then on it opens tickets for what you and the connection's owner may read."""
    await actions.revise(write.session, rule_id, revision=revision, expected=expected, by=write.caller, at=write.at)
    return await write.changed(queries.rule, rule_id)


@routes.post(
    "/v1/ticket-rules/{rule_id}/retirements",
    permission=P.TICKET_CONNECTIONS_WRITE,
    response_model=TicketRuleOut,
    refuses=(NotFound,),
)
async def retire_ticket_rule(rule_id: UUID, why: TicketRuleReason, write: Write) -> Response:
    """Open nothing by this rule any more. The tickets that it has opened stay in step."""
    await actions.retire(write.session, rule_id, reason=why.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.rule, rule_id)
