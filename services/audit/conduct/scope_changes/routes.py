from uuid import UUID

from fastapi import Response

from services.audit.conduct.scope_changes import actions, queries
from services.audit.conduct.scope_changes.schemas import ScopeChangeDraft, ScopeChangeOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("scope changes")


routes.list(
    "list_scope_changes",
    "/v1/scope-changes",
    queries.scope_changes,
    ScopeChangeOut,
    permission=P.ENGAGEMENTS_READ,
    description="Changes of scope after fieldwork had begun, newest first; both parties see them.",
    auditors=True,
)


routes.one(
    "get_scope_change",
    "/v1/scope-changes/{change_id}",
    queries.scope_change,
    ScopeChangeOut,
    permission=P.ENGAGEMENTS_READ,
    description="One change of scope with its justification.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/scope-changes",
    permission=P.ENGAGEMENTS_CONDUCT,
    status_code=201,
    response_model=ScopeChangeOut,
    refuses=(NotFound,),
    auditors=True,
)
async def change_scope(engagement_id: UUID, draft: ScopeChangeDraft, write: Write) -> Response:
    """Change type, period, categories, controls or assets after fieldwork has begun, as the engagement partner.

    The justification is kept and shown to both parties. The engagement goes back to fieldwork; signatures of papers on
    another time, all conclusions and the opinion count no longer, and reports in review go back to draft.
    """
    made = await actions.change(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.scope_change, made.id, f"/v1/scope-changes/{made.id}")
