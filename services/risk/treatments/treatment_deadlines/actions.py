"""What the clock says of due days: 30 and 7 days before, and when the day is over, each once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.treatments.treatment_actions import actions as treatment_actions
from services.risk.treatments.treatment_actions.models import TreatmentAction
from services.risk.treatments.treatments import actions as treatments
from services.risk.treatments.treatments.models import Treatment
from services.risk.treatments.treatments.rules import end_of, next_telling, warned_by
from shared.data.records import lock_free
from shared.events.catalogue.treatments import (
    TreatmentActionDueSoon,
    TreatmentActionOverdue,
    TreatmentDueSoon,
    TreatmentOverdue,
)
from shared.identity.callers import SYSTEM


async def announce_treatments_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which treatments are due in 30 or 7 days or overdue, each once; how many it was."""
    due = select(Treatment).where(col(Treatment.due_at) <= as_of).order_by(col(Treatment.due_at)).limit(limit)
    found = await lock_free(session, due)
    for treatment in found:
        days = _days_left(treatment, as_of)
        if days is None:
            treatments.tell(session, treatment, TreatmentOverdue, by=SYSTEM, at=as_of)
        else:
            treatments.tell(session, treatment, TreatmentDueSoon, by=SYSTEM, at=as_of, days=days)
    return len(found)


async def announce_actions_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which actions are due in 30 or 7 days or overdue, each once; how many it was."""
    clock = col(TreatmentAction.due_at)
    found = await lock_free(session, select(TreatmentAction).where(clock <= as_of).order_by(clock).limit(limit))
    for action in found:
        days = _days_left(action, as_of)
        if days is None:
            treatment_actions.tell(session, action, TreatmentActionOverdue, by=SYSTEM, at=as_of)
        else:
            treatment_actions.tell(session, action, TreatmentActionDueSoon, by=SYSTEM, at=as_of, days=days)
    return len(found)


def _days_left(due: Treatment | TreatmentAction, as_of: datetime) -> int | None:
    """Note what the clock says now: the days of a warning, or None when the due day is over."""
    assert due.due_on is not None, "the clock follows what has a due day"
    if end_of(due.due_on) <= as_of:
        due.overdue_told_for, due.due_at = due.due_on, None
        return None
    due.warned = warned_by(due.due_on, as_of)
    due.due_at = next_telling(due.due_on, due.warned, due.overdue_told_for)
    return min(due.warned)
