"""The kinds of paragraphs of a service auditor's report, in the order in which they stand."""

from dataclasses import dataclass
from enum import StrEnum

from shared.printing.blocks import Block, Heading


class Kind(StrEnum):
    SCOPE = "scope"
    CARVE_OUT = "subservice_carve_out"
    INCLUSIVE = "subservice_inclusive"
    USER_ENTITY_CONTROLS = "user_entity_controls"
    NO_OCCURRENCE = "no_occurrence"
    OTHER_INFORMATION = "other_information"
    ORGANIZATION = "organizations_responsibilities"
    AUDITOR = "auditors_responsibilities"
    LIMITATIONS = "inherent_limitations"
    TESTS = "description_of_tests"
    NO_OPERATION = "no_opinion_on_operation"
    BASIS = "basis"
    OPINION = "opinion"
    USE = "restricted_use"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Paragraphs of one kind, under a heading where they have one."""

    kind: Kind
    heading: str | None
    blocks: tuple[Block, ...]

    @property
    def with_heading(self) -> tuple[Block, ...]:
        return (Heading(self.heading), *self.blocks) if self.heading else self.blocks
