"""The verbs of a paper but for its signatures. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.known_definitions.models import KnownDefinition
from services.audit.engagements.known_definitions.queries import approved_definition
from services.audit.engagements.parties.queries import at_client
from services.audit.papers.firm_procedures.queries import firm_procedures_known
from services.audit.papers.papers.models import Paper, PaperStatus
from services.audit.papers.papers.queries import next_number, papers_among, papers_on_sample
from services.audit.papers.papers.rules import faults_of_extent, faults_of_result, is_unsigned, judged_by
from services.audit.papers.papers.schemas import PaperDraft, PaperProcedure, PaperRevision, ResultDraft, TestExtent
from services.audit.papers.tested_engagements.queries import TESTED, WORKED_ON, Tested, engagement_in_work
from services.audit.sampling.samples.models import Sample, SampleStatus
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import raise_version, touched
from shared.events.catalogue.papers import PaperConcluded, PaperPlanned, PaperReopened, PaperRevised, PaperWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.problems import Fault, Invalid, NotFound, not_allowed


async def plan(session: AsyncSession, engagement_id: UUID, *, draft: PaperDraft, caller: Caller, at: datetime) -> Paper:
    """Plan a test of a definition of a control in scope. `Invalid` for a definition of none of them."""
    tested = await engagement_in_work(session, engagement_id, caller, "plan a test")
    definition = await _definition_in_scope(session, tested.engagement, draft.definition_id)
    await _check_procedures(session, draft.procedures)
    paper = Paper(
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        number=await next_number(session, engagement_id),
        control_id=definition.control_id,
        control_code=definition.control_code,
        definition_id=definition.id,
        definition=definition.number,
        criteria=definition.requirements or [],
        title=draft.title,
        procedures=[each.model_dump(mode="json") for each in draft.procedures],
        evidence=[],
        legend=[],
        signatures=[],
        created_at=at,
        updated_at=at,
    )
    session.add(paper)
    announce(session, PaperPlanned(**event_fields(paper)), about=paper, by=caller.actor, at=at)
    touched(session, engagement_id, at=at)
    return paper


async def revise(
    session: AsyncSession, paper_id: UUID, *, revision: PaperRevision, expected: int, caller: Caller, at: datetime
) -> None:
    """Change a paper. One that was signed goes back to in progress, and its signatures count no longer."""
    rests_on_others = revision.extent is not None  # one paper tests a sample, and others are relied on
    paper, _ = await paper_in_work(session, paper_id, caller, "revise", expected=expected, alone=rests_on_others)
    await _check_procedures(session, revision.procedures or ())
    if revision.extent is not None:
        await _check_extent(session, paper, revision.extent)
    for name in revision.model_fields_set - {"executed_at"}:
        if (value := revision.model_dump(mode="json")[name]) is not None:
            setattr(paper, name, value)
    paper.executed_at = revision.executed_at or paper.executed_at
    edited(session, paper, by=caller.actor, at=at)
    announce(session, PaperRevised(**event_fields(paper)), about=paper, by=caller.actor, at=at)


async def conclude(session: AsyncSession, paper_id: UUID, *, draft: ResultDraft, caller: Caller, at: datetime) -> None:
    """Say what the test came to, from fieldwork on."""
    paper, tested = await paper_in_work(session, paper_id, caller, "conclude", phases=TESTED)
    if faults := [*faults_of_result(draft, judged_by(tested.kind))]:
        raise Invalid("This is no result of such a test.", faults=faults)
    paper.result = {**draft.model_dump(mode="json"), "by": caller.actor.recorded, "at": at.isoformat()}
    edited(session, paper, by=caller.actor, at=at)
    event = PaperConcluded(**event_fields(paper), **draft.model_dump(exclude={"reason"}))
    announce(session, event, about=paper, by=caller.actor, at=at, reason=draft.reason)


async def withdraw(session: AsyncSession, paper_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Planned or in progress → withdrawn, as long as nobody ever signed the paper."""
    paper, _ = await paper_in_work(session, paper_id, caller, "withdraw")
    if paper.signatures:
        raise not_allowed("withdraw", "signed before", ["revise"])
    paper.status = PaperStatus.WITHDRAWN
    paper.withdrawal = {"reason": reason, "by": caller.actor.recorded, "at": at.isoformat()}
    announce(session, PaperWithdrawn(**event_fields(paper)), about=paper, by=caller.actor, at=at, reason=reason)
    touched(session, paper.engagement_id, at=at)


async def paper_in_work(
    session: AsyncSession,
    paper_id: UUID,
    caller: Caller,
    verb: str,
    *,
    expected: int = ANY_VERSION,
    phases: Collection[EngagementPhase] = WORKED_ON,
    alone: bool = False,
) -> tuple[Paper, Tested]:
    """The paper, locked, and the engagement that the caller works on; `Conflict` when it was withdrawn.

    Others work on other papers meanwhile, unless the verb rests on them and has to be `alone`.
    """
    seen = await found(session, Paper, paper_id)
    if seen is None:
        raise NotFound(f"There is no paper {paper_id}.")
    tested = await engagement_in_work(session, seen.engagement_id, caller, verb, phases=phases, alone=alone)
    paper = await locked(session, Paper, paper_id, noun="paper", expected=expected)
    if paper.status == PaperStatus.WITHDRAWN:
        raise not_allowed(verb, paper.status, [])
    return paper, tested


def edited(session: AsyncSession, paper: Paper, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    """Note that what a paper says has changed: whoever signed it signed for something else.

    `reason` is what changed where it is no edit of the paper itself.

    What was concluded from it is looked at anew when the transaction is concluded.
    """
    raise_version(session, paper)  # also where only what belongs to it changed: sheets of before are stale
    was_signed = not is_unsigned(paper.status)
    paper.status = PaperStatus.IN_PROGRESS
    touched(session, paper.engagement_id, at=at)
    if was_signed:
        why = {"voided_at": at.isoformat(), "void_reason": reason}
        paper.signatures = [each if each["voided_at"] else each | why for each in paper.signatures]
        paper.edition += 1
        announce(session, PaperReopened(**event_fields(paper)), about=paper, by=by, at=at, reason=reason)


def event_fields(paper: Paper) -> dict[str, Any]:
    """What every event about a paper says."""
    names = ("engagement_id", "number", "control_id", "definition_id", "definition", "status", "edition")
    return {name: getattr(paper, name) for name in names}


async def _definition_in_scope(session: AsyncSession, engagement: Engagement, definition_id: UUID) -> KnownDefinition:
    """The definition as the client's controls have it; news of it may be on its way."""
    async with at_client(session, engagement.id):
        definition = await approved_definition(session, definition_id)
    if definition is None or definition.control_id not in engagement.control_ids:
        fault = Fault("/definition_id", "no approved definition of a control in scope")
        raise Invalid("There is nothing to test.", faults=[fault], may_be_late=True)
    return definition


async def _check_procedures(session: AsyncSession, procedures: Iterable[PaperProcedure]) -> None:
    """`Invalid` for a procedure that the firm's catalogue does not have."""
    given = list(procedures)
    named = {each.firm_procedure_id for each in given if each.firm_procedure_id is not None}
    known = await firm_procedures_known(session, named)
    faults = [
        Fault(f"/procedures/{place}/firm_procedure_id", "unknown")
        for place, each in enumerate(given)
        if each.firm_procedure_id not in {None, *known}
    ]
    if faults:
        raise Invalid("The firm's catalogue has no such procedure.", faults=faults)


async def _check_extent(session: AsyncSession, paper: Paper, extent: TestExtent) -> None:
    """`Invalid` for an extent that does not hold together, another control's sample, and papers that are not there."""
    faults = [*faults_of_extent(extent)]
    if extent.sample_id is not None:
        sample = await found(session, Sample, extent.sample_id)
        its_own = (paper.engagement_id, paper.control_id)
        if sample is None or (sample.engagement_id, sample.control_id) != its_own:
            faults.append(Fault("/extent/sample_id", "no sample of this control in this engagement"))
        elif sample.status == SampleStatus.VOIDED:
            faults.append(Fault("/extent/sample_id", "voided"))
        elif any(other.id != paper.id for other in await papers_on_sample(session, sample.id)):
            faults.append(Fault("/extent/sample_id", "tested on another paper: one paper tests all its attributes"))
    there = await papers_among(session, paper.engagement_id, extent.relies_on)
    if paper.id in extent.relies_on or len(there) < len(extent.relies_on):
        faults.append(Fault("/extent/relies_on", "names a paper that this engagement does not have, or itself"))
    if faults:
        raise Invalid("The extent does not hold together.", faults=faults)
