"""Which verb goes with which state, and which questions a vendor is asked. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.risk.questionnaires.questionnaires.models import QuestionnaireStatus

_S = QuestionnaireStatus
# Respondents write in these; in `clarification` only to the questions that were asked back.
ANSWERABLE = frozenset({_S.SENT, _S.OPENED, _S.IN_PROGRESS, _S.CLARIFICATION, _S.RETURNED})
ALLOWED: dict[QuestionnaireStatus, list[str]] = {
    _S.PREPARED: ["send", "cancel"],
    _S.SENT: ["send", "answer", "submit", "cancel"],
    _S.OPENED: ["send", "answer", "submit", "cancel"],
    _S.IN_PROGRESS: ["send", "answer", "submit", "cancel"],
    _S.SUBMITTED: ["ask back", "decide", "cancel"],
    _S.CLARIFICATION: ["send", "answer", "submit", "ask back", "cancel"],
    _S.RETURNED: ["send", "answer", "submit", "cancel"],
    _S.ACCEPTED: [],
    _S.CANCELLED: [],
    _S.LAPSED: ["send", "cancel"],
}


def asked_of(sections: Iterable[Mapping[str, Any]], tier: str) -> list[dict[str, Any]]:
    """The questions for a tier, by section; sections without one are left out."""
    chosen = (
        {**section, "questions": [each for each in section["questions"] if tier in each["tiers"]]}
        for section in sections
    )
    return [section for section in chosen if section["questions"]]


def questions_in(sections: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The questions by their codes, in order."""
    return {question["code"]: question for section in sections for question in section["questions"]}
