"""The verbs of a rule, and what it does when an event is heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.connections.actions import require_in_use
from services.integrations.ticketing.connections.models import TicketConnection
from services.integrations.ticketing.subjects.rules import kind_of
from services.integrations.ticketing.ticket_rules.models import TicketRule, TicketRuleStatus
from services.integrations.ticketing.ticket_rules.queries import active_rules, count_rules, day_of
from services.integrations.ticketing.ticket_rules.rules import MOST_RULES, faults_in, is_for, permission_for
from services.integrations.ticketing.ticket_rules.schemas import TicketRuleDraft, TicketRuleRevision
from services.integrations.ticketing.tickets.actions import Opening, intend
from services.integrations.ticketing.tickets.queries import has_ticket, subject
from shared.data.records import locked, one_at_a_time, whole_organisation
from shared.data.sessions import organisation_of
from shared.events.catalogue.tickets import TicketRuleCapped, TicketRuleRetired, TicketRuleRevised, TicketRuleSetUp
from shared.events.event import Event, Heard
from shared.events.trail import announce, caused_by
from shared.identity.callers import SYSTEM, Actor, Caller
from shared.people.references import people_with_ids
from shared.problems import Conflict, Invalid, not_allowed


class TooManyTicketRules(Conflict):
    """The organisation has the maximum number of ticket rules."""


@dataclass(frozen=True, slots=True)
class Match:
    """An event that a rule is for."""

    rule: TicketRule
    heard: Heard[Event]


async def set_up(session: AsyncSession, *, draft: TicketRuleDraft, by: Caller, at: datetime) -> UUID:
    """A rule that is in force at once, for what is heard from now on; the rule's id."""
    given = draft.model_dump()
    _require_sound(draft.types, given["conditions"], by)
    await require_in_use(session, draft.connection_id)
    await whole_organisation(session)
    if await count_rules(session) >= MOST_RULES:
        raise TooManyTicketRules(f"There are {MOST_RULES} ticket rules; retire one first.")
    org_id, may_read = organisation_of(session), [str(each) for each in sorted(by.permissions)]
    rule = TicketRule(**given, org_id=org_id, may_read=may_read, created_at=at, updated_at=at)
    session.add(rule)
    announce(session, TicketRuleSetUp(**_told(rule)), about=rule, by=by.actor, at=at)
    return rule.id


async def revise(
    session: AsyncSession, rule_id: UUID, *, revision: TicketRuleRevision, expected: int, by: Caller, at: datetime
) -> None:
    """Change a rule. From then on it opens tickets for what whoever changes it may read."""
    rule = await _locked(session, rule_id, "revise", expected=expected)
    given = revision.model_dump(exclude_none=True)
    merged: dict[str, Any] = {"types": rule.types, "conditions": rule.conditions} | given
    _require_sound(merged["types"], merged["conditions"], by)
    for name, value in given.items():
        setattr(rule, name, value)
    rule.may_read = sorted(by.permissions)
    announce(session, TicketRuleRevised(**_told(rule)), about=rule, by=by.actor, at=at)


async def retire(session: AsyncSession, rule_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired: it opens nothing any more."""
    rule = await _locked(session, rule_id, "retire")
    rule.status = TicketRuleStatus.RETIRED
    announce(session, TicketRuleRetired(**_told(rule)), about=rule, by=by, at=at, reason=reason)


async def matching(session: AsyncSession, heard: Sequence[Heard[Event]]) -> list[Match]:
    """The rules that these events are for. What these are about is locked, before anything else is."""
    rules = await active_rules(session)
    found = [Match(rule, event) for event in heard for rule in rules if is_for(rule.types, rule.conditions, event)]
    if found:
        await one_at_a_time(session, *(match.heard.subject for match in found))
    return found


async def open_by_rules(session: AsyncSession, found: Sequence[Match], *, at: datetime) -> None:
    """Open a ticket for what each event is about, once, if it is not over and may be told."""
    for match in found:
        with caused_by(session, match.heard.id):
            await _open(session, match, at=at)


async def _open(session: AsyncSession, match: Match, *, at: datetime) -> None:
    rule, heard = match.rule, match.heard
    connection = await session.get_one(TicketConnection, rule.connection_id)
    kind, permission = kind_of(type(heard.event)), permission_for(type(heard.event))
    owner = (await people_with_ids(session, [connection.owner_id])).get(connection.owner_id)
    if kind is None or permission is None or permission not in rule.may_read:
        return
    if owner is None or not owner.is_there or not owner.may(permission, at):
        return
    about = await subject(session, kind, heard.subject)
    if about is None or about.is_over or await has_ticket(session, connection.id, heard.subject):
        return
    day = await day_of(session, rule.id, at.astimezone(UTC).date())
    if day.opened >= rule.most_per_day:
        if not day.skipped:
            announce(session, TicketRuleCapped(**_told(rule)), about=rule, by=SYSTEM, at=at)
        day.skipped += 1
        return
    day.opened += 1
    intend(session, connection, about, Opening(SYSTEM, rule.id), at=at)


def _told(rule: TicketRule) -> dict[str, Any]:
    return {"title": rule.title, "connection_id": rule.connection_id, "status": rule.status}


def _require_sound(types: Sequence[str], conditions: Sequence[dict[str, Any]], by: Caller) -> None:
    if faults := list(faults_in(types, conditions, by.permissions)):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


async def _locked(session: AsyncSession, rule_id: UUID, verb: str, *, expected: int = -1) -> TicketRule:
    rule = await locked(session, TicketRule, rule_id, noun="ticket rule", expected=expected)
    if rule.status == TicketRuleStatus.RETIRED:
        raise not_allowed(verb, rule.status, [])
    return rule
