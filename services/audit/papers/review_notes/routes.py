from uuid import UUID

from fastapi import Response

from services.audit.papers.review_notes import actions, queries
from services.audit.papers.review_notes.schemas import ReviewNoteAnswer, ReviewNoteDraft, ReviewNoteOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("review notes")


routes.list(
    "list_review_notes",
    "/v1/review-notes",
    queries.notes,
    ReviewNoteOut,
    permission=P.PAPERS_READ,
    description="The review notes of the engagement, cleared ones included, newest first. They are the firm's alone.",
    auditors=True,
)


routes.one(
    "get_review_note",
    "/v1/review-notes/{note_id}",
    queries.note,
    ReviewNoteOut,
    permission=P.PAPERS_READ,
    description="One review note.",
    auditors=True,
)


@routes.post(
    "/v1/papers/{paper_id}/review-notes",
    permission=P.PAPERS_REVIEW,
    status_code=201,
    response_model=ReviewNoteOut,
    refuses=(NotFound,),
    auditors=True,
)
async def raise_review_note(paper_id: UUID, draft: ReviewNoteDraft, write: Write) -> Response:
    """Ask something of a paper. It is reviewed once all its notes are cleared."""
    note = await actions.raise_note(write.session, paper_id, text=draft.text, caller=write.caller, at=write.at)
    return await write.created(queries.note, note.id, f"/v1/review-notes/{note.id}")


@routes.post(
    "/v1/review-notes/{note_id}/answers",
    permission=P.PAPERS_WRITE,
    response_model=ReviewNoteOut,
    refuses=(NotFound,),
    auditors=True,
)
async def answer_review_note(note_id: UUID, answer: ReviewNoteAnswer, write: Write) -> Response:
    """Say what was done about a note, or why nothing is."""
    await actions.answer(write.session, note_id, text=answer.text, caller=write.caller, at=write.at)
    return await write.changed(queries.note, note_id)


@routes.post(
    "/v1/review-notes/{note_id}/clearances",
    permission=P.PAPERS_REVIEW,
    response_model=ReviewNoteOut,
    refuses=(NotFound, SeparationOfDuties),
    auditors=True,
)
async def clear_review_note(note_id: UUID, write: Write) -> Response:
    """Clear a note, as another person than who answered it."""
    await actions.clear(write.session, note_id, caller=write.caller, at=write.at)
    return await write.changed(queries.note, note_id)
