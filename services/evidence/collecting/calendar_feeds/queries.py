from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as rows_of

from services.evidence.collecting.calendar_feeds.rules import MOST_PLANNED, PLANNED, DueDate
from services.evidence.collecting.collections.models import Collection, CollectionStatus
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.collecting.expectations.rules import Cadence, dates, occurrence
from shared.calendars.writing import MOST_ENTRIES, SHOWN_AHEAD, SHOWN_BACK, CalendarEntry
from shared.data.tables import known_people


async def entries(session: AsyncSession, owner_id: UUID | None, *, as_of: datetime) -> list[CalendarEntry]:
    """What is and was collected around an instant, and what is going to be."""
    dates = [*await _opened(session, owner_id, as_of=as_of), *await _planned(session, owner_id, as_of=as_of)]
    return [each.in_calendar for each in dates]


async def _opened(session: AsyncSession, owner_id: UUID | None, *, as_of: datetime) -> list[DueDate]:
    query = (
        rows_of(Collection, func.coalesce(Collection.title, Expectation.title), known_people.c.name)
        .outerjoin(Expectation, col(Expectation.id) == col(Collection.expectation_id))
        .join(known_people, known_people.c.id == col(Collection.owner_id))
        .where(
            col(Collection.due_at).between(as_of - SHOWN_BACK, as_of + SHOWN_AHEAD),
            *_asked_of(owner_id, col(Collection.owner_id), col(Collection.backup_owner_id)),
        )
    )
    found = await session.execute(query.order_by(col(Collection.due_at).desc()).limit(MOST_ENTRIES))
    return [
        DueDate(
            expectation_id=collection.expectation_id,
            request_id=collection.request_id,
            intended_on=collection.intended_on,
            title=title,
            owner=owner,
            state="overdue"
            if collection.status == CollectionStatus.OPEN and collection.overdue_at <= as_of
            else collection.status,
            covers_from=collection.covers_from,
            covers_until=collection.covers_until,
            due_at=collection.due_at,
            sequence=collection.version,
            changed_at=collection.updated_at,
        )
        for collection, title, owner in found
    ]


async def _planned(session: AsyncSession, owner_id: UUID | None, *, as_of: datetime) -> list[DueDate]:
    query = (
        rows_of(Expectation, known_people.c.name)
        .join(known_people, known_people.c.id == col(Expectation.owner_id))
        .where(
            Expectation.status == ExpectationStatus.ACTIVE,
            col(Expectation.next_opens_at) <= as_of + SHOWN_AHEAD,
            *_asked_of(owner_id, col(Expectation.owner_id), col(Expectation.backup_owner_id)),
        )
    )
    found = await session.execute(query.order_by(col(Expectation.next_opens_at)).limit(MOST_ENTRIES))
    return [entry for expectation, owner in found for entry in _coming(expectation, owner, as_of=as_of)]


def _coming(expectation: Expectation, owner: str, *, as_of: datetime) -> list[DueDate]:
    if expectation.cadence is None or expectation.next_on is None:
        return []
    cadence = Cadence.of(expectation.cadence)
    following = dates(cadence.rule, cadence.starts_on, after=expectation.next_on)
    coming = (occurrence(cadence, day) for day in (expectation.next_on, *islice(following, MOST_PLANNED - 1)))
    return [
        DueDate(
            expectation_id=expectation.id,
            intended_on=event.on,
            title=expectation.title,
            owner=owner,
            state=PLANNED,
            covers_from=event.covers_from,
            covers_until=event.covers_until,
            due_at=event.due_at,
            sequence=0,
            changed_at=expectation.created_at,
        )
        for event in coming
        if event.due_at <= as_of + SHOWN_AHEAD
    ]


def _asked_of(owner_id: UUID | None, *columns: Any) -> list[ColumnElement[bool]]:
    return [] if owner_id is None else [or_(*(column == owner_id for column in columns))]
