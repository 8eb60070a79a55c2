"""Signing a paper: by the person's own sign-in, for the paper as it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.item_tests.queries import tests_on
from services.audit.papers.paper_signatures.queries import paper_seen, papers_without_reliance, papers_without_sample
from services.audit.papers.paper_signatures.rules import faults_of_paper, faults_of_reliance
from services.audit.papers.papers.actions import edited, event_fields, paper_in_work
from services.audit.papers.papers.models import Paper, PaperStatus, SignatureKind
from services.audit.papers.papers.rules import judged_by
from services.audit.papers.review_notes.queries import notes_to_clear
from services.audit.papers.tested_engagements.queries import TESTED, Tested
from services.audit.sampling.samples.models import Sample, SampleStatus
from shared.data.transactions import Touch, touched
from shared.events.catalogue.papers import PaperPartnerReviewed, PaperPrepared, PaperReviewed
from shared.events.trail import announce
from shared.identity.callers import Caller, in_person, keep_apart
from shared.identity.team_roles import TeamRole
from shared.problems import Conflict, Fault, Forbidden, Invalid, not_allowed

_NO_LONGER_EFFECTIVE = "A general IT control that it relies on is not reviewed and effective any longer."


class PaperIncomplete(Invalid):
    """The paper lacks something that a signature needs."""


class ReviewNotesOpen(Conflict):
    """Review notes of the paper are not cleared."""


async def prepare(session: AsyncSession, paper_id: UUID, *, caller: Caller, at: datetime) -> None:
    """In progress → prepared: the work is done. `PaperIncomplete` with all that is missing."""
    paper, tested = await _to_sign(session, paper_id, caller, "prepare", [PaperStatus.IN_PROGRESS])
    seen = await paper_seen(session, paper, judged_by(tested.kind))
    _require_complete(faults_of_paper(seen, at))
    _sign(paper, SignatureKind.PREPARED, caller, at)
    event = PaperPrepared(
        **event_fields(paper),
        executed_at=paper.executed_at,
        evidence_item_ids=[UUID(each["evidence_item_id"]) for each in paper.evidence],
    )
    announce(session, event, about=paper, by=caller.actor, at=at)


async def review(session: AsyncSession, paper_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Prepared → reviewed, by another person than who prepared it or tested for it, once its notes are cleared.

    `PaperIncomplete` when what it rests on has changed since, or an automated control rests on what is not effective.
    """
    paper, tested = await _to_sign(session, paper_id, caller, "review", [PaperStatus.PREPARED])
    await _keep_apart_from_preparers(session, paper, caller)
    seen = await paper_seen(session, paper, judged_by(tested.kind))
    _require_complete([*faults_of_paper(seen, at), *faults_of_reliance(seen)])
    await _require_notes_cleared(session, paper)
    _sign(paper, SignatureKind.REVIEWED, caller, at)
    announce(session, PaperReviewed(**event_fields(paper)), about=paper, by=caller.actor, at=at)
    touched(session, paper.engagement_id, at=at)


async def review_as_partner(session: AsyncSession, paper_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Reviewed → partner reviewed, by the engagement partner."""
    paper, tested = await _to_sign(session, paper_id, caller, "review as partner", [PaperStatus.REVIEWED])
    if tested.role != TeamRole.ENGAGEMENT_PARTNER:
        raise Forbidden("On the team, this is for the engagement partner.")
    await _keep_apart_from_preparers(session, paper, caller)
    await _require_notes_cleared(session, paper)
    _sign(paper, SignatureKind.PARTNER_REVIEWED, caller, at)
    announce(session, PaperPartnerReviewed(**event_fields(paper)), about=paper, by=caller.actor, at=at)


async def reopen_what_lost_its_ground(session: AsyncSession, things: Mapping[UUID, Touch]) -> Mapping[UUID, Touch]:
    """Signed → in progress, for papers that rest on one of these things which does not count any longer.

    A sample that was voided, a population that was superseded, a paper of a general IT control that is not reviewed and
    effective any longer. Returns the things, and the engagements of the papers that were reopened.
    """
    reopened: dict[UUID, Touch] = {}
    for paper, sample in await papers_without_sample(session, list(things)):
        touch = things.get(sample.id) or things[sample.population_id]
        edited(session, paper, by=touch.by, at=touch.at, reason=_lost(sample, touch.reason))
        reopened[paper.engagement_id] = touch
    touches = {**things, **reopened}
    while lost := await papers_without_reliance(session, list(touches)):
        for paper in lost:
            touch = touches[paper.engagement_id]
            edited(session, paper, by=touch.by, at=touch.at, reason=_NO_LONGER_EFFECTIVE)
    return touches


def _lost(sample: Sample, reason: str | None) -> str:
    if sample.status == SampleStatus.VOIDED:
        return f"Its sample '{sample.title}' was voided: {reason}"
    return f"The population of its sample '{sample.title}' was superseded by a later version."


async def _to_sign(
    session: AsyncSession, paper_id: UUID, caller: Caller, verb: str, states: Sequence[PaperStatus]
) -> tuple[Paper, Tested]:
    in_person(caller.actor, f"{verb} a paper")
    paper, tested = await paper_in_work(session, paper_id, caller, verb, phases=TESTED, alone=True)
    if paper.status not in states:
        raise not_allowed(verb, paper.status, [])
    return paper, tested


def _require_complete(faults: Sequence[Fault]) -> None:
    if faults:
        reasons = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults[:10])
        raise PaperIncomplete(f"Before it is signed: {reasons}.", faults=faults)


async def _require_notes_cleared(session: AsyncSession, paper: Paper) -> None:
    if count := await notes_to_clear(session, paper_id=paper.id, engagement_id=paper.engagement_id):
        raise ReviewNotesOpen(f"Review notes to clear: {count}.")


async def _keep_apart_from_preparers(session: AsyncSession, paper: Paper, caller: Caller) -> None:
    """Whoever signed it as prepared, tested an item of it or said its result would review work of their own."""
    did = [_standing(paper, SignatureKind.PREPARED)["by"], (paper.result or {}).get("by")]
    did += [test.tested_by for test in await tests_on(session, paper.id)]
    for somebody in did:
        keep_apart("Who prepared a paper, or tested for it, cannot review it", first=somebody, second=caller.actor)


def _standing(paper: Paper, kind: SignatureKind) -> dict[str, Any]:
    return next(each for each in paper.signatures if each["kind"] == kind and each["voided_at"] is None)


def _sign(paper: Paper, kind: SignatureKind, caller: Caller, at: datetime) -> None:
    signature = {
        "kind": kind.value,
        "edition": paper.edition,
        "by": caller.actor.recorded,
        "at": at.isoformat(),
        "voided_at": None,
        "void_reason": None,
    }
    paper.signatures = [*paper.signatures, signature]
    paper.status = PaperStatus(kind.value)
