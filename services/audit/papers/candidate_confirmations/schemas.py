from uuid import UUID

from pydantic import Field

from shared.http.fields import Input, Prose


class ConfirmationDraft(Input):
    """The deviation as the firm puts it, after its own procedures."""

    nature: Prose = Field(examples=["The review of access that was due in June was not performed."])
    paper_id: UUID | None = Field(
        default=None, description="The paper of the control that it belongs to; required where the control has one"
    )
