"""The verbs of a respondent, who has no account: the trail has an anonymous actor, and the name on the link."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.questionnaires.actions import locked_questionnaire, new_answer, tell, told
from services.risk.questionnaires.questionnaires.models import Questionnaire, QuestionnaireStatus
from services.risk.questionnaires.questionnaires.queries import answers_to, locked_answers
from services.risk.questionnaires.questionnaires.rules import ANSWERABLE
from services.risk.questionnaires.respondents.actions import give_links, tell_delegation
from services.risk.questionnaires.respondents.models import Respondent, RespondentSecret
from services.risk.questionnaires.respondents.rules import RespondentToken
from services.risk.questionnaires.respondents.schemas import RespondentLink
from services.risk.questionnaires.responses.rules import digest_of, faults_of, sections_for, unanswered, waiting
from services.risk.questionnaires.responses.schemas import Delegation, GivenAnswers, Submission
from shared.data.records import found, locked
from shared.events.catalogue.questionnaires import (
    QuestionnaireOpened,
    QuestionnaireSaved,
    QuestionnaireSubmitted,
)
from shared.events.trail import announce
from shared.identity.callers import ANONYMOUS
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound

_S = QuestionnaireStatus


class LinkNotValid(NotFound):
    """The link opens no questionnaire."""


class NotYoursToSubmit(Forbidden):
    """Only a respondent who answers all sections can do this."""


class AnswersMissing(Conflict):
    """Some questions have no answer yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens."""

    respondent: Respondent
    questionnaire: Questionnaire


async def open_link(session: AsyncSession, token: RespondentToken, *, at: datetime) -> Opened:
    """What a link opens while there is something to answer; the first time is noted.

    `LinkNotValid` says the same of whatever is wrong with a link, also of one whose questionnaire is submitted.
    """
    secret = await session.get(RespondentSecret, token.thing_id)
    if secret is None or not token.opens(secret.digest):
        raise not_valid()
    seen = await found(session, Respondent, token.thing_id)
    if seen is None or seen.revoked_at is not None or seen.expires_at <= at:
        raise not_valid()
    questionnaire = await locked(session, Questionnaire, seen.questionnaire_id, noun="questionnaire")
    if questionnaire.status not in ANSWERABLE:
        raise not_valid()
    respondent = await locked(session, Respondent, seen.id, noun="respondent")
    if respondent.opened_at is None:
        respondent.opened_at = at
        if questionnaire.status == _S.SENT:
            questionnaire.status = _S.OPENED
        tell(session, questionnaire, QuestionnaireOpened, by=ANONYMOUS, at=at, respondent=respondent.name)
    return Opened(respondent, questionnaire)


async def save(session: AsyncSession, opened: Opened, *, given: GivenAnswers, at: datetime) -> None:
    """Save answers, as often as they like until it is submitted. `Invalid` names what is not asked of them."""
    questionnaire = await locked_questionnaire(session, opened.questionnaire.id, "answer")
    respondent = opened.respondent
    sections = sections_for(questionnaire.sections, respondent.sections)
    asked_back = waiting(await answers_to(session, questionnaire.id))
    if faults := faults_of(given.answers, sections, _S(questionnaire.status), asked_back):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    there = await locked_answers(session, questionnaire.id, [answer.code for answer in given.answers])
    for answer in given.answers:
        row = there.get(answer.code)
        if row is None:
            row = new_answer(questionnaire, answer.code, at=at)
            session.add(row)
        for name, value in answer.model_dump(mode="json", exclude={"code"}).items():
            setattr(row, name, value)
        row.prefilled, row.clarified = False, True
        row.respondent_id, row.respondent_name, row.answered_at = respondent.id, respondent.name, at
    if questionnaire.status in {_S.SENT, _S.OPENED, _S.RETURNED}:
        questionnaire.status = _S.IN_PROGRESS
    facts = told(questionnaire, respondent.name) | {"answers": len(given.answers)}
    announce(session, QuestionnaireSaved.model_validate(facts), about=questionnaire, by=ANONYMOUS, at=at)


async def delegate(session: AsyncSession, opened: Opened, *, given: Delegation, at: datetime) -> RespondentLink:
    """Give sections to another person, whose link ends with one's own. `Invalid` for those that are not one's own."""
    questionnaire = await locked_questionnaire(session, opened.questionnaire.id, "answer")
    draft, own = given.respondent, opened.respondent.sections
    codes = {section["code"] for section in sections_for(questionnaire.sections, own)}
    if not draft.sections or set(draft.sections) - codes:
        detail = "Name sections of your own."
        raise Invalid(detail, faults=[Fault("/respondent/sections", detail)])
    (link,) = await give_links(
        session,
        questionnaire,
        [draft],
        below="/respondent",
        expires_at=opened.respondent.expires_at,
        at=at,
        delegated_by=opened.respondent.id,
    )
    tell_delegation(session, questionnaire, draft.name, by=ANONYMOUS, at=at)
    return link


async def submit(session: AsyncSession, opened: Opened, *, given: Submission, at: datetime) -> None:
    """→ submitted: the links change nothing any more. `AnswersMissing` names what is not answered."""
    questionnaire = await locked_questionnaire(session, opened.questionnaire.id, "submit")
    if opened.respondent.sections is not None:
        raise NotYoursToSubmit("You answer some sections; who answers all of them submits.")
    answers = await answers_to(session, questionnaire.id)
    missing = unanswered(questionnaire.sections, answers)
    if missing and not given.leave_unanswered:
        raise AnswersMissing(f"Not answered: {', '.join(missing)}.")
    if asked_back := waiting(answers):
        raise AnswersMissing(f"Asked back and not answered: {', '.join(asked_back)}.")
    questionnaire.status, questionnaire.submitted_at = _S.SUBMITTED, at
    questionnaire.signed_by, questionnaire.signer_role = given.signed_by, given.role
    facts = told(questionnaire, opened.respondent.name) | {"answers_sha256": digest_of(answers)}
    announce(session, QuestionnaireSubmitted.model_validate(facts), about=questionnaire, by=ANONYMOUS, at=at)


def not_valid() -> LinkNotValid:
    """What is said of a link, whatever is wrong with it."""
    return LinkNotValid("The link is wrong, was revoked or used, or has run out; ask for another.")
