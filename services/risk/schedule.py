"""What happens by the clock: overrides, acceptances and links end, indicators fall silent, work comes due."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.acceptances.acceptance_endings import actions as acceptances
from services.risk.acceptances.acceptances.queries import due as acceptances_due
from services.risk.assessments.assessments import actions as assessments
from services.risk.assessments.assessments.queries import with_notices
from services.risk.indicators.indicators import actions as indicators
from services.risk.indicators.indicators.queries import silent
from services.risk.oversight.vendor_conditions import actions as vendor_conditions
from services.risk.oversight.vendor_conditions import queries as vendor_condition_queries
from services.risk.questionnaires.questionnaires import actions as questionnaires
from services.risk.questionnaires.questionnaires.queries import run_out
from services.risk.register.overrides.actions import expire
from services.risk.register.overrides.queries import with_expired
from services.risk.treatments.treatment_actions.queries import due as actions_due
from services.risk.treatments.treatment_deadlines.actions import announce_actions_due, announce_treatments_due
from services.risk.treatments.treatments.queries import due as treatments_due
from services.risk.vendors.assurance_reports import actions as assurance_reports
from services.risk.vendors.assurance_reports.queries import unannounced_stale
from services.risk.vendors.vendors import actions as vendors
from services.risk.vendors.vendors.queries import unannounced_reviews
from shared.schedule import sweep


def _with_vendor_reviews_due(as_of: datetime) -> Select[Any]:
    return unannounced_reviews(as_of).distinct()


def _with_missed_conditions(as_of: datetime) -> Select[Any]:
    return vendor_condition_queries.unannounced_overdue(as_of).distinct()


def _with_stale_reports(as_of: datetime) -> Select[Any]:
    return unannounced_stale(as_of).distinct()


def _with_questionnaires_run_out(as_of: datetime) -> Select[Any]:
    return run_out(as_of).distinct()


@sweep(due=_with_vendor_reviews_due)
async def announce_reviews_of_vendors(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which vendors are to be reviewed, each once."""
    return await vendors.announce_reviews(session, as_of=as_of, limit=limit)


@sweep(due=_with_missed_conditions)
async def announce_missed_vendor_conditions(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which conditions of approvals were not met by their due day, each once."""
    return await vendor_conditions.announce_overdue(session, as_of=as_of, limit=limit)


@sweep(due=_with_stale_reports)
async def announce_stale_assurance_reports(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which reports of vendors' auditors say too little of the present, each once."""
    return await assurance_reports.announce_stale(session, as_of=as_of, limit=limit)


@sweep(due=_with_questionnaires_run_out)
async def let_questionnaires_lapse(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let questionnaires lapse whose links ran out before they were submitted."""
    return await questionnaires.lapse(session, as_of=as_of, limit=limit)


def _with_silent_indicators(as_of: datetime) -> Select[Any]:
    return silent(as_of).distinct()


def _with_expired_overrides(as_of: datetime) -> Select[Any]:
    return with_expired(as_of)


def _with_acceptances_due(as_of: datetime) -> Select[Any]:
    return acceptances_due(as_of).distinct()


def _with_treatments_due(as_of: datetime) -> Select[Any]:
    return treatments_due(as_of).distinct()


def _with_actions_due(as_of: datetime) -> Select[Any]:
    return actions_due(as_of).distinct()


@sweep(due=_with_silent_indicators)
async def announce_silent_indicators(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let indicators be unknown of which nothing was heard for longer than their period, each announced once."""
    return await indicators.announce_silent(session, as_of=as_of, limit=limit)


@sweep(due=_with_expired_overrides)
async def end_overrides_whose_term_is_over(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """End overrides whose term is over, each once; the computed rating of their risks counts again."""
    return await expire(session, as_of=as_of, limit=limit)


def _with_assessments_due(as_of: datetime) -> Select[Any]:
    return with_notices(as_of).distinct()


@sweep(due=_with_assessments_due)
async def announce_assessments_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which risk assessments are due in a week, and which are overdue, each once."""
    return await assessments.announce_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_acceptances_due)
async def announce_acceptances_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which acceptances end in 30 or 7 days, and end those whose term is over, each once."""
    return await acceptances.announce_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_treatments_due)
async def announce_treatments_that_are_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which treatments are due in 30 or 7 days or overdue, each once."""
    return await announce_treatments_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_actions_due)
async def announce_treatment_actions_that_are_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which actions of treatments are due in 30 or 7 days or overdue, each once."""
    return await announce_actions_due(session, as_of=as_of, limit=limit)
