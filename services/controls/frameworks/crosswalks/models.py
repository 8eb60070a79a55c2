from enum import StrEnum
from uuid import UUID

from services.controls.base import Base


class CrosswalkStatus(StrEnum):
    """A withdrawn crosswalk stays on record; nothing is read through it any longer."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Crosswalk(Base, table=True):
    """A set of entries from one framework to another. Those that come with Attest belong to the platform."""

    __tablename__ = "crosswalks"

    code: str
    title: str
    source: str
    target: str
    origin: str
    status: str = CrosswalkStatus.ACTIVE


class Relation(StrEnum):
    """How the source stands to the target, in the words of NIST IR 8477 (set theory relationship mapping).

    `related` is for sources that say that the two speak of the same and not how, which IR 8477 calls a concept
    crosswalk. It is no weaker kind of `intersects_with`: how much one says of the other is not known.
    """

    EQUAL = "equal"
    SUBSET_OF = "subset_of"
    SUPERSET_OF = "superset_of"
    INTERSECTS_WITH = "intersects_with"
    RELATED = "related"


# Whoever does all of what the source asks does by that all of what the target asks.
COVERING = frozenset({Relation.EQUAL, Relation.SUPERSET_OF})


class MappingBasis(StrEnum):
    """What was compared (NIST IR 8477, rationale): the words, the meaning, or the outcome."""

    SYNTACTIC = "syntactic"
    SEMANTIC = "semantic"
    FUNCTIONAL = "functional"


class EntryStatus(StrEnum):
    """A withdrawn entry stays on record as a tombstone."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class CrosswalkEntry(Base, table=True):
    """A requirement of the crosswalk's source framework, and one of its target."""

    __tablename__ = "crosswalk_entries"

    crosswalk_id: UUID
    source: str
    target: str
    relation: str
    strength: int | None = None
    basis: str | None = None
    rationale: str | None = None
    status: str = EntryStatus.ACTIVE
