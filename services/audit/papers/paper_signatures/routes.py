from uuid import UUID

from fastapi import Response

from services.audit.papers.paper_signatures import actions
from services.audit.papers.papers import queries
from services.audit.papers.papers.schemas import PaperOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("paper signatures")


@routes.post(
    "/v1/papers/{paper_id}/preparations",
    permission=P.PAPERS_WRITE,
    response_model=PaperOut,
    refuses=(NotFound, actions.PaperIncomplete),
    auditors=True,
)
async def prepare_paper(paper_id: UUID, write: Write) -> Response:
    """Sign that the work is done. All that is missing is said at once; an edit takes the signature away."""
    await actions.prepare(write.session, paper_id, caller=write.caller, at=write.at)
    return await write.changed(queries.paper, paper_id)


@routes.post(
    "/v1/papers/{paper_id}/reviews",
    permission=P.PAPERS_REVIEW,
    response_model=PaperOut,
    refuses=(NotFound, actions.PaperIncomplete, actions.ReviewNotesOpen, SeparationOfDuties),
    auditors=True,
)
async def review_paper(paper_id: UUID, write: Write) -> Response:
    """Sign that a prepared paper was reviewed, as another person than who prepared it."""
    await actions.review(write.session, paper_id, caller=write.caller, at=write.at)
    return await write.changed(queries.paper, paper_id)


@routes.post(
    "/v1/papers/{paper_id}/partner-reviews",
    permission=P.PAPERS_REVIEW,
    response_model=PaperOut,
    refuses=(NotFound, actions.ReviewNotesOpen, SeparationOfDuties),
    auditors=True,
)
async def review_paper_as_partner(paper_id: UUID, write: Write) -> Response:
    """Sign that the engagement partner reviewed a paper, too."""
    await actions.review_as_partner(write.session, paper_id, caller=write.caller, at=write.at)
    return await write.changed(queries.paper, paper_id)
