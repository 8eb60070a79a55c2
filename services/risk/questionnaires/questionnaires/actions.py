"""The verbs of the organisation's own people. The vendor's are those of a response."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.questionnaires.questionnaires.models import (
    Questionnaire,
    QuestionnaireAnswer,
    QuestionnaireStatus,
)
from services.risk.questionnaires.questionnaires.queries import (
    answers_to,
    last_accepted,
    locked_answers,
    run_out,
)
from services.risk.questionnaires.questionnaires.rules import ALLOWED, asked_of, questions_in
from services.risk.questionnaires.questionnaires.schemas import (
    AnswerVerdict,
    ClarificationRequest,
    QuestionnaireDecision,
    QuestionnaireDraft,
)
from services.risk.questionnaires.templates.models import QuestionnaireTemplate, TemplateState
from services.risk.vendors.vendors.actions import locked_vendor
from services.risk.vendors.vendors.models import Vendor
from shared.data.records import found, lock_free, locked
from shared.events.catalogue.questionnaires import (
    QuestionnaireAccepted,
    QuestionnaireCancelled,
    QuestionnaireClarificationAsked,
    QuestionnaireLapsed,
    QuestionnairePrepared,
    QuestionnaireReturned,
    QuestionnaireTold,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import Fault, Invalid, not_allowed

_S = QuestionnaireStatus


async def prepare(
    session: AsyncSession, vendor_id: UUID, *, draft: QuestionnaireDraft, by: Actor, at: datetime
) -> Questionnaire:
    """Prepare a questionnaire for a vendor, of a published template. `Invalid` for one that is not published."""
    vendor = await locked_vendor(session, vendor_id, "revise")
    template = await found(session, QuestionnaireTemplate, draft.template_id)
    if template is None or template.status != TemplateState.PUBLISHED:
        detail = "The template is not published." if template else "There is no such template."
        raise Invalid(detail, faults=[Fault("/template_id", detail)])
    questionnaire = Questionnaire(
        vendor_id=vendor.id,
        template_id=template.id,
        title=template.title,
        tier=vendor.tier,
        prefill=draft.prefill,
        sections=[],
        prepared_by=by.recorded,
        org_id=vendor.org_id,
        created_at=at,
        updated_at=at,
    )
    session.add(questionnaire)
    tell(session, questionnaire, QuestionnairePrepared, by=by, at=at)
    return questionnaire


async def take_questions(session: AsyncSession, questionnaire: Questionnaire, *, at: datetime) -> None:
    """Copy the questions for the vendor's present tier into the questionnaire, and earlier answers where it may.

    `Invalid` where the template has no question for this tier.
    """
    vendor = await found(session, Vendor, questionnaire.vendor_id)
    template = await found(session, QuestionnaireTemplate, questionnaire.template_id)
    assert vendor is not None, "a questionnaire is a vendor's"
    assert template is not None, "a questionnaire has a template"
    questionnaire.tier = vendor.tier
    questionnaire.sections = asked_of(template.sections, vendor.tier)
    if not questionnaire.sections:
        detail = f"The template asks nothing of vendors of the tier {vendor.tier}."
        raise Invalid(detail, faults=[Fault("/template_id", detail)])
    earlier = await last_accepted(session, vendor.id) if questionnaire.prefill else None
    if earlier is None:
        return
    before = questions_in(earlier.sections)
    answers = await answers_to(session, earlier.id)
    for code, question in questions_in(questionnaire.sections).items():
        if code not in answers or before.get(code, {}).get("text") != question["text"]:
            continue
        kept = answers[code].model_dump(include={"value", "text", "evidence", "not_applicable_because"})
        session.add(new_answer(questionnaire, code, at=at, prefilled=True, **kept))
        questionnaire.prefilled_from = earlier.id


def new_answer(questionnaire: Questionnaire, code: str, *, at: datetime, **columns: object) -> QuestionnaireAnswer:
    """The row of an answer that there was none of."""
    given = {"evidence": [], **columns}
    return QuestionnaireAnswer(
        **given,  # type: ignore[arg-type]
        questionnaire_id=questionnaire.id,
        code=code,
        org_id=questionnaire.org_id,
        created_at=at,
        updated_at=at,
    )


async def ask_back(
    session: AsyncSession, questionnaire_id: UUID, *, asked: ClarificationRequest, by: Actor, at: datetime
) -> None:
    """Submitted → clarification: the respondents may answer this question again, and those asked back before."""
    questionnaire = await locked_questionnaire(session, questionnaire_id, "ask back")
    if asked.code not in questions_in(questionnaire.sections):
        raise Invalid("It has no such question.", faults=[Fault("/code", "no question of this questionnaire")])
    answer = (await locked_answers(session, questionnaire.id, [asked.code])).get(asked.code)
    if answer is None:
        answer = new_answer(questionnaire, asked.code, at=at)
        session.add(answer)
    answer.clarification, answer.clarification_by, answer.clarified = asked.text, by.recorded, False
    questionnaire.status = _S.CLARIFICATION
    facts = told(questionnaire) | {"question": asked.code}
    announce(
        session,
        QuestionnaireClarificationAsked.model_validate(facts),
        about=questionnaire,
        by=by,
        at=at,
        reason=asked.text,
    )


async def decide(
    session: AsyncSession, questionnaire_id: UUID, *, decision: QuestionnaireDecision, by: Actor, at: datetime
) -> None:
    """Submitted → accepted, or returned for the respondents to go on."""
    questionnaire = await locked_questionnaire(session, questionnaire_id, "decide")
    accepted = decision.decision == AnswerVerdict.ACCEPT
    questionnaire.status = _S.ACCEPTED if accepted else _S.RETURNED
    questionnaire.decided_by, questionnaire.decided_at = by.recorded, at
    questionnaire.status_reason = decision.reason
    kind = QuestionnaireAccepted if accepted else QuestionnaireReturned
    tell(session, questionnaire, kind, by=by, at=at, reason=decision.reason)


async def cancel(session: AsyncSession, questionnaire_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """→ cancelled, until it is accepted: its links open nothing any more."""
    questionnaire = await locked_questionnaire(session, questionnaire_id, "cancel")
    questionnaire.status, questionnaire.status_reason = _S.CANCELLED, reason
    tell(session, questionnaire, QuestionnaireCancelled, by=by, at=at, reason=reason)


async def lapse(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Let questionnaires lapse whose links have run out; how many."""
    due = run_out(as_of).with_only_columns(Questionnaire).order_by(col(Questionnaire.expires_at)).limit(limit)
    lapsed = await lock_free(session, due)
    for questionnaire in lapsed:
        questionnaire.status = _S.LAPSED
        tell(session, questionnaire, QuestionnaireLapsed, by=SYSTEM, at=as_of)
    return len(lapsed)


async def locked_questionnaire(session: AsyncSession, questionnaire_id: UUID, verb: str) -> Questionnaire:
    """The questionnaire, locked, whose state allows a verb."""
    questionnaire = await locked(session, Questionnaire, questionnaire_id, noun="questionnaire")
    can = ALLOWED[_S(questionnaire.status)]
    if verb not in can:
        raise not_allowed(verb, questionnaire.status, can)
    return questionnaire


def told(questionnaire: Questionnaire, respondent: str | None = None) -> dict[str, object]:
    """What every event about a questionnaire says."""
    facts = questionnaire.model_dump(include={"vendor_id", "title", "status", "expires_at"})
    return facts | {"respondent": respondent}


def tell(
    session: AsyncSession,
    questionnaire: Questionnaire,
    kind: type[QuestionnaireTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    respondent: str | None = None,
) -> None:
    """Announce what happened to a questionnaire."""
    event = kind.model_validate(told(questionnaire, respondent))
    announce(session, event, about=questionnaire, by=by, at=at, reason=reason)
