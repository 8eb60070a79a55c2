"""The verbs of known evidence: take in what the evidence service tells, by which controls are reassessed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.known_evidence.models import KnownCollection, KnownExpectation, KnownProof, ProofState
from shared.data.transactions import touched
from shared.events.catalogue.evidence import (
    AboutExpectation,
    AboutItem,
    EvidenceAccepted,
    EvidenceExpired,
    EvidenceExpiring,
    EvidenceRefreshed,
    EvidenceSuperseded,
    ExpectationDefined,
    ExpectationWithdrawn,
)
from shared.events.catalogue.evidence_collections import (
    CollectionAccepted,
    CollectionEvent,
    CollectionOverdue,
    CollectionRescheduled,
    CollectionSkipped,
)
from shared.events.event import Event, Heard
from shared.events.replicas import Facet, News, Replica, Row

_STATES: Mapping[type[Event], ProofState] = {
    EvidenceAccepted: ProofState.ACCEPTED,
    EvidenceRefreshed: ProofState.ACCEPTED,
    EvidenceExpiring: ProofState.EXPIRING,
    EvidenceExpired: ProofState.EXPIRED,
    EvidenceSuperseded: ProofState.SUPERSEDED,
}


def _proofs(heard: Heard[AboutItem]) -> Iterable[Row]:
    """Evidence can be accepted after the period it counts for: it never makes its control look healthy for a moment."""
    state, at = _STATES[type(heard.event)], heard.occurred_at
    for proof in heard.event.proves:
        over = proof.valid_until is not None and proof.valid_until <= at
        yield {
            "item_id": heard.subject,
            "expectation_id": proof.expectation_id,
            "control_id": proof.control_id,
            "title": heard.event.title,
            "state": ProofState.EXPIRED if over and state == ProofState.ACCEPTED else state,
            "valid_until": proof.valid_until,
            "covers_from": heard.event.covers_from,
            "covers_until": heard.event.covers_until,
            "accepted_at": heard.event.accepted_at,
            "corrected": isinstance(heard.event, EvidenceSuperseded) and heard.event.corrected,
        }


def _collections(heard: Heard[CollectionEvent]) -> Iterable[Row]:
    """What an auditor asks for says nothing of the health of a control."""
    told = heard.event
    if told.expectation_id is not None:
        yield {
            "id": heard.subject,
            "control_id": told.control_id,
            "expectation_id": told.expectation_id,
            "due_at": told.due_at,
            "overdue": isinstance(told, CollectionOverdue),
        }


EXPECTATIONS = Replica(
    KnownExpectation,
    Facet(
        "version",
        (ExpectationDefined, ExpectationWithdrawn),
        "control_id",
        "title",
        "expected_since",
        "freshness_days",
        withdrawn_at=lambda heard: heard.occurred_at if isinstance(heard.event, ExpectationWithdrawn) else None,
    ),
)
COLLECTIONS = Replica(
    KnownCollection,
    Facet(
        "version",
        (CollectionOverdue, CollectionAccepted, CollectionSkipped, CollectionRescheduled),
        *("control_id", "expectation_id", "due_at", "overdue"),
        rows=_collections,
    ),
)
PROOFS = Replica(
    KnownProof,
    Facet(
        "version",
        tuple(_STATES),
        "control_id",
        "title",
        "state",
        "valid_until",
        "covers_from",
        "covers_until",
        "accepted_at",
        "corrected",
        rows=_proofs,
    ),
    key=("item_id", "expectation_id"),
)


async def note_expectations(session: AsyncSession, heard: Sequence[Heard[AboutExpectation]], *, at: datetime) -> None:
    """Take in what is expected of controls, which are reassessed."""
    _touch(session, await EXPECTATIONS.note(session, heard), at=at)


async def note_collections(session: AsyncSession, heard: Sequence[Heard[CollectionEvent]], *, at: datetime) -> None:
    """Take in which evidence is overdue, by which its controls are reassessed."""
    _touch(session, await COLLECTIONS.note(session, heard), at=at)


async def note_proofs(session: AsyncSession, heard: Sequence[Heard[AboutItem]], *, at: datetime) -> None:
    """Take in what items prove, by which their controls are reassessed."""
    _touch(session, await PROOFS.note(session, heard), at=at)


def _touch(session: AsyncSession, news: Sequence[News], *, at: datetime) -> None:
    for told in news:
        touched(session, told.row["control_id"], at=at, cause=told.heard.id)
