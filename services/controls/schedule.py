"""What happens by the clock: definitions take effect; what was due is late, what was granted is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.health.health.actions import reassess_due
from services.controls.health.health.models import Health
from services.controls.issues.issues import actions as issues
from services.controls.issues.issues.queries import unannounced_overdue
from services.controls.policies.policies import actions as policies
from services.controls.policies.policies.queries import unannounced_reviews
from services.controls.policies.policy_campaigns import actions as campaigns
from services.controls.policies.policy_campaigns import queries as campaign_queries
from services.controls.register.controls.models import Control
from services.controls.register.deadlines.models import Deadline
from services.controls.register.definitions.actions import take_effect
from services.controls.register.missed_occurrences.actions import announce_missed
from services.controls.register.waivers import actions as waivers
from services.controls.register.waivers.models import Waiver
from shared.data.base import table_of
from shared.schedule import sweep

_CONTROLS = table_of(Control).c
_DEADLINES = table_of(Deadline).c
_HEALTH = table_of(Health).c
_WAIVERS = table_of(Waiver).c


def _with_due_waivers(as_of: datetime) -> Select[Any]:
    return select(_WAIVERS.org_id).where(_WAIVERS.due_at <= as_of).distinct()


def _with_overdue_issues(as_of: datetime) -> Select[Any]:
    return unannounced_overdue(as_of).distinct()


def _with_definitions_to_take_effect(as_of: datetime) -> Select[Any]:
    return select(_CONTROLS.org_id).where(_CONTROLS.pending_from <= as_of).distinct()


def _with_occurrences_to_judge(as_of: datetime) -> Select[Any]:
    return select(_DEADLINES.org_id).where(_DEADLINES.next_at <= as_of).distinct()


def _with_health_to_review(as_of: datetime) -> Select[Any]:
    return select(_HEALTH.org_id).where(_HEALTH.review_at <= as_of).distinct()


def _with_reviews_due(as_of: datetime) -> Select[Any]:
    return unannounced_reviews(as_of).distinct()


def _with_reminders_due(as_of: datetime) -> Select[Any]:
    return campaign_queries.with_reminders_due(day_of(as_of)).distinct()


def _with_overdue_campaigns(as_of: datetime) -> Select[Any]:
    return campaign_queries.unannounced_overdue(day_of(as_of)).distinct()


@sweep(due=_with_occurrences_to_judge, turn=200)  # 3 ms for each that missed two days and is reassessed
async def announce_missed_occurrences(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce on which due days controls were not performed within the tolerance, each once."""
    return await announce_missed(session, as_of=as_of, limit=limit)


@sweep(due=_with_health_to_review)
async def reassess_controls_by_the_clock(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Reassess what may have changed though nothing was heard, and announce each change once."""
    return await reassess_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_due_waivers)
async def announce_phases_of_waivers(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which waivers have come into force, run out soon or are over, each once."""
    return await waivers.announce_phases(session, as_of=as_of, limit=limit)


@sweep(due=_with_overdue_issues)
async def announce_overdue_issues(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which issues were not resolved by their due date, each once."""
    return await issues.announce_overdue(session, as_of=as_of, limit=limit)


@sweep(due=_with_definitions_to_take_effect)
async def let_definitions_take_effect(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let approved definitions whose day has come take the place of those before them."""
    return await take_effect(session, as_of=as_of, limit=limit)


@sweep(due=_with_reviews_due)
async def announce_reviews_of_policies(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which policies are to be looked at again, each once."""
    return await policies.announce_reviews(session, as_of=as_of, limit=limit)


@sweep(due=_with_reminders_due)
async def remind_people_of_campaigns(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce that people are outstanding, on each of the days that a campaign reminds them."""
    return await campaigns.remind(session, as_of=as_of, limit=limit)


@sweep(due=_with_overdue_campaigns)
async def announce_overdue_campaigns(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which campaigns have people outstanding after their due date, each once."""
    return await campaigns.announce_overdue(session, as_of=as_of, limit=limit)
