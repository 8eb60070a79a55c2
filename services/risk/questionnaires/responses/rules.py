"""What a respondent may answer, and what is wrong with an answer. Pure functions."""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from services.risk.questionnaires.questionnaires.models import QuestionnaireAnswer, QuestionnaireStatus
from services.risk.questionnaires.questionnaires.rules import questions_in
from services.risk.questionnaires.responses.schemas import GivenAnswer
from services.risk.questionnaires.templates.schemas import QuestionKind
from shared.canonical import canonical
from shared.problems import Fault


def sections_for(sections: Sequence[Mapping[str, Any]], codes: Collection[str] | None) -> list[Mapping[str, Any]]:
    """The sections that a respondent answers; None is all."""
    return [section for section in sections if codes is None or section["code"] in codes]


def is_answered(answer: QuestionnaireAnswer | None) -> bool:
    """Whether there is an answer."""
    if answer is None:
        return False
    return any(each is not None for each in (answer.value, answer.text, answer.not_applicable_because))


def faults_of(
    given: Sequence[GivenAnswer],
    sections: Sequence[Mapping[str, Any]],
    status: QuestionnaireStatus,
    asked_back: Collection[str],
) -> list[Fault]:
    """Answers to what is not asked of this respondent now, and values that do not fit the question."""
    questions = questions_in(sections)
    faults: list[Fault] = []
    for place, answer in enumerate(given):
        pointer = f"/answers/{place}"
        question = questions.get(answer.code)
        if question is None:
            faults.append(Fault(f"{pointer}/code", "You are not asked this question."))
            continue
        if answer.code in {each.code for each in given[:place]}:
            faults.append(Fault(f"{pointer}/code", "The question is answered twice."))
        if status == QuestionnaireStatus.CLARIFICATION and answer.code not in asked_back:
            faults.append(Fault(f"{pointer}/code", "Only what was asked back can be answered now."))
        if answer.value is not None and question["kind"] == QuestionKind.TEXT:
            faults.append(Fault(f"{pointer}/value", "Answer this question in words, as `text`."))
        if answer.value is not None and answer.not_applicable_because is not None:
            faults.append(Fault(f"{pointer}/not_applicable_because", "Give a value, or say why it does not apply."))
    return faults


def digest_of(answers: Mapping[str, QuestionnaireAnswer]) -> str:
    """The SHA-256 of answers as canonical JSON, so that the trail shows when one was changed later."""
    given = {
        code: answer.model_dump(mode="json", include={"value", "text", "evidence", "not_applicable_because"})
        for code, answer in answers.items()
    }
    return sha256(canonical(given)).hexdigest()


def unanswered(sections: Sequence[Mapping[str, Any]], answers: Mapping[str, QuestionnaireAnswer]) -> list[str]:
    """The codes of questions without an answer."""
    return [code for code in questions_in(sections) if not is_answered(answers.get(code))]


def waiting(answers: Mapping[str, QuestionnaireAnswer]) -> list[str]:
    """The codes of questions that were asked back and not answered since."""
    return sorted(code for code, answer in answers.items() if not answer.clarified)
