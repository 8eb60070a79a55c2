"""The verbs of a review note. None of them edits the paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.papers.actions import paper_in_work
from services.audit.papers.review_notes.models import NoteStatus, ReviewNote
from services.audit.papers.tested_engagements.queries import engagement_in_work
from shared.data.records import ANY_VERSION, found, locked
from shared.events.catalogue.papers import ReviewNoteAnswered, ReviewNoteCleared, ReviewNoteRaised
from shared.events.trail import announce
from shared.identity.callers import Caller, keep_apart
from shared.problems import NotFound, not_allowed


async def raise_note(session: AsyncSession, paper_id: UUID, *, text: str, caller: Caller, at: datetime) -> ReviewNote:
    """Ask something of a paper. A paper that was reviewed stays so; the engagement does not go on meanwhile."""
    paper, _ = await paper_in_work(session, paper_id, caller, "raise a review note")
    note = ReviewNote(
        org_id=paper.org_id,
        engagement_id=paper.engagement_id,
        paper_id=paper.id,
        edition=paper.edition,
        text=text,
        raised_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(note)
    announce(session, ReviewNoteRaised(**_event_fields(note)), about=note, by=caller.actor, at=at)
    return note


async def answer(session: AsyncSession, note_id: UUID, *, text: str, caller: Caller, at: datetime) -> None:
    """Open or answered → answered."""
    note = await _standing(session, note_id, caller, "answer")
    note.answer = {"text": text, "by": caller.actor.recorded, "at": at.isoformat()}
    note.status = NoteStatus.ANSWERED
    announce(session, ReviewNoteAnswered(**_event_fields(note)), about=note, by=caller.actor, at=at)


async def clear(session: AsyncSession, note_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Open or answered → cleared, by another person than who answered it."""
    note = await _standing(session, note_id, caller, "clear")
    if note.answer is not None:
        keep_apart("Who answered a review note cannot clear it", first=note.answer["by"], second=caller.actor)
    note.clearance = {"by": caller.actor.recorded, "at": at.isoformat()}
    note.status = NoteStatus.CLEARED
    announce(session, ReviewNoteCleared(**_event_fields(note)), about=note, by=caller.actor, at=at)


async def _standing(session: AsyncSession, note_id: UUID, caller: Caller, verb: str) -> ReviewNote:
    seen = await found(session, ReviewNote, note_id)
    if seen is None:
        raise NotFound(f"There is no review note {note_id}.")
    await engagement_in_work(session, seen.engagement_id, caller, f"{verb} a review note", alone=False)
    note = await locked(session, ReviewNote, note_id, noun="review note", expected=ANY_VERSION)
    if note.status == NoteStatus.CLEARED:
        raise not_allowed(verb, note.status, [])
    return note


def _event_fields(note: ReviewNote) -> dict[str, Any]:
    return {"engagement_id": note.engagement_id, "paper_id": note.paper_id, "edition": note.edition}
