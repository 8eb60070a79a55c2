from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.risk import RiskStanding

MOST_IDS = 50


class HeatLevel(BaseModel):
    """A level of risk, as it is shown. The code stands for the word where there is little room."""

    name: str
    word: str
    code: str = Field(examples=["VL"])
    colour: str = Field(description="As drawn: darker from level to level", examples=["#fe9929"])
    count: int = Field(description="Risks whose current level it is")


class HeatCell(BaseModel):
    """One likelihood with one impact. Steps are counted from 1."""

    likelihood: int
    impact: int
    level: str = Field(description="The name of the level")
    standing: RiskStanding
    current: int = Field(description="Risks that are rated so with the controls that work")
    inherent: int = Field(description="Risks that would be rated so without controls")
    risk_ids: list[UUID] = Field(max_length=MOST_IDS, description="Risks that are rated so now, the first 50 by code")


class HeatMove(BaseModel):
    """Risks that controls bring from one cell to another."""

    from_likelihood: int
    from_impact: int
    to_likelihood: int
    to_impact: int
    count: int


class HeatMap(BaseModel):
    """The register as counts in the matrix of the method in force. Closed risks are not in it.

    The limits are those of the category, or the method's default ones where the risks of all categories are counted.
    """

    method: str = Field(description="The title of the method in force")
    category: str | None = Field(description="Null where the risks of all categories are counted")
    appetite: str = Field(description="The name of the highest level that is wanted")
    tolerance: str = Field(description="The name of the level above which risks are treated or accepted with authority")
    capacity: str = Field(description="The name of the level above which nobody can accept a risk")
    likelihood: list[str] = Field(description="The words of the steps, the lowest first")
    impact: list[str] = Field(description="The words of the steps, the lowest first")
    levels: list[HeatLevel] = Field(description="The lowest first")
    cells: list[HeatCell] = Field(max_length=49)
    moves: list[HeatMove] = Field(description="Those of the most risks first")
    risks: int
