from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.fields import Input

TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^\w[\w.:/ -]{0,49}$"),
    Field(description="Letters, digits and `_ . : / -`; kept in lower case", examples=["quarter-2"]),
]
TagNames = Annotated[list[TagName], Field(max_length=20), AfterValidator(lambda tags: sorted(set(tags)))]


class Tags(Input):
    """All tags that the evidence has from now on."""

    tags: TagNames
