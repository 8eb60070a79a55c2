"""What the controls service announces of the definitions of controls, and of who answers for them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Definition(Event):
    """Every event about a definition says of which control, and which of its definitions: they are numbered from 1."""

    control_id: UUID
    control_code: str
    title: str
    number: int


class DefinitionDrafted(_Definition):
    """Another text was proposed for a control in operation, or the proposal changed; nothing is in force by it."""

    name: ClassVar[str] = "controls.definition.drafted"


class DefinitionApproved(_Definition):
    """A text was approved: it is what the control is from `effective_from` on, and it never changes again.

    Its text comes with it. It takes the place of the definition `supersedes` (null: it is the first); `changed` names
    what differs. Of an
    approval outside Attest on an earlier day, `historical_record_id` is the accepted record; null for one in Attest.
    """

    name: ClassVar[str] = "controls.definition.approved"

    statement: str
    kind: str
    nature: str
    frequency: str
    requirements: list[str]
    effective_from: datetime
    supersedes: int | None
    changed: list[str]
    historical_record_id: UUID | None = None


class DefinitionBegunEarlier(_Definition):
    """A historical record shows that the first definition was in force earlier than Attest knew; its text is the same.

    What was announced by the instant known before stands as it was announced.
    """

    name: ClassVar[str] = "controls.definition.begun_earlier"

    effective_from: datetime
    effective_from_before: datetime
    historical_record_id: UUID


class DefinitionWithdrawn(_Definition):
    """A proposed text, or an approved one whose day had not come, will not be in force; the reason says why."""

    name: ClassVar[str] = "controls.definition.withdrawn"


class ControlReassigned(Event):
    """Others answer for a control from now on."""

    name: ClassVar[str] = "controls.control.reassigned"

    code: str
    title: str
    owner_id: UUID
    backup_owner_id: UUID | None
    owner_id_before: UUID
    backup_owner_id_before: UUID | None
