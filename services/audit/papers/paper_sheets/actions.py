"""Taking a sheet in: every row by the verb that tests one item, all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.item_tests.actions import test_item
from services.audit.papers.item_tests.rules import decision_of, faults_of_item_test
from services.audit.papers.item_tests.schemas import ItemTestDraft
from services.audit.papers.paper_sheets.queries import sheet_items
from services.audit.papers.paper_sheets.rules import SheetItem, cells_of, draft_of, faults_of_origin, shape_of
from services.audit.papers.paper_sheets.schemas import PaperSheetOut
from services.audit.papers.papers.actions import paper_in_work
from services.audit.papers.papers.models import Paper
from services.audit.papers.tested_engagements.queries import TESTED, engagement_of_token
from services.audit.sampling.sample_items.rules import faults_of_decision
from services.audit.sampling.samples.models import Sample
from shared.data.records import found
from shared.identity.callers import Caller
from shared.problems import Conflict, Fault, Invalid, NotFound
from shared.tables.headings import understood
from shared.tables.tables import Row, Table, rows_under


class PaperSheetRefused(Invalid):
    """The sheet is of another paper or an earlier version, or its rows have faults."""


class NoSample(Conflict):
    """The paper tests no sample, so that it has no items."""


async def paper_with_sample(session: AsyncSession, paper_id: UUID, caller: Caller) -> tuple[Paper, Sample]:
    """The paper of the token's engagement, and its sample."""
    paper = await found(session, Paper, paper_id)
    if paper is None or paper.engagement_id != engagement_of_token(caller):
        raise NotFound(f"There is no paper {paper_id} in this engagement.")
    sample_id = (paper.extent or {}).get("sample_id")
    sample = await found(session, Sample, UUID(sample_id)) if sample_id else None
    if sample is None:
        raise NoSample("The paper tests no sample.")
    return paper, sample


def codes_of(sample: Sample) -> list[str]:
    """The attributes that each item of a sample is tested for."""
    return [attribute["code"] for attribute in sample.attributes]


async def take_in(
    session: AsyncSession, paper_id: UUID, *, table: Table, dry_run: bool, caller: Caller, at: datetime
) -> PaperSheetOut:
    """Test the items that the sheet says something new of. The paper is in progress afterwards, whatever it was.

    `PaperSheetRefused` names every fault of every row; then nothing of the sheet is taken in.
    """
    if not dry_run:  # whether the sheet is stale is asked once nobody else changes the paper
        await paper_in_work(session, paper_id, caller, "test an item", phases=TESTED)
    paper, sample = await paper_with_sample(session, paper_id, caller)
    codes, items = codes_of(sample), {item.id: item for item in await sheet_items(session, paper, sample)}
    headings = understood(table.headings, shape_of(codes), asked={}, kept={}, row=table.header_row)
    rows = rows_under(table, headings)
    faults = [*faults_of_origin(rows, paper, items)]
    drafts = [] if faults else _drafts(rows, codes, items, paper, faults)
    if faults:
        raise PaperSheetRefused("Nothing of the sheet was taken in.", faults=faults)
    if not dry_run:
        for item_id, draft in drafts:
            await test_item(session, paper_id, item_id, draft=draft, caller=caller, at=at)
    return PaperSheetOut(paper_id=paper_id, dry_run=dry_run, tested=len(drafts), unchanged=len(rows) - len(drafts))


def _drafts(
    rows: Sequence[Row], codes: Sequence[str], items: dict[UUID, SheetItem], paper: Paper, faults: list[Fault]
) -> list[tuple[UUID, ItemTestDraft]]:
    drafts = []
    names = shape_of(codes).columns
    for row in rows:
        item = items[UUID(row.cells["item"].strip())]
        known = dict(zip((column.name for column in names), cells_of(paper, item, codes), strict=True))
        if all(row.cells.get(name, "").strip() == text.strip() for name, text in known.items()):
            continue
        match draft_of(row, codes):
            case ItemTestDraft() as draft:
                faults += _faults_of(row, draft, codes, paper)
                drafts.append((item.id, draft))
            case list() as wrong:
                faults += wrong
    return drafts


def _faults_of(row: Row, draft: ItemTestDraft, codes: Sequence[str], paper: Paper) -> list[Fault]:
    """What the test of the item would be refused for, by the row."""
    labels, marks = {each["label"] for each in paper.evidence}, {each["mark"] for each in paper.legend}
    found = [
        *faults_of_item_test(draft, codes=codes, labels=labels, marks=marks),
        *faults_of_decision(decision_of(draft), codes),
    ]
    return [Fault(f"/rows/{row.number}{fault.pointer}", fault.detail) for fault in dict.fromkeys(found)]
