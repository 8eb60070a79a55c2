"""Giving out links. No event and no log line carries a token; even the digest stays out of the trail."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.questionnaires.actions import locked_questionnaire, take_questions, tell
from services.risk.questionnaires.questionnaires.models import Questionnaire, QuestionnaireStatus
from services.risk.questionnaires.respondents.models import Respondent, RespondentSecret
from services.risk.questionnaires.respondents.queries import count_of_respondents
from services.risk.questionnaires.respondents.rules import LONGEST_LINK, MOST_RESPONDENTS, RespondentToken
from services.risk.questionnaires.respondents.schemas import QuestionnaireSending, RespondentDraft, RespondentLink
from shared.clock import new_id
from shared.data.records import found, locked
from shared.data.transactions import raise_version
from shared.events.catalogue.questionnaires import QuestionnaireDelegated, QuestionnaireLinkRevoked, QuestionnaireSent
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound

_BEGINNING = {QuestionnaireStatus.PREPARED, QuestionnaireStatus.LAPSED}


class TooManyRespondents(Conflict):
    """The questionnaire has as many respondents as it may have."""


async def send(
    session: AsyncSession, questionnaire_id: UUID, *, sending: QuestionnaireSending, by: Actor, at: datetime
) -> list[RespondentLink]:
    """Give out links: with the first the questions are copied, and later ones are for further respondents.

    `Invalid` when nobody may submit, or for an end that is over or too late.
    """
    questionnaire = await locked_questionnaire(session, questionnaire_id, "send")
    if not at < sending.expires_at <= at + LONGEST_LINK:
        detail = f"A link ends within {LONGEST_LINK.days} days."
        raise Invalid(detail, faults=[Fault("/expires_at", detail)])
    first = questionnaire.status in _BEGINNING
    if first and all(draft.sections is not None for draft in sending.respondents):
        detail = "One respondent answers all sections, and submits."
        raise Invalid(detail, faults=[Fault("/respondents", detail)])
    if questionnaire.status == QuestionnaireStatus.PREPARED:
        await take_questions(session, questionnaire, at=at)
    if first:
        questionnaire.status = QuestionnaireStatus.SENT
        questionnaire.sent_at = questionnaire.sent_at or at
    questionnaire.expires_at = max(sending.expires_at, questionnaire.expires_at or sending.expires_at)
    links = await give_links(
        session, questionnaire, sending.respondents, below="/respondents", expires_at=sending.expires_at, at=at
    )
    for link in links:
        tell(session, questionnaire, QuestionnaireSent, by=by, at=at, respondent=link.name)
    return links


async def give_links(
    session: AsyncSession,
    questionnaire: Questionnaire,
    drafts: Sequence[RespondentDraft],
    *,
    below: str,
    expires_at: datetime,
    at: datetime,
    delegated_by: UUID | None = None,
) -> list[RespondentLink]:
    """Make respondents with a link each. `Invalid` names sections that there are not; `TooManyRespondents`."""
    known = {section["code"] for section in questionnaire.sections}
    faults = [
        Fault(f"{below}/{n}/sections", f"It has no section {', '.join(sorted(strange))}.")
        for n, draft in enumerate(drafts)
        if (strange := set(draft.sections or ()) - known)
    ]
    if faults:
        raise Invalid("It has no such section.", faults=faults)
    if await count_of_respondents(session, questionnaire.id) + len(drafts) > MOST_RESPONDENTS:
        raise TooManyRespondents(f"A questionnaire has {MOST_RESPONDENTS} respondents at most.")
    links = []
    for draft in drafts:
        token = RespondentToken.new(questionnaire.org_id, new_id())
        respondent = Respondent(
            **draft.model_dump(),
            id=token.thing_id,
            questionnaire_id=questionnaire.id,
            expires_at=expires_at,
            delegated_by=delegated_by,
            org_id=questionnaire.org_id,
            created_at=at,
            updated_at=at,
        )
        session.add(respondent)
        await session.flush()  # the secret refers to the respondent
        session.add(RespondentSecret(respondent_id=respondent.id, org_id=questionnaire.org_id, digest=token.digest))
        links.append(
            RespondentLink(**draft.model_dump(), respondent_id=respondent.id, expires_at=expires_at, token=str(token))
        )
    return links


async def revoke(session: AsyncSession, respondent_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let a link open nothing any more. Again is nothing."""
    seen = await found(session, Respondent, respondent_id)
    if seen is None:
        raise NotFound(f"There is no respondent {respondent_id}.")
    questionnaire = await locked(session, Questionnaire, seen.questionnaire_id, noun="questionnaire")
    respondent = await locked(session, Respondent, respondent_id, noun="respondent")
    if respondent.revoked_at is None:
        respondent.revoked_at = at
        raise_version(session, questionnaire)
        tell(session, questionnaire, QuestionnaireLinkRevoked, by=by, at=at, respondent=respondent.name)


def tell_delegation(session: AsyncSession, questionnaire: Questionnaire, name: str, *, by: Actor, at: datetime) -> None:
    """Announce that a respondent gave sections to another person."""
    tell(session, questionnaire, QuestionnaireDelegated, by=by, at=at, respondent=name)
