import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.respondents.actions import TooManyRespondents
from services.risk.questionnaires.respondents.rules import LONGEST_TOKEN, RespondentToken
from services.risk.questionnaires.respondents.schemas import RespondentLink
from services.risk.questionnaires.responses import actions, queries
from services.risk.questionnaires.responses.actions import AnswersMissing, LinkNotValid, NotYoursToSubmit, Opened
from services.risk.questionnaires.responses.schemas import (
    Delegation,
    GivenAnswers,
    QuestionnaireResponseOut,
    Submission,
)
from shared.data.sessions import instant_of
from shared.http.doors import platform_of
from shared.http.operations import Routes

routes = Routes("questionnaire responses")

# However a token is wrong, that is said after this long: guessing is slow and tells nothing.
_REFUSAL_SECONDS = 0.25
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

Token = Annotated[
    str,
    Header(
        alias="Questionnaire-Token",
        min_length=1,
        max_length=LONGEST_TOKEN,
        description="The token of the respondent's link. No other token is needed",
    ),
]


@routes.get(
    "/v1/questionnaire-responses",
    permission=None,
    response_model=QuestionnaireResponseOut,
    refuses=(LinkNotValid,),
)
async def read_questionnaire_response(request: Request, questionnaire_token: Token) -> Response:
    """Read the questionnaire that a link is for, with the answers saved so far. It needs no account."""
    async with _opened(request, questionnaire_token) as (session, opened, _):
        shown = await queries.shown_to(session, opened.respondent, opened.questionnaire)
    return _answer(shown)


@routes.put(
    "/v1/questionnaire-responses",
    permission=None,
    response_model=QuestionnaireResponseOut,
    refuses=(LinkNotValid,),
)
async def save_questionnaire_response(given: GivenAnswers, request: Request, questionnaire_token: Token) -> Response:
    """Save some answers; the others stay as they are. It can be done again until the questionnaire is submitted."""
    async with _opened(request, questionnaire_token) as (session, opened, at):
        await actions.save(session, opened, given=given, at=at)
        shown = await queries.shown_to(session, opened.respondent, opened.questionnaire)
    return _answer(shown)


@routes.post(
    "/v1/questionnaire-responses/delegations",
    permission=None,
    status_code=201,
    response_model=RespondentLink,
    refuses=(LinkNotValid, TooManyRespondents),
)
async def delegate_questionnaire_sections(given: Delegation, request: Request, questionnaire_token: Token) -> Response:
    """Give sections to another person at the vendor. Their link is shown this once; pass it on."""
    async with _opened(request, questionnaire_token) as (session, opened, at):
        link = await actions.delegate(session, opened, given=given, at=at)
    return _answer(link, 201)


@routes.post(
    "/v1/questionnaire-responses/submissions",
    permission=None,
    status_code=204,
    refuses=(LinkNotValid, NotYoursToSubmit, AnswersMissing),
)
async def submit_questionnaire_response(given: Submission, request: Request, questionnaire_token: Token) -> Response:
    """Submit all answers, signed with name and role. Every link of the questionnaire then opens nothing any more."""
    async with _opened(request, questionnaire_token) as (session, opened, at):
        await actions.submit(session, opened, given=given, at=at)
    return Response(status_code=204, headers=_NO_STORE)


@asynccontextmanager
async def _opened(request: Request, text: str) -> AsyncIterator[tuple[AsyncSession, Opened, datetime]]:
    """What the token opens, in a transaction of its organisation that is committed at the end."""
    began, platform = time.monotonic(), platform_of(request)
    try:
        token = _read(text)
        async with platform.database.transaction(token.org_id) as session:
            at = instant_of(session)
            yield session, await actions.open_link(session, token, at=at), at
    except LinkNotValid:
        await asyncio.sleep(max(0.0, began + _REFUSAL_SECONDS - time.monotonic()))
        raise
    platform.bell.ring()


def _read(text: str) -> RespondentToken:
    token = RespondentToken.read(text)
    if token is None:
        raise actions.not_valid()
    return token


def _answer(shown: BaseModel, status: int = 200) -> Response:
    return Response(shown.model_dump_json(), status, _NO_STORE, "application/json")
