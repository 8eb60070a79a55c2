from pydantic import Field

from shared.events.catalogue.controls import Severity
from shared.http.fields import Input, PersonRef, Prose, Title


class TestIssueDraft(Input):
    """What a failed test does not say itself. It is due by the issue policy, and back when the test fails again."""

    severity: Severity
    owner: PersonRef | None = Field(default=None, description="The control's owner when left out")
    title: Title | None = Field(default=None, description="From the test when left out")
    description: Prose | None = Field(default=None, description="The notes of the result when left out")
