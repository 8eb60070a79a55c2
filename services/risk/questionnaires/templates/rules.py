"""What is wrong with a set of questions. Pure."""

from collections.abc import Sequence

from services.risk.questionnaires.templates.models import TemplateState
from services.risk.questionnaires.templates.schemas import MOST_QUESTIONS, QuestionSection
from shared.problems import Fault

ALLOWED: dict[TemplateState, list[str]] = {
    TemplateState.DRAFT: ["revise", "publish", "retire"],
    TemplateState.PUBLISHED: ["retire"],
    TemplateState.RETIRED: [],
}


def faults_in(sections: Sequence[QuestionSection]) -> list[Fault]:
    """Codes that occur twice, and too many questions."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, section in enumerate(sections):
        if section.code in {each.code for each in sections[:place]}:
            faults.append(Fault(f"/sections/{place}/code", "Another section has this code."))
        for number, question in enumerate(section.questions):
            if question.code in seen:
                faults.append(Fault(f"/sections/{place}/questions/{number}/code", "Another question has this code."))
            seen.add(question.code)
    if count_of(sections) > MOST_QUESTIONS:
        faults.append(Fault("/sections", f"A template has {MOST_QUESTIONS} questions at most."))
    return faults


def count_of(sections: Sequence[QuestionSection]) -> int:
    """How many questions the sections have."""
    return sum(len(section.questions) for section in sections)
