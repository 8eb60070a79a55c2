from uuid import UUID

from pydantic import BaseModel, Field

from shared.problems import MOST_FAULTS
from shared.tables.headings import Heading


class QuestionFault(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1")
    column: str
    detail: str


class QuestionnaireImportOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    template_id: UUID | None = Field(description="The draft; null in a dry run")
    sections: int
    questions: int
    headings: list[Heading] = Field(description="In the order of the file: what each was taken for")
    faults: list[QuestionFault] = Field(
        max_length=MOST_FAULTS, description="Only in a dry run: with a single one, an import does nothing at all"
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
