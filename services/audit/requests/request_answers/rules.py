"""What an answer may be given with. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.audit.requests.known_evidence.models import EvidenceState, KnownEvidence
from shared.problems import Fault

# What was returned or corrected does not show what it says; the corrected version is an item of its own.
_TAKEN = frozenset({EvidenceState.SUBMITTED, EvidenceState.ACCEPTED})


def faults_of_evidence(ids: Sequence[UUID], known: Mapping[UUID, KnownEvidence], *, below: str = "") -> list[Fault]:
    """Every item that is unknown, or that the client itself has returned or replaced."""
    return [
        Fault(f"{below}/evidence_ids/{place}", known[key].state if key in known else f"unknown: {key}")
        for place, key in enumerate(ids)
        if key not in known or known[key].state not in _TAKEN
    ]


def faults_of_lines(numbers: Sequence[int], lines: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Every line that the request does not have, or that is answered twice."""
    known = {line["number"] for line in lines}
    return [
        Fault(f"/lines/{place}/number", "no line of the request" if number not in known else "answered twice")
        for place, number in enumerate(numbers)
        if number not in known or number in numbers[:place]
    ]
