"""The verbs of an indicator. Whoever gives it another value or other thresholds has it judged again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.indicators.indicators.models import Indicator, IndicatorState, IndicatorStatus
from services.risk.indicators.indicators.queries import last_values, unknown_risks
from services.risk.indicators.indicators.rules import (
    NO_VALUE,
    Judgement,
    faults_in,
    is_worse,
    judge,
    silence,
    silent_after,
)
from services.risk.indicators.indicators.schemas import IndicatorDraft, IndicatorRevision
from shared.data.records import lock_free, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.indicators import (
    IndicatorBreached,
    IndicatorDefined,
    IndicatorRecovered,
    IndicatorRetired,
    IndicatorRevised,
    IndicatorSilent,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import CodeTaken, Fault, Invalid, not_allowed

_NOUN = "indicator"


class UnknownRisk(Invalid):
    """The risk does not exist."""


async def define(session: AsyncSession, *, draft: IndicatorDraft, by: Actor, at: datetime) -> Indicator:
    """Define an indicator; nothing is known of it yet. `CodeTaken` when the organisation has one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    if (await session.execute(select(Indicator.id).where(Indicator.code == draft.code))).first():
        raise CodeTaken(f"Another indicator has the code {draft.code}.", faults=[Fault("/code", "taken")])
    indicator = Indicator(
        **draft.model_dump(exclude={"owner"}),
        owner_id=owner_id,
        reason=NO_VALUE,
        state_since=at,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    await _check(session, indicator)
    indicator.silent_at = silent_after(indicator, at)
    session.add(indicator)
    announce(session, IndicatorDefined(**event_fields(indicator)), about=indicator, by=by, at=at)
    return indicator


async def revise(
    session: AsyncSession, indicator_id: UUID, *, revision: IndicatorRevision, expected: int, by: Actor, at: datetime
) -> Indicator:
    """Change an active indicator, which is judged again by the values that there are."""
    owners = await people_columns(session, revision, "owner")
    indicator = await locked(session, Indicator, indicator_id, noun=_NOUN, expected=expected)
    _require_active(indicator, "revise")
    for name, value in {**revision.model_dump(exclude_none=True, exclude={"owner"}), **owners}.items():
        setattr(indicator, name, value)
    await _check(session, indicator)
    announce(session, IndicatorRevised(**event_fields(indicator)), about=indicator, by=by, at=at)
    indicator.silent_at = silent_after(indicator, indicator.measured_at or indicator.created_at)
    if silence(indicator, at) is None:
        indicator.silence_told = False
    await judge_again(session, [indicator], by=by, at=at)
    return indicator


async def retire(session: AsyncSession, indicator_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired: no value is taken any longer, and nothing is announced."""
    indicator = await locked(session, Indicator, indicator_id, noun=_NOUN)
    _require_active(indicator, "retire")
    indicator.status, indicator.retirement_reason, indicator.silent_at = IndicatorStatus.RETIRED, reason, None
    announce(session, IndicatorRetired(**event_fields(indicator)), about=indicator, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's active indicators to another."""
    owned = (
        select(Indicator)
        .where(Indicator.owner_id == handover.from_person, Indicator.status == IndicatorStatus.ACTIVE)
        .order_by(col(Indicator.id))
    )
    for indicator in await lock_rows(session, owned):
        indicator.owner_id = handover.to_person
        event = IndicatorRevised(**event_fields(indicator))
        announce(session, event, about=indicator, by=SYSTEM, at=handover.at, reason=handover.reason)


async def judge_again(
    session: AsyncSession, indicators: Sequence[Indicator], *, by: Actor, at: datetime, cause: UUID | None = None
) -> None:
    """Judge locked indicators by their last values, and announce who breached a threshold or recovered."""
    values = await last_values(session, [indicator.id for indicator in indicators])
    for indicator in indicators:
        judgement = silence(indicator, at) or judge(indicator, values[indicator.id])
        _put(session, indicator, judgement, by=by, at=at, cause=cause)


async def announce_silent(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let indicators be unknown of which nothing was heard for longer than their period, each announced once."""
    silent = (
        select(Indicator)
        .where(col(Indicator.silent_at) <= as_of, col(Indicator.silence_told).is_(False))
        .order_by(col(Indicator.id))
        .limit(limit)
    )
    indicators = await lock_free(session, silent)
    for indicator in indicators:
        judgement = silence(indicator, as_of)
        assert judgement is not None, "it was selected as silent"
        indicator.silence_told = True
        _put(session, indicator, judgement, by=SYSTEM, at=as_of, cause=None)
        event = IndicatorSilent(**event_fields(indicator))
        announce(session, event, about=indicator, by=SYSTEM, at=as_of, reason=judgement.reason)
    return len(indicators)


def event_fields(indicator: Indicator) -> dict[str, Any]:
    """What every event about an indicator says."""
    names = ("code", "title", "owner_id", "risk_ids", "state", "value", "measured_at", "amber", "red")
    return {name: getattr(indicator, name) for name in names}


def _put(
    session: AsyncSession, indicator: Indicator, judgement: Judgement, *, by: Actor, at: datetime, cause: UUID | None
) -> None:
    state, before = judgement.state, IndicatorState(indicator.told)
    indicator.reason = judgement.reason
    if indicator.state != state:
        indicator.state, indicator.state_since = state, at
    if state in {IndicatorState.UNKNOWN, before}:
        return
    kind = IndicatorBreached if is_worse(state, before) else IndicatorRecovered
    indicator.told = state
    event = kind(**event_fields(indicator), before=before)
    announce(session, event, about=indicator, by=by, at=at, reason=judgement.reason, cause=cause)


async def _check(session: AsyncSession, indicator: Indicator) -> None:
    if faults := list(faults_in(indicator)):
        raise Invalid(faults[0].detail, faults=faults)
    if unknown := await unknown_risks(session, indicator.risk_ids):
        faults = [
            Fault(f"/risk_ids/{place}", "unknown") for place, key in enumerate(indicator.risk_ids) if key in unknown
        ]
        raise UnknownRisk("There is no such risk.", faults=faults)


def _require_active(indicator: Indicator, verb: str) -> None:
    if indicator.status != IndicatorStatus.ACTIVE:
        raise not_allowed(verb, indicator.status, [])
