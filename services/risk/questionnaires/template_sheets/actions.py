"""The verb of an import of questions: all rows or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.template_sheets.rules import SHAPE, mapping_of, sections_in
from services.risk.questionnaires.template_sheets.schemas import QuestionFault, QuestionnaireImportOut
from services.risk.questionnaires.templates.actions import add
from services.risk.questionnaires.templates.models import TemplateOrigin
from services.risk.questionnaires.templates.rules import count_of
from services.risk.questionnaires.templates.schemas import MOST_SECTIONS
from shared.children.pool import Children
from shared.children.process import Parts
from shared.identity.callers import Actor
from shared.problems import Invalid, listed
from shared.tables.cell_faults import CellFault, grouped, summary
from shared.tables.formats import TableFormat
from shared.tables.headings import understood
from shared.tables.tables import Table, read_table, rows_under


class QuestionsRefused(Invalid):
    """Some rows are not valid, and nothing was drafted."""


async def read_questions(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


def import_questions(
    session: AsyncSession,
    *,
    title: str,
    table: Table,
    columns: Sequence[str],
    dry_run: bool,
    by: Actor,
    at: datetime,
) -> QuestionnaireImportOut:
    """Draft a template of the questions of all rows; in a dry run only say what that would be.

    `UnreadableTable` when the headings do not fit. `QuestionsRefused` names every fault of every row.
    """
    headings = understood(table.headings, SHAPE, asked=mapping_of(columns), kept={}, row=table.header_row)
    sections, faults = sections_in(rows_under(table, headings))
    if len(sections) > MOST_SECTIONS:
        detail = f"The rows have {len(sections)} sections; a template has {MOST_SECTIONS} at most."
        faults.append(CellFault(table.header_row, "section", detail))
    if not sections and not faults:
        faults.append(CellFault(table.header_row, "text", "The table has no question."))
    if faults and not dry_run:
        groups = grouped(faults)
        raise QuestionsRefused(
            f"The rows have {len(faults)} faults; nothing was drafted. {summary(groups)}",
            faults=[fault.fault for fault in faults],
            groups=groups,
        )
    template = None if dry_run else add(session, title, sections, TemplateOrigin.SHEET, by=by, at=at)
    kept = listed([fault.fault for fault in faults])
    return QuestionnaireImportOut(
        dry_run=dry_run,
        template_id=template.id if template else None,
        sections=len(sections),
        questions=count_of(sections),
        headings=headings,
        faults=[
            QuestionFault(row=fault.row, column=fault.column, detail=fault.detail) for fault in faults[: len(kept)]
        ],
        more_faults=len(faults) - len(kept),
    )
