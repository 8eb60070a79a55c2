from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.risk.methods.methods.schemas import Category, LevelName
from services.risk.register.risks import actions, queries
from services.risk.register.risks.schemas import RiskDraft, RiskOut, RiskRevision
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Owner, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("risks")

Sort = Literal["code", "-code", "level_rank", "-level_rank", "created_at", "-created_at", "updated_at", "-updated_at"]


@routes.get("/v1/risks", permission=P.RISKS_READ, response_model=Page[RiskOut])
async def list_risks(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Sort = "code",
    category: Annotated[Category | None, Query()] = None,
    owner: Annotated[Owner | None, Query()] = None,
    level: Annotated[LevelName | None, Query(description="The residual level")] = None,
    within_appetite: bool | None = None,
    control_id: Annotated[UUID | None, Query(description="A control that answers the risk")] = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's risks, as rated now."""
    return await read.page(
        queries.risks,
        PageRequest(limit, cursor, sort),
        category=category,
        owner=owner,
        level=level,
        within_appetite=within_appetite,
        control_id=control_id,
        q=q,
        updated_since=updated_since,
    )


@routes.get("/v1/risks/{risk_id}", permission=P.RISKS_READ, response_model=RiskOut, refuses=(NotFound,))
async def get_risk(risk_id: UUID, read: Read) -> Response:
    """One risk: its residual rating, whether it is within appetite, and why."""
    return await read.one(queries.risk, risk_id)


@routes.post(
    "/v1/risks",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=RiskOut,
    refuses=(actions.CodeTaken,),
)
async def identify_risk(draft: RiskDraft, write: Write) -> Response:
    """Write a risk down; it is rated at once by the method in force and the health of its controls."""
    risk = await actions.identify(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.risk, risk.id, f"/v1/risks/{risk.id}")


@routes.patch("/v1/risks/{risk_id}", permission=P.RISKS_WRITE, response_model=RiskOut, refuses=(NotFound,))
async def revise_risk(risk_id: UUID, revision: RiskRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a risk; it is rated anew."""
    await actions.revise(
        write.session, risk_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.risk, risk_id)
