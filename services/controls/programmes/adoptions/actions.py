"""The verbs of an adoption: look at it beforehand, adopt, roll back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalks.queries import frameworks_there
from services.controls.frameworks.frameworks.queries import edition_of
from services.controls.programmes.adoptions.models import (
    AdoptedMapping,
    AdoptedMappingStatus,
    Adoption,
    AdoptionStatus,
)
from services.controls.programmes.adoptions.queries import Suggestions, active_mappings, suggested, suggestions
from services.controls.programmes.adoptions.schemas import AdoptedRow, AdoptionDraft, AdoptionResult
from services.controls.programmes.coverage.queries import Question
from services.controls.programmes.programmes.actions import locked_programme
from services.controls.programmes.programmes.models import Programme
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import locked, whole_organisation
from shared.data.sessions import organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.adoptions import (
    AdoptedMappingWithdrawn,
    AdoptionDone,
    AdoptionRolledBack,
    MappingAdopted,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, not_allowed


async def adopt(
    session: AsyncSession, programme_id: UUID, *, draft: AdoptionDraft, dry_run: bool, by: Actor, at: datetime
) -> AdoptionResult:
    """Map controls to what crosswalks say that they answer; in a dry run only say what that would be.

    `Invalid` names the rows that are not suggested. What is there already is left as it is.
    """
    if not dry_run:
        await whole_organisation(session)  # two programmes may suggest the same mapping
    programme = await locked_programme(session, programme_id, "adopt mappings")
    question = await _question(session, programme, draft)
    found = await _chosen(session, programme, question, draft)
    rows = [AdoptedRow.model_validate(row, from_attributes=True) for row in found.rows]
    adoption = None
    if rows and not dry_run:
        adoption = await _write(session, programme, question.framework, rows, by=by, at=at)
    return AdoptionResult(
        dry_run=dry_run,
        adoption_id=adoption.id if adoption else None,
        adopted=len(rows),
        already=found.already,
        left=found.total - len(rows),
        rows=rows,
    )


async def roll_back(session: AsyncSession, adoption_id: UUID, *, by: Actor, at: datetime) -> None:
    """Done → rolled back: its mappings are withdrawn, but for those that somebody withdrew before."""
    adoption = await locked(session, Adoption, adoption_id, noun="adoption")
    if adoption.status != AdoptionStatus.DONE:
        raise not_allowed("roll back", adoption.status, [])
    mappings = await active_mappings(session, adoption.id)
    for mapping in mappings:
        mapping.status = AdoptedMappingStatus.WITHDRAWN
        event = AdoptedMappingWithdrawn(
            control_id=mapping.control_id, requirement=mapping.requirement, via=mapping.via, relation=mapping.relation
        )
        announce(session, event, about=mapping, by=by, at=at)
    adoption.status, adoption.rolled_back_at, adoption.rolled_back_by = AdoptionStatus.ROLLED_BACK, at, by.recorded
    done = AdoptionRolledBack(programme_id=adoption.programme_id, framework=adoption.framework, mappings=len(mappings))
    announce(session, done, about=adoption, by=by, at=at)


async def _question(session: AsyncSession, programme: Programme, draft: AdoptionDraft) -> Question:
    if draft.through is not None and not await frameworks_there(session, {draft.through}):
        detail = f"There is no framework {draft.through}."
        raise Invalid(detail, faults=[Fault("/through", detail)])
    pinned = await edition_of(session, programme.framework_version_id)
    return Question(programme.framework_version_id, pinned.code, programme.categories, draft.through)


async def _chosen(session: AsyncSession, programme: Programme, question: Question, draft: AdoptionDraft) -> Suggestions:
    if draft.rows is None:
        return await suggestions(session, programme.id, question, draft.relations)
    asked = dict.fromkeys((row.control, row.requirement) for row in draft.rows)
    there = await suggested(session, programme.id, question, draft.relations, draft.rows)
    faults = [
        Fault(f"/rows/{place}", f"No crosswalk suggests {row.requirement} for {row.control}.")
        for place, row in enumerate(draft.rows)
        if (row.control, row.requirement) not in there
    ]
    if faults:
        raise Invalid("Some of the rows are not suggested; nothing was adopted.", faults=faults)
    new = [there[pair] for pair in asked if not there[pair].already]
    return Suggestions(new, len(new), len(asked) - len(new))


async def _write(
    session: AsyncSession, programme: Programme, framework: str, rows: Sequence[AdoptedRow], *, by: Actor, at: datetime
) -> Adoption:
    adoption = Adoption(
        programme_id=programme.id,
        framework=framework,
        mappings=len(rows),
        adopted_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(adoption)
    done = AdoptionDone(programme_id=programme.id, framework=framework, mappings=len(rows))
    announce(session, done, about=adoption, by=by, at=at)
    await session.flush()  # the mappings refer to the adoption
    mappings = [_mapping(adoption, row) for row in rows]
    common = {"org_id": adoption.org_id, "version": 1, "created_at": at, "updated_at": at}
    await insert_rows(session, table_of(AdoptedMapping), [{**mapping, **common} for mapping in mappings])
    for mapping in mappings:
        event = MappingAdopted(**{name: mapping[name] for name in ("control_id", "requirement", "via", "relation")})
        announce(session, event, about=Written(mapping["id"], 1, after=mapping), by=by, at=at)
    return adoption


def _mapping(adoption: Adoption, row: AdoptedRow) -> dict[str, Any]:
    return {
        "id": new_id(),
        "adoption_id": adoption.id,
        "framework": adoption.framework,
        "status": AdoptedMappingStatus.ACTIVE,
        **row.model_dump(exclude={"control", "status"}),
    }
