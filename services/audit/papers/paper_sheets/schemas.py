from uuid import UUID

from pydantic import BaseModel, Field


class PaperSheetOut(BaseModel):
    """What a sheet did, or would do."""

    paper_id: UUID
    dry_run: bool
    tested: int = Field(description="Items that it says something new of")
    unchanged: int = Field(description="Rows without an outcome, or that say what is known")
