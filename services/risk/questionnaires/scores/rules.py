"""The score of a questionnaire, with its arithmetic. Pure.

A question counts its weight; what does not apply counts nothing, on either side. Yes counts all of the weight with
evidence and four fifths without it, partly half of that, no and no answer nothing. A knock-out question that is not
answered with yes is named beside the score, and changes no number. Questions in words are not scored.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from services.risk.questionnaires.questionnaires.models import QuestionnaireAnswer
from services.risk.questionnaires.responses.rules import is_answered
from services.risk.questionnaires.responses.schemas import AnswerValue, ResponseAnswer
from services.risk.questionnaires.scores.schemas import ScoredQuestion, ScoredSection, ScoreOut
from services.risk.questionnaires.templates.schemas import QuestionKind

WITH_EVIDENCE, WITHOUT_EVIDENCE = Fraction(1), Fraction(4, 5)
VALUES = {AnswerValue.YES: Fraction(1), AnswerValue.PARTLY: Fraction(1, 2), AnswerValue.NO: Fraction(0)}


def score_of(sections: Sequence[Mapping[str, Any]], answers: Mapping[str, QuestionnaireAnswer]) -> ScoreOut:
    """The score of the answers to these questions."""
    scored = [_section(section, answers) for section in sections]
    earned = sum((Fraction(section.earned).limit_denominator(1000) for section in scored), Fraction(0))
    possible = sum(section.possible for section in scored)
    knocked_out = [
        question.code
        for section in scored
        for question in section.questions
        if question.knock_out and not question.passes
    ]
    return ScoreOut(
        percent=_percent(earned, possible),
        earned=float(earned),
        possible=possible,
        arithmetic=_sum(earned, possible),
        knocked_out=knocked_out,
        unanswered=[q.code for section in scored for q in section.questions if not is_answered(answers.get(q.code))],
        sections=scored,
    )


def _section(section: Mapping[str, Any], answers: Mapping[str, QuestionnaireAnswer]) -> ScoredSection:
    questions, earned, possible = [], Fraction(0), 0
    for question in section["questions"]:
        answer = answers.get(question["code"])
        weight, share, words = _counted(question, answer)
        earned += weight * share
        possible += weight
        questions.append(
            ScoredQuestion(
                code=question["code"],
                text=question["text"],
                criteria=question["criteria"],
                kind=question["kind"],
                weight=weight,
                earned=float(weight * share),
                arithmetic=words,
                knock_out=question["knock_out"],
                passes=weight == 0 or (answer is not None and answer.value == AnswerValue.YES),
                answer=None if answer is None else ResponseAnswer.model_validate(answer, from_attributes=True),
            )
        )
    return ScoredSection(
        code=section["code"],
        title=section["title"],
        percent=_percent(earned, possible),
        earned=float(earned),
        possible=possible,
        arithmetic=_sum(earned, possible),
        questions=questions,
    )


def _counted(question: Mapping[str, Any], answer: QuestionnaireAnswer | None) -> tuple[int, Fraction, str]:
    """What a question weighs, which share of that its answer earns, and why."""
    weight: int = question["weight"]
    if question["kind"] == QuestionKind.TEXT:
        return 0, Fraction(0), "A question in words is not scored."
    if answer is not None and answer.not_applicable_because is not None:
        return 0, Fraction(0), "Does not apply: its weight is left out."
    if answer is None or answer.value is None:
        return weight, Fraction(0), f"{weight} x 0: no answer"
    value = VALUES[AnswerValue(answer.value)]
    backing = WITH_EVIDENCE if answer.evidence else WITHOUT_EVIDENCE
    backed = "with" if answer.evidence else "without"
    words = f"{weight} x {_number(value)} ({answer.value}) x {_number(backing)} ({backed} evidence)"
    return weight, value * backing, f"{words} = {_number(weight * value * backing)}"


def _percent(earned: Fraction, possible: int) -> float | None:
    return None if possible == 0 else round(float(100 * earned / possible), 1)


def _sum(earned: Fraction, possible: int) -> str:
    if possible == 0:
        return "Nothing is scored."
    return f"{_number(earned)} of {possible} = {_percent(earned, possible)} %"


def _number(value: Fraction) -> str:
    return f"{float(value):g}"
