"""What any document comes down to: the requirements of one version of a framework."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.problems import Fault

TABLE = "text/csv"  # the media type of what comes as no JSON

MOST_REQUIREMENTS = 20_000
# As in `RequirementRef`, behind the colon: what controls can refer to.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._()/-]{0,79}")


class Assertion(StrEnum):
    """What the financial statements of user entities assert, in the words of AU-C 315."""

    EXISTENCE = "existence"
    OCCURRENCE = "occurrence"
    COMPLETENESS = "completeness"
    ACCURACY = "accuracy"
    VALUATION = "valuation"
    CUTOFF = "cutoff"
    CLASSIFICATION = "classification"
    RIGHTS_AND_OBLIGATIONS = "rights_and_obligations"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement. `oscal_id` is the control's id where it came from, or goes to, an OSCAL catalogue.

    `assertions` are those that a control objective of a SOC 1 is relevant to.
    """

    ref: str
    title: str
    text: str | None = None
    kind: str = "requirement"
    group_ref: str = ""
    group_title: str = ""
    categories: tuple[str, ...] = ()
    parent_ref: str | None = None
    assessed: bool = True
    oscal_id: str | None = None
    assertions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the framework that a programme may choose; `always` when none may leave it out."""

    code: str
    title: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """A version as read. `remarks` are faults that leave the requirements as they are, such as a link to nowhere."""

    label: str | None
    entries: Sequence[Entry]
    parts: Sequence[Part] = ()
    remarks: Sequence[Fault] = field(default=())


class Origin(StrEnum):
    """How a version came here: with Attest, or from a document of the organisation's."""

    SHIPPED = "shipped"
    OSCAL = "oscal"
    PROFILE = "profile"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a document turned out to be, and what it says."""

    origin: Origin
    contents: Contents


@dataclass(frozen=True, slots=True)
class Published:
    """What a version says of itself."""

    version_id: UUID
    title: str
    publisher: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A version that is here, with what a profile can select from: its document, or the requirements it holds."""

    published: Published
    origin: Origin
    document: bytes
    entries: Sequence[Entry]
    parts: Sequence[Part]
    bases: Sequence["Source"]
