from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Input, Prose

Ref = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._()/-]{0,79}$"),
    Field(examples=["CC6.1"], description="A criterion; in a SOC 1 a control objective"),
]
Criteria = Annotated[
    list[Ref],
    Field(
        min_length=1,
        max_length=200,
        examples=[["CC6.1", "CC6.2"]],
        description="The criteria that are met only together with it; in a SOC 1 the control objectives",
    ),
]


class DescribedWithdrawal(Input):
    """Why it does not belong into the system description."""

    reason: Prose = Field(examples=["It was recorded for the wrong engagement."])
