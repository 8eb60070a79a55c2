"""The score of a questionnaire with its arithmetic, and the forty questions that come with Attest."""

from collections import Counter
from typing import Any

from services.risk.questionnaires.presets.rules import Preset, preset_sections
from services.risk.questionnaires.questionnaires.models import QuestionnaireAnswer
from services.risk.questionnaires.questionnaires.rules import asked_of
from services.risk.questionnaires.respondents.rules import RespondentToken
from services.risk.questionnaires.scores.rules import score_of
from services.risk.questionnaires.templates.rules import faults_in
from services.risk.questionnaires.templates.schemas import QuestionSection
from shared.clock import new_id, now


def question(code: str, weight: int, **more: Any) -> dict[str, Any]:
    return {"code": code, "text": "?", "kind": "yes_no", "criteria": [], "weight": weight, "knock_out": False} | more


def answer(code: str, value: str | None = None, *, backed: bool = False, **more: Any) -> QuestionnaireAnswer:
    evidence = [{"title": "x", "reference": "y"}] if backed else []
    return QuestionnaireAnswer(
        questionnaire_id=new_id(),
        code=code,
        value=value,
        evidence=evidence,
        org_id=new_id(),
        created_at=now(),
        updated_at=now(),
        **more,
    )


def test_a_score_is_the_sum_of_what_each_answer_counts() -> None:
    sections = [
        {"code": "A", "title": "A", "questions": [question("A-1", 5, knock_out=True), question("A-2", 3)]},
        {
            "code": "B",
            "title": "B",
            "questions": [question("B-1", 2), question("B-2", 4), question("B-3", 9, kind="text"), question("B-4", 2)],
        },
    ]
    answers = {
        each.code: each
        for each in (
            answer("A-1", "yes", backed=True),
            answer("A-2", "yes"),
            answer("B-1", "partly", backed=True),
            answer("B-2", not_applicable_because="Not used."),
            answer("B-3", text="In words."),
        )
    }
    score = score_of(sections, answers)
    assert (score.earned, score.possible, score.percent) == (5 + 2.4 + 1, 12, 70.0)
    assert score.arithmetic == "8.4 of 12 = 70.0 %"
    assert [(section.percent, section.arithmetic) for section in score.sections] == [
        (92.5, "7.4 of 8 = 92.5 %"),
        (25.0, "1 of 4 = 25.0 %"),
    ]
    shown = [each.arithmetic for section in score.sections for each in section.questions]
    assert shown == [
        "5 x 1 (yes) x 1 (with evidence) = 5",
        "3 x 1 (yes) x 0.8 (without evidence) = 2.4",
        "2 x 0.5 (partly) x 1 (with evidence) = 1",
        "Does not apply: its weight is left out.",
        "A question in words is not scored.",
        "2 x 0: no answer",
    ]
    assert (score.knocked_out, score.unanswered) == ([], ["B-4"])


def test_a_knock_out_is_named_and_changes_no_number() -> None:
    sections = [{"code": "A", "title": "A", "questions": [question("A-1", 5, knock_out=True), question("A-2", 5)]}]
    score = score_of(sections, {"A-1": answer("A-1", "no"), "A-2": answer("A-2", "yes", backed=True)})
    assert (score.percent, score.knocked_out) == (50.0, ["A-1"])
    unscored = score_of(sections[:0], {})
    assert (unscored.percent, unscored.arithmetic) == (None, "Nothing is scored.")


def test_forty_questions_come_with_attest_each_with_criteria() -> None:
    sections = [QuestionSection.model_validate(each) for each in preset_sections(Preset.ATTEST)]
    questions = [question for section in sections for question in section.questions]
    assert (len(questions), faults_in(sections)) == (40, [])
    assert all(question.criteria for question in questions)
    given = [section.model_dump(mode="json") for section in sections]
    counts = {
        tier: sum(len(section["questions"]) for section in asked_of(given, tier))
        for tier in ("low", "moderate", "high", "critical")
    }
    assert counts == {"low": 8, "moderate": 25, "high": 38, "critical": 40}
    assert Counter(question.knock_out for question in questions)[True] == 4


def test_mvsp_asks_one_question_for_each_of_its_controls() -> None:
    sections = [QuestionSection.model_validate(each) for each in preset_sections(Preset.MVSP)]
    questions = [question for section in sections for question in section.questions]
    controls = {1: 8, 2: 8, 3: 5, 4: 4}
    expected = [f"MVSP-{part}.{number + 1}" for part, many in controls.items() for number in range(many)]
    assert ([question.code for question in questions], faults_in(sections)) == (expected, [])
    assert all(question.criteria for question in questions)


def test_a_token_is_read_back_and_opens_with_its_own_secret_only() -> None:
    token, other = RespondentToken.new(new_id(), new_id()), RespondentToken.new(new_id(), new_id())
    assert RespondentToken.read(str(token)) == token
    assert token.opens(token.digest)
    assert not token.opens(other.digest)
    for wrong in ("", "attest_q_", str(token)[:-2], str(token).removeprefix("attest_q_"), f"{token}!"):
        assert RespondentToken.read(wrong) is None
