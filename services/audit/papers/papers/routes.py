from uuid import UUID

from fastapi import Response

from services.audit.papers.papers import actions, queries
from services.audit.papers.papers.schemas import PaperDraft, PaperOut, PaperRevision, PaperWithdrawal, ResultDraft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("papers")


routes.list(
    "list_papers",
    "/v1/papers",
    queries.papers,
    PaperOut,
    permission=P.PAPERS_READ,
    description="The papers of the engagement by their numbers, withdrawn ones included. The client sees none of them.",
    auditors=True,
)


routes.one(
    "get_paper",
    "/v1/papers/{paper_id}",
    queries.paper,
    PaperOut,
    permission=P.PAPERS_READ,
    description="One paper, with who signed which edition of it.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/papers",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=PaperOut,
    refuses=(NotFound,),
    auditors=True,
)
async def plan_paper(engagement_id: UUID, draft: PaperDraft, write: Write) -> Response:
    """Plan a test of a definition of a control in scope. A control may have several tests, and several definitions."""
    paper = await actions.plan(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.paper, paper.id, f"/v1/papers/{paper.id}")


@routes.patch(
    "/v1/papers/{paper_id}",
    permission=P.PAPERS_WRITE,
    response_model=PaperOut,
    refuses=(NotFound,),
    auditors=True,
)
async def revise_paper(paper_id: UUID, revision: PaperRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change procedures, extent, timing, evidence, tick marks or what was done. Signatures end with it."""
    await actions.revise(
        write.session, paper_id, revision=revision, expected=expected, caller=write.caller, at=write.at
    )
    return await write.changed(queries.paper, paper_id)


@routes.post(
    "/v1/papers/{paper_id}/results",
    permission=P.PAPERS_WRITE,
    response_model=PaperOut,
    refuses=(NotFound,),
    auditors=True,
)
async def conclude_paper(paper_id: UUID, draft: ResultDraft, write: Write) -> Response:
    """Say what the test came to. A result takes the place of the last one, and signatures end with it."""
    await actions.conclude(write.session, paper_id, draft=draft, caller=write.caller, at=write.at)
    return await write.changed(queries.paper, paper_id)


@routes.post(
    "/v1/papers/{paper_id}/withdrawals",
    permission=P.PAPERS_WRITE,
    response_model=PaperOut,
    refuses=(NotFound,),
    auditors=True,
)
async def withdraw_paper(paper_id: UUID, withdrawal: PaperWithdrawal, write: Write) -> Response:
    """Withdraw a test that was planned by mistake and that nobody ever signed. It stays on record."""
    await actions.withdraw(write.session, paper_id, reason=withdrawal.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.paper, paper_id)
