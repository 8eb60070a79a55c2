from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.controls.documents.contents import Assertion

# `soc2:CC6.1`, `iso27001:A.5.15`, `sp800-53:AC-2(1)`: the code of a framework and a reference of its own.
RequirementRef = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}:[A-Za-z0-9][A-Za-z0-9._()/-]{0,79}$"),
    Field(examples=["soc2:CC6.1"]),
]


def _without_repetitions(refs: list[str]) -> list[str]:
    return list(dict.fromkeys(refs))


Requirements = Annotated[
    list[RequirementRef],
    Field(
        max_length=200,
        examples=[["soc2:CC6.2", "soc2:CC6.3"]],
        description="What it answers, in any framework: `<framework code>:<reference>`",
    ),
    AfterValidator(_without_repetitions),
]


class RequirementOut(BaseModel):
    id: UUID
    version_id: UUID
    ref: str = Field(examples=["CC6.1"])
    title: str
    text: str | None = Field(description="Null where the text is its publisher's; the title is in our own words then")
    kind: str = Field(examples=["criterion"])
    group_ref: str = Field(examples=["CC6"])
    group_title: str = Field(examples=["Logical and physical access controls"])
    categories: list[str] = Field(examples=[["security"]])
    parent_ref: str | None
    position: int = Field(description="Its place in the framework's own order, from 0")
    assessed: bool = Field(description="False for headings and for what was withdrawn")
    oscal_id: str | None = Field(
        examples=["ac-2.1"], description="The id of its control in an OSCAL catalogue, which profiles name"
    )
    assertions: list[Assertion] = Field(
        description="Of a SOC 1 control objective: which assertions in the financial statements of user entities it is"
        " relevant to"
    )
    version: int
    created_at: datetime
    updated_at: datetime
