"""How a request moves, and how requests are numbered. Pure functions."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.audit.engagements.engagements.models import EngagementPhase
from services.audit.requests.requests.models import RequestStatus
from services.audit.requests.requests.schemas import RequestLineDraft
from shared.problems import Fault

# Requests are made, answered and decided on from acceptance until fieldwork ends.
ASKING = frozenset({EngagementPhase.ACCEPTED, EngagementPhase.PLANNING, EngagementPhase.FIELDWORK})


class RequestVerb(StrEnum):
    """What can be done with a request: by the firm, but for `answer`, `declare unavailable` and `assign`."""

    REVISE = "revise"
    RELEASE = "release"
    RESCHEDULE = "reschedule"
    ASSIGN = "assign"
    ANSWER = "answer"
    DECLARE_UNAVAILABLE = "declare unavailable"
    COMMENT = "comment"
    ACCEPT = "accept"
    RETURN = "return"
    DECIDE = "decide on unavailability"
    CANCEL = "cancel"


_V = RequestVerb
_WAITING = (_V.RESCHEDULE, _V.ASSIGN, _V.ANSWER, _V.DECLARE_UNAVAILABLE, _V.COMMENT, _V.CANCEL)

# An answer that was accepted is changed by nobody: it is returned first. What waits for the firm may be answered once
# more, by what was forgotten.
ALLOWED: dict[RequestStatus, tuple[RequestVerb, ...]] = {
    RequestStatus.DRAFT: (_V.REVISE, _V.RELEASE, _V.CANCEL),
    RequestStatus.OPEN: _WAITING,
    RequestStatus.RETURNED: _WAITING,
    RequestStatus.SUBMITTED: (
        *(_V.ASSIGN, _V.ANSWER, _V.DECLARE_UNAVAILABLE, _V.COMMENT),
        *(_V.ACCEPT, _V.RETURN, _V.CANCEL),
    ),
    RequestStatus.DECLARED_UNAVAILABLE: (_V.ASSIGN, _V.ANSWER, _V.COMMENT, _V.DECIDE, _V.RETURN, _V.CANCEL),
    RequestStatus.ACCEPTED: (_V.COMMENT, _V.RETURN),
    RequestStatus.UNAVAILABLE: (_V.COMMENT, _V.RETURN),
    RequestStatus.CANCELLED: (_V.COMMENT,),
}

WAITS_FOR_CLIENT = (RequestStatus.OPEN, RequestStatus.RETURNED)
WAITS_FOR_FIRM = (RequestStatus.SUBMITTED, RequestStatus.DECLARED_UNAVAILABLE)
UNSETTLED = (*WAITS_FOR_CLIENT, *WAITS_FOR_FIRM)


def is_overdue(status: RequestStatus, due_on: date | None, *, today: date) -> bool:
    """Whether the client has not answered by the end of the day on which it is due."""
    return status in WAITS_FOR_CLIENT and due_on is not None and due_on < today


def codes_for(given: Sequence[str | None], taken: Collection[str]) -> list[str]:
    """The codes of new requests: those given, and `R-001` and on for the others, after the highest of that form."""
    forms = (code[2:] for code in (*taken, *filter(None, given)) if code.startswith("R-"))
    number = max((int(digits) for digits in forms if digits.isascii() and digits.isdecimal()), default=0)
    codes = []
    for code in given:
        number += code is None
        codes.append(code or f"R-{number:03}")
    return codes


def faults_of_codes(given: Sequence[str | None], taken: Collection[str], below: Sequence[str]) -> list[Fault]:
    """Every code that another request of the engagement has, or another one of those given."""
    counts = Counter(given)
    return [
        Fault(f"{place}/code", f"{code} is taken")
        for code, place in zip(given, below, strict=True)
        if code is not None and (code in taken or counts[code] > 1)
    ]


def faults_of_controls(given: Iterable[tuple[str, Sequence[UUID]]], scope: Collection[UUID]) -> list[Fault]:
    """Every control that a request is said to be about and that is out of scope."""
    known = set(scope)
    return [
        Fault(f"{below}/control_ids/{place}", "not in scope")
        for below, control_ids in given
        for place, control_id in enumerate(control_ids)
        if control_id not in known
    ]


def lines_of(drafts: Sequence[RequestLineDraft], item_ids: Sequence[UUID] = ()) -> list[dict[str, Any]]:
    """The lines of a request as its row keeps them, numbered from 1; `item_ids` are the items that they are."""
    return [
        {
            "number": number,
            "key": draft.key,
            "text": draft.text,
            "item_id": str(item_ids[number - 1]) if item_ids else None,
            "answered": False,
        }
        for number, draft in enumerate(drafts, start=1)
    ]


def marked(lines: Sequence[Mapping[str, Any]], numbers: Collection[int], *, answered: bool) -> list[dict[str, Any]]:
    """The lines, where those of these numbers are answered or not; all of them where no number is given."""
    return [
        {**line, "answered": answered if not numbers or line["number"] in numbers else line["answered"]}
        for line in lines
    ]


def faults_of_day(due_on: date | None, pointer: str, *, today: date) -> list[Fault]:
    """What is wrong with the day on which a request is to be due when the client is asked."""
    if due_on is None:
        return [Fault(pointer, "has no day on which it is due")]
    return [Fault(pointer, "lies in the past")] if due_on < today else []
